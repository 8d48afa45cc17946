using System.Numerics;
using Tao20.Chain.Signing;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using static Tao20.Chain.Tests.Registry.BondScenarios;

namespace Tao20.Chain.Tests.Registry;

/// <summary>What the registry takes as commitments and statements (source: consensus.md, The registry: commit, attest, settled).</summary>
internal static class RoundScenarios
{
    private static readonly BigInteger Tao = RegistryChain.Tao;

    public static async Task Commitments_are_to_the_newest_epoch_in_its_window_once_and_by_who_had_stake(RegistryChain chain)
    {
        await BondAllAsync(chain, 3);
        var who = chain.Of(0);
        await chain.AdvanceAsync();
        await chain.AdvanceAsync();
        var said = chain.Truth();
        var commit = chain.Commit(0, said);
        await chain.AllowsAsync(chain.ClosedAt, who, commit);
        await chain.AllowsAsync(chain.RevealsAt - 1, who, commit);
        await chain.RequireAsync("OutsideWindow(uint256,uint256)", chain.RevealsAt, who, commit);
        var (at, older, newer) = (chain.ClosedAt + 1, chain.Truth(epoch: chain.Epoch - 1), chain.Truth(epoch: chain.Epoch + 1));
        await chain.RequireAsync("NotTheNewestEpoch(uint256,uint256)", at, who, chain.Commit(0, older));
        await chain.RequireAsync("NotTheNewestEpoch(uint256,uint256)", at, who, chain.Commit(0, newer));
        await chain.RequireAsync("NoCommitment()", at, who, RegistryData.Commit(who, chain.Epoch, Hash256.Zero));
        await chain.BondAsync(5, 2_000);
        await chain.RequireAsync("NotEligible(address)", chain.Now + 1, chain.Of(5), chain.Commit(5, said));
        await chain.CommitAsync(chain.Now + 1, (0, said));
        await chain.RequireAsync("AlreadyCommitted(bytes32)", chain.Now + 1, who, commit);
        Assert.Equal(6_000 * Tao, await chain.ViewAsync("roundAt(uint256)", 2, 1));
        Assert.Equal((1, 1), (await chain.ViewAsync("roundCount()", 0), await chain.ViewAsync("roundOf(uint256)", 0, chain.Epoch)));
    }

    public static async Task Stake_counts_as_it_was_the_second_before_the_epoch_ended(RegistryChain chain)
    {
        await BondAllAsync(chain, 3);
        var opens = chain.ClosedAt;
        await chain.AdvanceWithAsync((chain.Of(6), RegistryData.Bond(), 5_000 * Tao));
        Assert.True(chain.ClosedAt > opens);
        await chain.RequireAsync("NotEligible(address)", chain.ClosedAt + 1, chain.Of(6), chain.Commit(6, chain.Truth()));
        await chain.CommitAsync(chain.ClosedAt + 1, All(chain.Truth(), 0, 1, 2));
        Assert.Equal(6_000 * Tao, await chain.ViewAsync("roundAt(uint256)", 2, 1));

        // Who leaves in between still stands for what it had.
        await chain.DoAsync(chain.ClosedAt + 2, chain.Of(0), RegistryData.Unbond(2_000 * Tao));
        await chain.AttestAsync(chain.RevealsAt, All(chain.Truth(), 0, 1, 2));
        Assert.Equal(
            6_000 * Tao,
            await chain.ViewAsync("supportOf(uint256,bytes32)", 0, 1, Commitments.StatementHash(chain.Truth().Statement))
        );
    }

    public static async Task A_statement_is_taken_in_its_window_once_and_opens_its_commitment(RegistryChain chain)
    {
        await BondAllAsync(chain, 3);
        await chain.AdvanceAsync();
        var said = chain.Truth();
        await chain.CommitAsync(chain.ClosedAt + 1, All(said, 0, 1));
        var (attest, anyone) = (chain.Attest(0, said), chain.Anyone);
        await chain.RequireAsync("OutsideWindow(uint256,uint256)", chain.RevealsAt - 1, anyone, attest);
        await chain.AllowsAsync(chain.RevealsAt, anyone, attest);
        await chain.AllowsAsync(chain.EndsAt - 1, anyone, attest);
        await chain.RequireAsync("OutsideWindow(uint256,uint256)", chain.EndsAt, anyone, attest);
        await chain.RequireAsync("WrongCommitment(bytes32)", chain.RevealsAt, anyone, chain.Attest(0, chain.Truth(nav: 2 * Tao)));

        // Who has committed to nothing cannot copy what others state.
        await chain.RequireAsync("WrongCommitment(bytes32)", chain.RevealsAt, anyone, chain.Attest(2, said));
        await chain.RequireAsync("WrongSigner(address,address)", chain.RevealsAt, anyone, chain.Attest(0, said, null, chain.Keys[1]));
        await chain.RequireAsync("OutsideWindow(uint256,uint256)", chain.RevealsAt, anyone, chain.Attest(0, chain.Truth(epoch: 77)));
        await chain.DoAsync(chain.RevealsAt, anyone, attest);
        await chain.RequireAsync("AlreadyAttested(bytes32)", chain.RevealsAt + 1, anyone, attest);
        await chain.AllowsAsync(chain.RevealsAt + 1, anyone, chain.Attest(1, said));
    }

