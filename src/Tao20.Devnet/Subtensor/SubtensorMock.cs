using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using System.Text;
using Nethereum.Contracts;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Devnet.Subtensor;

/// <summary>
/// The chain that stands in for Subtensor: its precompiles on a local chain, by the rules of one of its specs
/// (source: Contracts/Subtensor/*.sol, each file with the file of Subtensor it follows).
/// </summary>
public static class SubtensorMock
{
    /// <summary>The account that holds the state, and all TAO that is in pools.</summary>
    public static readonly Address State = Address.Parse("0x000000000000000000000000000000005aB7e450");

    /// <summary>The spec of June 2026.</summary>
    public const uint June = 425;

    /// <summary>The spec that main net ran in October 2026.</summary>
    public const uint October = 473;

    /// <summary>What every account keeps and no balance shows, in wei.</summary>
    public static readonly BigInteger ExistentialDepositWei = 500 * BigInteger.Pow(10, 9);

    /// <summary>The specs there are.</summary>
    public static IReadOnlyList<uint> Specs { get; } = [June, October];

    /// <summary>What the build of a spec's runtime is told apart by, in place of the hash of its code.</summary>
    public static Hash256 BuildOf(uint spec) => Keccak.Hash(Encoding.ASCII.GetBytes($"the mock's runtime {spec}"));

    private const ulong Modules = 0x5AB7E4500000;
    private static readonly BigInteger Reserves = BigInteger.Pow(10, 18 + 9);

    // What handles a precompile's calls, by its address.
    private static readonly IReadOnlyDictionary<ulong, string> Precompiles = new SortedDictionary<ulong, string>
    {
        [0x800] = "BalanceTransferPrecompile",
        [0x802] = "MetagraphPrecompile",
        [0x803] = "SubnetPrecompile",
        [0x804] = "NeuronPrecompile",
        [0x805] = "StakingPrecompile",
        [0x806] = "UidLookupPrecompile",
        [0x807] = "StorageQueryPrecompile",
        [0x808] = "AlphaPrecompile",
        [0x80C] = "AddressMappingPrecompile",
        [0x813] = "RegistryPrecompile",
    };

    private static readonly Lazy<ContractBuilder> Harness = new(() =>
        new ContractBuilder(ContractArtifact.Load("SubtensorHarness").Abi, State.ToString())
    );
    private static readonly Lazy<ContractBuilder> Mock = new(() =>
        new ContractBuilder(ContractArtifact.Load("SubtensorMock").Abi, State.ToString())
    );
    private static readonly ConcurrentDictionary<ulong, string> Forwarders = [];

    /// <summary>The addresses of the precompiles that are there.</summary>
    public static IReadOnlyList<Address> Addresses { get; } = [.. Precompiles.Keys.Select(At)];

    /// <summary>Puts the precompiles on a chain, and sets its spec.</summary>
    /// <param name="client">The chain.</param>
    /// <param name="keeper">An unlocked account.</param>
    /// <param name="spec">The spec.</param>
    /// <param name="time">The time of the block that is mined.</param>
    /// <param name="cancel">Ends the set-up.</param>
    public static async Task InstallAsync(DevnetClient client, Address keeper, uint spec, ulong time, CancellationToken cancel)
    {
        var codes = new List<(ulong At, string Code)>
        {
            (ulong.Parse(State.ToString().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture), Code("SubtensorMock")),
            (Modules + 1, Code("SubtensorHarness")),
            (Modules + 2, Code("StateQuery")),
        };
        foreach (var (precompile, module) in Precompiles)
        {
            codes.Add((Modules + precompile, Code(module)));
            if (!Forwarders.TryGetValue(precompile, out var forwarder))
                Forwarders[precompile] = forwarder = await ForwarderAsync(precompile).ConfigureAwait(false);
            codes.Add((precompile, forwarder));
        }

        await client
            .SendAsync(
                [
                    .. codes.Select(code => ("anvil_setCode", $"[\"{At(code.At)}\",\"{code.Code}\"]")),
                    ("anvil_setBalance", $"[\"{State}\",\"0x{Reserves.ToString("x", CultureInfo.InvariantCulture).TrimStart('0')}\"]"),
                ],
                cancel
            )
            .ConfigureAwait(false);
        await client.ExecuteAsync([Set(keeper, "setSpec", spec)], time, cancel).ConfigureAwait(false);

        static string Code(string module) => ContractArtifact.Load(module).DeployedBytecode;

        // The forwarder's address is an immutable in its code: its constructor is run, and what it would deploy is taken.
        async Task<string> ForwarderAsync(ulong precompile)
        {
            var deployment = ContractArtifact.Load("PrecompileForwarder").Bytecode + At(precompile).ToString()[2..].PadLeft(64, '0');
            var code = await client.SendAsync("eth_call", $"[{{\"data\":\"{deployment}\"}},\"latest\"]", cancel).ConfigureAwait(false);
            return code.GetString()!;
        }
    }

    /// <summary>A call of what only the devnet and tests set (source: SubtensorHarness.sol).</summary>
    /// <param name="from">Any account.</param>
    /// <param name="function">The function's name.</param>
    /// <param name="arguments">Its arguments.</param>
    public static DevnetTransaction Set(Address from, string function, params object[] arguments) =>
        new(from, State, Data(Harness.Value, function, arguments));

    /// <summary>The call data of one of the harness's functions.</summary>
    public static string Data(string function, params object[] arguments) => Data(Harness.Value, function, arguments);

    /// <summary>The call data that reads the raw value of a key.</summary>
    public static string GetStorage(byte[] key) => Data(Mock.Value, "getStorage", [key]);

    /// <summary>The call data that calls a precompile's code in the state directly, where a failure returns its name.</summary>
    /// <param name="precompile">The precompile.</param>
    /// <param name="input">The call's data, as 0x and hex digits.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="value">What is sent along.</param>
    public static string Dispatch(Address precompile, string input, Address caller, BigInteger value) =>
        Data(
            Mock.Value,
            "dispatch",
            [
                Convert.FromHexString(input.AsSpan(2)),
                new object[] { precompile.ToString(), caller.ToString(), value, BigInteger.Pow(2, 64), false },
            ]
        );

    private static string Data(ContractBuilder contract, string function, object[] arguments) =>
        contract.GetFunctionBuilder(function).GetData([.. arguments.Select(Plain)]);

    // Nethereum knows addresses as text and hashes as bytes.
    private static object Plain(object argument) =>
        argument switch
        {
            Address address => address.ToString(),
            Hash256 hash => hash.ToBytes(),
            _ => argument,
        };

    private static Address At(ulong number) => Address.Parse("0x" + number.ToString("x40", CultureInfo.InvariantCulture));
}
