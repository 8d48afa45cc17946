using System.Globalization;
using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>A contract on the chain, held against what it is taken to be.</summary>
/// <param name="Name">What it is taken to be.</param>
/// <param name="Address">Where it is.</param>
/// <param name="CodeHash">The hash of its code as it is there; null when there is none.</param>
/// <param name="IsOurs">Whether the code is what this version builds.</param>
/// <param name="Values">What its constructor was given, and what it says of itself, by name.</param>
/// <param name="Problems">What is wrong, a line each; empty when nothing is.</param>
public sealed record VerifiedContract(
    string Name,
    Address Address,
    Hash256? CodeHash,
    bool IsOurs,
    IReadOnlyList<(string Name, string Value)> Values,
    IReadOnlyList<string> Problems
);

/// <summary>The addresses that belong together; null for what is not there.</summary>
/// <param name="Index">The TAO20 contract.</param>
/// <param name="Registry">The ValidatorRegistry.</param>
/// <param name="Router">The router.</param>
/// <param name="Pool">The market.</param>
public sealed record ContractAddresses(Address Index, Address? Registry, Address? Router, Address? Pool);

/// <summary>Reads the contracts of TAO20, and whether each is the code that this version builds and knows the others.</summary>
public sealed class ContractVerifier(EndpointPool pool)
{
    /// <summary>Verifies contracts at a block.</summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<IReadOnlyList<VerifiedContract>> VerifyAsync(ContractAddresses addresses, BlockHeader at, CancellationToken cancel)
    {
        List<VerifiedContract> verified = [await IndexAsync(addresses, at, cancel).ConfigureAwait(false)];
        if (Told(verified[0], "manager") is { } manager)
            verified.Add(
                await OneAsync(
                        "Manager",
                        manager,
                        [
                            ("index", new IndexFunction().Encode(), addresses.Index),
                            ("owner", new OwnerFunction().Encode(), null),
                            ("guardian", new GuardianFunction().Encode(), null),
                        ],
                        at,
                        cancel
                    )
                    .ConfigureAwait(false)
            );
        if (Told(verified[0], "means") is { } means)
            verified.Add(await OneAsync("Means", means, [], at, cancel).ConfigureAwait(false));
        if (addresses.Registry is { } registry)
            verified.Add(
                await OneAsync("ValidatorRegistry", registry, [("index", new IndexFunction().Encode(), addresses.Index)], at, cancel)
                    .ConfigureAwait(false)
            );
        if (addresses.Pool is { } market)
            verified.Add(
                await OneAsync("Pool", market, [("token", new TokenFunction().Encode(), addresses.Index)], at, cancel).ConfigureAwait(false)
            );
        if (addresses.Router is { } router)
        {
            var found = await OneAsync(
                    "Router",
                    router,
                    [
                        ("index", new IndexFunction().Encode(), addresses.Index),
                        ("pool", new PoolFunction().Encode(), addresses.Pool),
                        ("lens", new LensFunction().Encode(), null),
                    ],
                    at,
                    cancel
                )
                .ConfigureAwait(false);
            verified.Add(found);
            if (Told(found, "lens") is { } lens)
                verified.Add(
                    await OneAsync("Lens", lens, [("index", new IndexFunction().Encode(), addresses.Index)], at, cancel)
                        .ConfigureAwait(false)
                );
        }

        return verified;
    }

    private static Address? Told(VerifiedContract contract, string name) =>
        contract.Values.FirstOrDefault(value => value.Name == name).Value is { } text && Address.TryParse(text, out var address)
            ? address
            : null;

