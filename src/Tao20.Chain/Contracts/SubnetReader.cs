using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Contracts;

/// <summary>Reads what a subnet demands of weights, and the neuron that sets them, at the latest block.</summary>
/// <param name="pool">The endpoints.</param>
/// <param name="netuid">The subnet.</param>
/// <param name="account">The account whose neuron it is.</param>
/// <param name="tempo">The subnet's tempo in blocks, which no precompile tells.</param>
public sealed class SubnetReader(EndpointPool pool, ushort netuid, Address account, ulong tempo)
{
    private readonly Hash256 _hotkey = Coldkey.Of(account);
    private ushort? _uid;

    /// <summary>
    /// The rules, and the neuron; null when the account has none. A call through INeuron comes from the account's mapped key, so its
    /// neuron is the one with that hotkey: IUidLookup knows only accounts that a hotkey has associated with itself, which a mapped key
    /// cannot do.
    /// </summary>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    /// <exception cref="FormatException">What it gives cannot be read.</exception>
    public async Task<(WeightRules Rules, WeightSetter? Self)> ReadAsync(CancellationToken cancel)
    {
        ulong version = 0,
            limit = 0,
            interval = 0,
            least = 0,
            most = 0,
            neurons = 0;
        var commitReveal = false;
        await pool.SendAsync(
                [
                    Subnet(new GetWeightsVersionKeyFunction(netuid).Encode(), value => version = value),
                    Subnet(new GetWeightsSetRateLimitFunction(netuid).Encode(), value => limit = value),
                    Subnet(new GetCommitRevealWeightsEnabledFunction(netuid).Encode(), value => commitReveal = value != 0),
                    Subnet(new GetCommitRevealWeightsIntervalFunction(netuid).Encode(), value => interval = value),
                    Subnet(new GetMinAllowedWeightsFunction(netuid).Encode(), value => least = value),
                    Subnet(new GetMaxWeightLimitFunction(netuid).Encode(), value => most = value),
                    Word(Precompiles.Metagraph, new GetUidCountFunction(netuid).Encode(), words => neurons = words.UInt64(0)),
                ],
                cancel
            )
            .ConfigureAwait(false);
        var rules = new WeightRules(
            version,
            limit,
            commitReveal,
            interval,
            checked((ushort)least),
            checked((ushort)most),
            checked((ushort)neurons),
            tempo
        );
        return (rules, await SelfAsync(rules.Neurons, cancel).ConfigureAwait(false));

        RpcCall Subnet(string data, Action<ulong> take) => Word(Precompiles.Subnet, data, words => take(words.UInt64(0)));
    }

    private async Task<WeightSetter?> SelfAsync(ushort neurons, CancellationToken cancel)
    {
        // Where it was, it mostly still is; a neuron that is replaced loses its hotkey's place.
        if (_uid is { } last && (last >= neurons || !(await HotkeysAsync([last], cancel).ConfigureAwait(false)).Contains(last)))
            _uid = null;
        _uid ??= (await HotkeysAsync([.. Enumerable.Range(0, neurons).Select(uid => (ushort)uid)], cancel).ConfigureAwait(false))
            .Cast<ushort?>()
            .FirstOrDefault();
        if (_uid is not { } uid)
            return null;
        var permit = false;
        ulong update = 0;
        await pool.SendAsync(
                [
                    Word(
                        Precompiles.Metagraph,
                        new GetValidatorStatusFunction(netuid, uid).Encode(),
                        words => permit = words.UInt64(0) != 0
                    ),
                    Word(Precompiles.Metagraph, new GetLastUpdateFunction(netuid, uid).Encode(), words => update = words.UInt64(0)),
                ],
                cancel
            )
            .ConfigureAwait(false);
        return new WeightSetter(uid, permit, update);
    }

    /// <summary>Those of these UIDs that have the account's hotkey.</summary>
    private async Task<List<ushort>> HotkeysAsync(IReadOnlyList<ushort> uids, CancellationToken cancel)
    {
        var own = new SortedSet<ushort>();
        foreach (var chunk in uids.Chunk(500))
        {
            await pool.SendAsync(
                    [
                        .. chunk.Select(uid =>
                            Word(
                                Precompiles.Metagraph,
                                new GetHotkeyFunction(netuid, uid).Encode(),
                                words =>
                                {
                                    if (words.Hash(0) == _hotkey)
                                        own.Add(uid);
                                }
                            )
                        ),
                    ],
                    cancel
                )
                .ConfigureAwait(false);
        }

        return [.. own];
    }

    private static RpcCall Word(Address to, string data, Action<AbiData> take) =>
        EthCalls.Call(to, data, "latest", bytes => take(new AbiData(bytes)));
}
