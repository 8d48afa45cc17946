using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
using Tao20.Chain.Substrate;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;

namespace Tao20.Chain.Checks;

/// <summary>What a call has come to: what it returned, or how it was refused.</summary>
/// <param name="Bytes">What it returned; null when it was refused.</param>
/// <param name="Refusal">The node's words; null when it was not.</param>
internal sealed record CallAnswer(byte[]? Bytes, string? Refusal)
{
    public AbiData Words => new(Bytes ?? throw new CheckUnreadableException(Refusal!));

    public BigInteger Number => Words.Integer(0);
}

/// <summary>What a row asks for cannot be read: that counts as a difference.</summary>
internal sealed class CheckUnreadableException(string message) : Exception(message);

/// <summary>What the contract says of itself.</summary>
internal sealed record CheckedIndex(Address Contract, Hash256 Coldkey, IReadOnlyList<LegWords> Legs)
{
    /// <summary>The legs' subnets.</summary>
    public IReadOnlyList<ushort> Netuids { get; } = [.. Legs.Select(leg => leg.Netuid)];

    /// <summary>The legs' hotkeys, each once.</summary>
    public IReadOnlyList<Hash256> Hotkeys { get; } = [.. Legs.Select(leg => leg.Hotkey).Distinct()];
}

/// <summary>
/// One node at one final block, with what a check is about: all rows read through this, by Substrate's hash of the block where that is
/// asked for, and by its number elsewhere.
/// </summary>
internal sealed class CheckProbe(
    RpcEndpoint endpoint,
    CheckSubject subject,
    RuntimeVersion? version,
    RuntimeMetadata? metadata,
    (BlockHeader Latest, BlockHeader Final, Hash256? FinalSubstrate) heads,
    CancellationToken cancel
)
{
    private readonly Dictionary<string, Task> _once = [];
    private CheckedIndex? _index;
    private IReadOnlyList<ushort>? _netuids;

    /// <summary>An account that asks where it does not matter who does.</summary>
    public static readonly Address Anybody = Address.Parse(EthCalls.Anybody);

    private static readonly Address CodeAddress = Address.Parse("0x00000000000000000000000000000000c0de0001");

    public CheckSubject Subject => subject;

    public RuntimeVersion? Version => version;

    public RuntimeProfile Profile => version?.Profile ?? RuntimeProfile.Unknown;

    /// <summary>Whether what came after spec 425 is expected: of an unknown spec, that is what 473 has.</summary>
    public bool Later => Profile != RuntimeProfile.Spec425;

    public BlockHeader Latest => heads.Latest;

    public BlockHeader Final => heads.Final;

    /// <summary>Who sends, as far as that is known.</summary>
    public Address Sender => subject.Account ?? Anybody;

    /// <summary>The index; null where there is no contract.</summary>
    /// <exception cref="CheckUnreadableException">There is one, and it does not say what it is made of.</exception>
    public CheckedIndex? Index
    {
        get =>
            _index is not null || subject.Contract is null
                ? _index
                : throw new CheckUnreadableException("the contract does not say what it is made of");
        set => _index = value;
    }

    /// <summary>The subnets asked after.</summary>
    public IReadOnlyList<ushort> Netuids => _netuids ??= [.. (Index?.Netuids ?? []).Concat(subject.Netuids).Distinct()];

    /// <summary>Substrate's hash of the block that is read at; null where the node does not tell.</summary>
    public Hash256? FinalSubstrate => heads.FinalSubstrate;

    /// <summary>What was read in place of numbers compiled in.</summary>
    public Dictionary<string, string> Values { get; } = [];

    /// <summary>What the runtime declares.</summary>
    public RuntimeMetadata Metadata => metadata ?? throw new CheckUnreadableException("the node does not tell what its runtime declares");

    /// <summary>Raw values of the storage at the block: null for a key without one.</summary>
    public async Task<IReadOnlyList<byte[]?>> StorageAsync(IReadOnlyList<byte[]> keys)
    {
        var at = heads.FinalSubstrate ?? throw new CheckUnreadableException("the node does not give its storage (state_getStorage)");
        var values = new byte[]?[keys.Count];
        await SendAsync([.. keys.Select((key, i) => RuntimeCalls.Storage(key, at, value => values[i] = value))]).ConfigureAwait(false);
        return values;
    }

    /// <summary>The raw value of one key.</summary>
    public async Task<byte[]?> StorageAsync(StorageItem item, params KeyPart[] parts) =>
        (await StorageAsync([item.Key(parts)]).ConfigureAwait(false))[0];

    /// <summary>Makes a call.</summary>
    public async Task<CallAnswer> CallAsync(Address to, string data, Address? from = null) =>
        (await CallAsync([(to, data)], from).ConfigureAwait(false))[0];

    /// <summary>Makes a call with so much gas.</summary>
    public async Task<CallAnswer> CallAsync(Address to, string data, ulong gas) =>
        (await CallAsync([CallOf(Sender, to, data, gas)]).ConfigureAwait(false))[0];

    /// <summary>Makes a call of code that is put at an address for the call alone; nothing where the node does not do that.</summary>
    public async Task<CallAnswer> CallCodeAsync(string code, string data, ulong gas)
    {
        var overrides = $"{{\"{CodeAddress}\":{{\"code\":\"{code}\"}}}}";
        return (await CallAsync([$"{CallOf(Sender, CodeAddress, data, gas)},{overrides}"]).ConfigureAwait(false))[0];
    }

    /// <summary>Makes calls in one request.</summary>
    public Task<IReadOnlyList<CallAnswer>> CallAsync(IReadOnlyList<(Address To, string Data)> calls, Address? from = null) =>
        CallAsync([.. calls.Select(call => CallOf(from ?? Sender, call.To, call.Data))]);

    private async Task<IReadOnlyList<CallAnswer>> CallAsync(IReadOnlyList<string> parameters)
    {
        var answers = new CallAnswer[parameters.Count];
        await SendAsync([
                .. parameters.Select(
                    (call, i) =>
                        new RpcCall(
                            "eth_call",
                            $"[{call}]",
                            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) =>
                                answers[i] = new CallAnswer(HexText.Bytes(ref reader), null)
                        )
                        {
                            Refused = error => answers[i] = new CallAnswer(null, error.Text),
                        }
                ),
            ])
            .ConfigureAwait(false);
        return answers;
    }

    /// <summary>Estimates the gas of calls of an account in one request: null where one would fail, with the node's words.</summary>
    public async Task<IReadOnlyList<(ulong? Gas, string? Refusal)>> EstimateAsync(
        Address from,
        IReadOnlyList<(Address To, string Data)> calls
    )
    {
        var answers = new (ulong? Gas, string? Refusal)[calls.Count];
        await SendAsync([
                .. calls.Select(
                    (call, i) =>
                        new RpcCall(
                            "eth_estimateGas",
                            $"[{CallOf(from, call.To, call.Data)}]",
                            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => answers[i] = (HexText.Quantity(ref reader), null)
                        )
                        {
                            Refused = error => answers[i] = (null, error.Text),
                        }
                ),
            ])
            .ConfigureAwait(false);
        return answers;
    }

    /// <summary>Sends calls to the node.</summary>
    /// <exception cref="CheckUnreadableException">It does not answer them.</exception>
    public async Task SendAsync(IReadOnlyList<RpcCall> calls)
    {
        if (calls.Count == 0)
            return;
        try
        {
            await endpoint.SendAsync(calls, cancel).ConfigureAwait(false);
        }
        catch (RpcErrorException e)
        {
            throw new CheckUnreadableException(e.Text);
        }
        catch (NoAnswerYetException e)
        {
            throw new CheckUnreadableException(e.Message);
        }
    }

    /// <summary>What several rows need, and is read once.</summary>
    public Task<T> OnceAsync<T>(string name, Func<Task<T>> read) =>
        (Task<T>)(_once.TryGetValue(name, out var known) ? known : _once[name] = read());

    /// <summary>What was recorded under a name by the last check; null for nothing.</summary>
    public string? Recorded(string name) => subject.Before?.Values.GetValueOrDefault(name);

    /// <summary>Notes a number that is used in place of one compiled in.</summary>
    public ulong Note(string name, BigInteger value)
    {
        Values[name] = value.ToString(CultureInfo.InvariantCulture);
        return (ulong)BigInteger.Min(value, ulong.MaxValue);
    }

    /// <summary>A call and the block it is made at, as parameters.</summary>
    private string CallOf(Address from, Address to, string data, ulong? gas = null) =>
        $"{{\"from\":\"{from}\",\"to\":\"{to}\",\"data\":\"{data}\""
        + (gas is { } limit ? $",\"gas\":\"{HexText.Quantity(limit)}\"" : "")
        + $"}},\"{HexText.Quantity(heads.Final.Number)}\"";
}