    private async Task<VerifiedContract> IndexAsync(ContractAddresses addresses, BlockHeader at, CancellationToken cancel)
    {
        var contract = await OneAsync("Index", addresses.Index, [], at, cancel).ConfigureAwait(false);
        if (contract.CodeHash is null)
            return contract;
        var answers = await AskAsync(
                at,
                [
                    (addresses.Index, new ManagerFunction().Encode()),
                    (addresses.Index, new ColdkeyFunction().Encode()),
                    (addresses.Index, new MeansFunction().Encode()),
                    (addresses.Index, new LegsFunction().Encode()),
                    (Precompiles.AddressMapping, new AddressMappingFunction(addresses.Index).Encode()),
                    (addresses.Index, new IsRouterFunction(addresses.Router ?? default).Encode()),
                ],
                cancel
            )
            .ConfigureAwait(false);
        List<string> problems = [.. contract.Problems];
        List<(string, string)> values = [];
        if (answers.Take(4).Any(answer => answer is null))
            return contract with { Problems = [.. problems, "it does not answer as an index does: correct --contract"] };
        var coldkey = new AbiData(answers[1]!).Hash(0);
        values.Add(("coldkey", coldkey.ToString()));
        values.Add(("manager", AddressOf(answers[0]!)));
        values.Add(("means", AddressOf(answers[2]!)));
        if (answers[4] is not { } mapped || new AbiData(mapped).Hash(0) != coldkey)
            problems.Add("its coldkey is not the one the chain maps it to: its stake would be somebody else's");
        var legs = LegWords.Of(new AbiData(answers[3]!));
        var sum = legs.Aggregate(BigInteger.Zero, (total, leg) => total + leg.Weight);
        values.Add(("legs", string.Join(", ", legs.Select(leg => leg.Netuid))));
        if (sum > BigInteger.Pow(10, 18))
            problems.Add($"its weights sum to {sum.ToString(CultureInfo.InvariantCulture)}, more than 1e18");
        if (addresses.Router is { } router && (answers[5] is not { } admitted || new AbiData(admitted).UInt64(0) == 0))
            problems.Add($"it does not know {router} as a router");
        return contract with { Values = values, Problems = problems };
    }

    private async Task<VerifiedContract> OneAsync(
        string name,
        Address address,
        IReadOnlyList<(string Name, string Data, Address? Expected)> values,
        BlockHeader at,
        CancellationToken cancel
    )
    {
        byte[] code = [];
        await pool.SendAtAsync(at.Number, at.Hash, [EthCalls.CodeAt(address, at.Number, found => code = found)], cancel)
            .ConfigureAwait(false);
        if (code.Length == 0)
            return new VerifiedContract(name, address, null, false, [], ["there is no code: correct the address, or --rpc"]);
        var answers = await AskAsync(at, [.. values.Select(value => (address, value.Data))], cancel).ConfigureAwait(false);
        var isOurs = ContractCode.All[name].IsCodeOf(code);
        List<string> problems = isOurs ? [] : [$"its code is not the {name} of this version"];
        List<(string, string)> found = [];
        foreach (var (value, answer) in values.Zip(answers))
        {
            var told = answer is null ? "none" : AddressOf(answer);
            found.Add((value.Name, told));
            if (value.Expected is { } expected && told != expected.ToString())
                problems.Add($"its {value.Name} is {told}, not {expected}");
        }

        return new VerifiedContract(name, address, Keccak.Hash(code), isOurs, found, problems);
    }

    /// <summary>What views answer; null where one is refused, or is none.</summary>
    private async Task<IReadOnlyList<byte[]?>> AskAsync(
        BlockHeader at,
        IReadOnlyList<(Address To, string Data)> calls,
        CancellationToken cancel
    )
    {
        var answers = new byte[]?[calls.Count];
        if (calls.Count == 0)
            return answers;
        await pool.SendAtAsync(
                at.Number,
                at.Hash,
                [
                    .. calls.Select(
                        (call, i) =>
                            EthCalls.CallAt(
                                call.To,
                                call.Data,
                                at.Number,
                                bytes => answers[i] = bytes.Length >= AbiWords.Length ? bytes : null
                            ) with
                            {
                                Refused = _ => answers[i] = null,
                            }
                    ),
                ],
                cancel
            )
            .ConfigureAwait(false);
        return answers;
    }

    private static string AddressOf(byte[] word) =>
        AbiWords.TryAddress(word, out var address) ? address.ToString() : "0x" + Convert.ToHexStringLower(word);
}