    public static async Task Both_s_of_a_signature_are_not_the_same_word_twice(RegistryChain chain)
    {
        await BondAllAsync(chain, 3);
        await chain.AdvanceAsync();
        var said = chain.Truth();
        await chain.CommitAsync(chain.ClosedAt + 1, (0, said));
        var order = BigInteger.Parse(
            "0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
            System.Globalization.NumberStyles.HexNumber,
            null
        );
        var bytes = chain.Keys[0].Sign(chain.Digest(0, said)).ToBytes();
        var high = order - new BigInteger(bytes.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        high.ToByteArray(isUnsigned: true, isBigEndian: true).CopyTo(bytes, 32);
        bytes[64] ^= 7;
        var low = chain.Attest(0, said);
        var malleable = low.Replace(
            Convert.ToHexStringLower(chain.Keys[0].Sign(chain.Digest(0, said)).ToBytes()),
            Convert.ToHexStringLower(bytes),
            StringComparison.Ordinal
        );
        Assert.NotEqual(low, malleable);
        await chain.RequireAsync("WrongSigner(address,address)", chain.RevealsAt, chain.Anyone, malleable);
    }

    public static async Task Only_what_can_be_graded_is_taken(RegistryChain chain)
    {
        await BondAllAsync(chain, 3);
        await chain.AdvanceAsync();
        await chain.KeepAsync();
        var most = BigInteger.Pow(2, 96);
        var many = Enumerable.Range(0, 257).Select(i => new SubnetWeight((ushort)i, 1)).ToList();
        await RefusedAsync("NotAscending(uint256)", chain.Truth(weights: [new(7, 1), new(7, 2)]));
        await RefusedAsync("NotAscending(uint256)", chain.Truth(weights: [new(8, 1), new(7, 2)]));
        await RefusedAsync("TooManyWeights(uint256)", chain.Truth(weights: many));
        await RefusedAsync("WrongWeights(bytes32,bytes32)", chain.Truth() with { Weights = [new(1, 1)] });
        await RefusedAsync("WrongParameters(bytes32)", chain.Truth(parameters: "rules=2\n"));
        var uneven = chain.Truth();
        await chain.CommitOnlyAsync(0, uneven);
        await chain.RequireAsync("TooManyWeights(uint256)", chain.RevealsAt, chain.Anyone, Uneven(chain.Attest(0, uneven)));

        // At the bound it is taken.
        await chain.CommitOnlyAsync(0, chain.Truth(nav: most, supply: most, weights: many.Take(256).ToList()));
        await chain.AllowsAsync(
            chain.RevealsAt,
            chain.Anyone,
            chain.Attest(0, chain.Truth(nav: most, supply: most, weights: many.Take(256).ToList()))
        );
        foreach (var (nav, supply) in new[] { (most + 1, most), (most, most + 1) })
        {
            var (data, digest) = await chain.TooLargeAsync(0, nav, supply);
            await chain.CommitOnlyAsync(0, digest);
            await chain.RequireAsync("TooLarge(uint256)", chain.RevealsAt, chain.Anyone, data);
        }

        async Task RefusedAsync(string error, Stated said)
        {
            await chain.CommitOnlyAsync(0, said);
            await chain.RequireAsync(error, chain.RevealsAt, chain.Anyone, chain.Attest(0, said));
        }

        // One weight fewer than UIDs: the length before the last list of the call.
        static string Uneven(string data)
        {
            var two = "2".PadLeft(64, '0');
            var last = data.LastIndexOf(two + 65_535.ToString("x64", null), StringComparison.Ordinal);
            return data[..last] + "1".PadLeft(64, '0') + data[(last + 64)..];
        }
    }

    public static async Task Two_thirds_of_the_eligible_stake_and_three_accounts_settle(RegistryChain chain)
    {
        // Two with all the stake but a little are not enough, whatever they have.
        await chain.DoAsync(
            chain.Now + 1,
            (chain.Of(0), RegistryData.Bond(), 20_000 * Tao),
            (chain.Of(1), RegistryData.Bond(), 20_000 * Tao),
            (chain.Of(2), RegistryData.Bond(), 1_000 * Tao)
        );
        await chain.RoundAsync(_ => chain.Truth(), 0, 1);
        Assert.Equal(0, await chain.SettledAsync());
        await chain.RoundAsync(_ => chain.Truth(), 0, 1, 2);
        Assert.NotEqual(0, await chain.SettledAsync(2));

        // Exactly two thirds are enough, and a rao less is not.
        await chain.BondAsync(3, 20_500);
        await chain.RoundAsync(_ => chain.Truth(), 0, 1, 2);
        Assert.Equal(61_500 * Tao, await chain.ViewAsync("roundAt(uint256)", 2, 3));
        Assert.NotEqual(0, await chain.SettledAsync(3));
        await chain.DoAsync(chain.Now + 1, (chain.Of(3), RegistryData.Bond(), 1_000_000_000));
        await chain.RoundAsync(_ => chain.Truth(), 0, 1, 2);
        Assert.Equal(0, await chain.SettledAsync(4));
    }

    public static async Task What_differs_in_one_thing_settles_nothing(RegistryChain chain)
    {
        await BondAllAsync(chain, 4);
        await chain.RoundAsync(i => i == 0 ? chain.Truth(root: 8) : chain.Truth(), 0, 1, 2);
        Assert.Equal(0, await chain.SettledAsync());
        Assert.Equal(
            4_000 * Tao,
            await chain.ViewAsync("supportOf(uint256,bytes32)", 0, 1, Commitments.StatementHash(chain.Truth().Statement))
        );
        Assert.Equal(2, await chain.ViewAsync("supportOf(uint256,bytes32)", 1, 1, Commitments.StatementHash(chain.Truth().Statement)));
    }

    public static async Task Who_stays_away_for_long_counts_no_more_until_it_wakes(RegistryChain chain)
    {
        await chain.AnewWithAsync(new RegistryRules { DormantRounds = 3 });
        await BondAllAsync(chain, 4);
        var (sleeper, anyone) = (chain.Of(3), chain.Anyone);
        await chain.RoundAsync(_ => chain.Truth(), 0, 1, 2, 3);
        for (var round = 2; round <= 4; round++)
        {
            await chain.RequireAsync("NotDormant(address)", chain.EndsAt, anyone, RegistryData.MarkDormant(sleeper));
            await chain.RoundAsync(_ => chain.Truth(), 0, 1, 2);
        }

        // The third round it has missed has to be over.
        await chain.RequireAsync("NotDormant(address)", chain.EndsAt - 1, anyone, RegistryData.MarkDormant(sleeper));
        await chain.RequireAsync("NotDormant(address)", chain.EndsAt, anyone, RegistryData.MarkDormant(chain.Of(0)));
        await chain.RequireAsync("NotEligible(address)", chain.EndsAt, anyone, RegistryData.MarkDormant(chain.Of(8)));
        await chain.RequireAsync("NotDormant(address)", chain.EndsAt, sleeper, RegistryData.Wake(sleeper));
        await chain.DoAsync(chain.EndsAt, anyone, RegistryData.MarkDormant(sleeper));
        Assert.Equal((0, 2_000 * Tao), (await chain.StakeAtAsync(3, chain.Now), await chain.BondOfAsync(3)));
        Assert.Equal(6_000 * Tao, await chain.EligibleAtAsync(chain.Now));
        await chain.RequireAsync("NotEligible(address)", chain.Now + 1, anyone, RegistryData.MarkDormant(sleeper));

        // Half of all bonds is the floor, whoever sleeps.
        await chain.BondAsync(3, 18_000);
        Assert.Equal(13_000 * Tao, await chain.EligibleAtAsync(chain.Now));
        await chain.DoAsync(chain.Now + 1, sleeper, RegistryData.Wake(sleeper));
        Assert.Equal(26_000 * Tao, await chain.EligibleAtAsync(chain.Now));

        // Who has woken, or has only now come, has as many rounds again.
        await chain.BondAsync(5, 1_000);
        await chain.RequireAsync("NotDormant(address)", chain.Now + 1, anyone, RegistryData.MarkDormant(sleeper));
        await chain.RequireAsync("NotDormant(address)", chain.Now + 1, anyone, RegistryData.MarkDormant(chain.Of(5)));
    }
}
