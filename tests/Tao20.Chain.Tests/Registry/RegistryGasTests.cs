using System.Globalization;
using System.Numerics;
using System.Text;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Registry;

/// <summary>What each function costs with 1,000 validators and 256 weights. The figures are in docs/benchmarks.md.</summary>
public sealed class RegistryGasTests(ITestOutputHelper output)
{
    private const int Validators = 1_000;

    /// <summary>What a node may pay for a duty: a block has 75 million.</summary>
    private const long MostGas = 2_000_000;

    private static readonly BigInteger Tao = RegistryChain.Tao;
    private readonly SortedDictionary<string, long> _gas = [];

    [Fact]
    public async Task No_function_grows_with_the_number_of_validators_and_each_is_a_small_part_of_a_block()
    {
        await using var chain = await RegistryChain.StartAsync();
        await chain.AnewWithAsync(new RegistryRules { DormantRounds = 1 });
        var (few, text) = (new Dictionary<string, long>(), Text());
        await MeasureAsync(chain, text, few);
        await chain.AnewWithAsync(new RegistryRules { DormantRounds = 1 });
        await BondManyAsync(chain);
        await MeasureAsync(chain, text, _gas);
        output.WriteLine($"{(ContractArtifact.Load("ValidatorRegistry").DeployedBytecode.Length - 2) / 2} bytes");
        foreach (var (function, gas) in _gas)
        {
            output.WriteLine($"{function}: {gas} gas; with 12 validators {few[function]}");
            Assert.InRange(gas, 21_000, function.StartsWith("propose", StringComparison.Ordinal) ? 2 * MostGas : MostGas);
            Assert.InRange(gas, 0, few[function] * 11 / 10);
        }
    }

    private static async Task MeasureAsync(RegistryChain chain, string text, IDictionary<string, long> gas)
    {
        var many = Enumerable.Range(0, 256).Select(i => new SubnetWeight((ushort)(200 * i), (ushort)(65_535 - i))).ToList();
        var others = Enumerable.Range(0, 256).Select(i => new SubnetWeight((ushort)(200 * i + 1), (ushort)(65_535 - i))).ToList();
        await DoAsync("bond, the first time", chain.Of(0), RegistryData.Bond(), 2_000_000 * Tao);
        await DoAsync("bond, more", chain.Of(0), RegistryData.Bond(), 2_000_000 * Tao);
        foreach (var validator in new[] { 1, 2, 3, 4 })
            await chain.BondAsync(validator, validator > 2 ? 2_000 : 4_000_000);
        await DoAsync("setAttester", chain.Of(4), RegistryData.SetAttester(chain.Of(5)));
        await DoAsync("unbond", chain.Of(4), RegistryData.Unbond(10 * Tao));
        await chain.AdvanceAsync();
        var (truth, lie) = (chain.Truth(weights: many), chain.Truth(weights: others));
        await DoAsync("commit, the first of a round", chain.Of(0), chain.Commit(0, truth));
        await DoAsync("commit", chain.Of(1), chain.Commit(1, truth));
        await chain.CommitAsync(chain.Now + 1, (2, truth), (3, lie));
        await DoAsync("attest, 256 weights", chain.Anyone, chain.Attest(0, truth), at: chain.RevealsAt);
        await chain.AttestAsync(chain.Now + 1, (1, truth));
        await DoAsync("attest, 256 weights, which settles", chain.Anyone, chain.Attest(2, truth));
        await chain.AttestAsync(chain.Now + 1, (3, lie));
        await DoAsync("punishDeviation, 256 weights against 256 others", chain.Anyone, chain.Punish(3, truth, lie));
        await DoAsync("markDormant", chain.Anyone, RegistryData.MarkDormant(chain.Of(4)), at: chain.EndsAt);
        await DoAsync("wake", chain.Of(5), RegistryData.Wake(chain.Of(4)));
        var from = chain.Epoch + 100;
        await DoAsync("propose, 8 KiB", chain.Of(0), RegistryData.Propose(from, text), 100 * Tao);
        await DoAsync("endorse", chain.Of(0), RegistryData.Endorse(1, RegistryData.KeyOf(from, text)));
        foreach (var validator in new[] { 1, 2 })
            await chain.DoAsync(chain.Now + 1, chain.Of(validator), RegistryData.Endorse(1, RegistryData.KeyOf(from, text)));
        await chain.DoAsync(chain.Now + 1, (chain.Of(1), RegistryData.Propose(from, text), 100 * Tao));
        await DoAsync("adopt, 8 KiB", chain.Anyone, RegistryData.Adopt(1, text));
        await DoAsync("lapse", chain.Anyone, RegistryData.Lapse(2));
        await DoAsync("sweep", chain.Anyone, RegistryData.Sweep(chain.Of(0)));
        await DoAsync("withdraw", chain.Of(4), RegistryData.Withdraw(), at: chain.Now + chain.Rules.Unbonding);

        async Task DoAsync(string function, Address from, string data, BigInteger value = default, ulong? at = null) =>
            gas[function] = await chain.GasAsync(at ?? chain.Now + 1, from, data, value);
    }

    /// <summary>A thousand that bond a thousand each.</summary>
    private static async Task BondManyAsync(RegistryChain chain)
    {
        var accounts = Enumerable
            .Range(0, Validators)
            .Select(i => Address.Parse("0x" + (0xb0b0000 + i).ToString("x40", CultureInfo.InvariantCulture)))
            .ToList();
        await chain.Chain.Client.SendAsync(
            [
                .. accounts.SelectMany(account =>
                    new[]
                    {
                        ("anvil_setBalance", $"[\"{account}\",\"0x{(2_000 * Tao).ToString("x", CultureInfo.InvariantCulture)}\"]"),
                        ("anvil_impersonateAccount", $"[\"{account}\"]"),
                    }
                ),
            ],
            CancellationToken.None
        );
        foreach (var some in accounts.Chunk(200))
            await chain.DoAsync(chain.Now + 1, [.. some.Select(account => (account, RegistryData.Bond(), 1_000 * Tao))]);
    }

    private static string Text()
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < 8_170; i++)
            text.Append(CultureInfo.InvariantCulture, $"parameter.{i:d4}=1000000\n");
        return text.ToString();
    }
}
