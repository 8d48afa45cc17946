using System.Text;
using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
using Tao20.Chain.Substrate;
using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;
using static Tao20.Domain.Checks.ChainAction;
using static Tao20.Domain.Checks.CheckOutcome;

namespace Tao20.Chain.Checks;

/// <summary>What is assumed of the node, its chain, and what it says of its runtime.</summary>
internal static class NodeRows
{
    private const ulong MostBehind = 64;
    private static readonly byte[] RuntimeCode = Encoding.ASCII.GetBytes(":code");

    // Who reads an item when the node does not check the chain.
    private static readonly IReadOnlyList<(StorageItem Item, IReadOnlyList<ChainAction> Readers)> Items =
    [
        .. SubnetReader.Items.Select(item => (item, (IReadOnlyList<ChainAction>)[Weights])),
        (RuntimeStorage.NetworksAdded, [Nav, Mint, Redeem]),
        (RuntimeStorage.SwapBalancer, [Nav]),
        (RuntimeStorage.RegisteredSubnetCounter, [Mint, Redeem]),
        (RuntimeStorage.SubtokenEnabled, [Mint]),
        (RuntimeStorage.TransferToggle, [Mint]),
        (RuntimeStorage.Owner, [Mint]),
        (RuntimeStorage.StakingHotkeys, [Mint]),
        (RuntimeStorage.AssociatedEvmAddress, [Associate]),
        (RuntimeStorage.StakeThreshold, [Weights]),
    ];

    public static IReadOnlyList<CheckRow> All { get; } =
    [
        new(1, "The rules are known", "node-subtensor 425 or 473", Warn, [], RulesAsync),
        new(2, "The right chain", "the configured chain id, and the genesis of before", Refuse, [.. ChainActions.Signs, Audit], ChainAsync),
        new(3, "Node is in step", "not syncing, the final block at most 64 behind and not old", Degrade, ChainActions.Sends, InStepAsync),
        new(4, "History is readable", "the state as far back as configured", Degrade, [Audit], HistoryAsync),
        new(5, "Items exist as read", "each item of the storage as it is read", Refuse, ChainActions.Signs, ItemsAsync),
        new(6, "Safe mode is off", "off", Degrade, ChainActions.Sends, SafeModeAsync),
        new(42, "Hash queries lie", "a balance of 0 at an unknown block, and no error", Warn, [], HashQueriesAsync),
        new(43, "Logs", "a log is found by number and by hash of its block", Degrade, [Audit], LogsAsync),
        new(44, "Build of the runtime", "that of before, of the same spec", Warn, [], BuildAsync),
    ];

    private static Task<Finding> RulesAsync(CheckProbe probe) =>
        Task.FromResult(
            probe.Version is not { } version
                ? new Finding(Degrade, "the node does not tell its runtime: it is only read from", ChainActions.Signs)
            : version.Name != RuntimeVersion.Subtensor ? new Finding(Refuse, $"{version}: no chain of this kind", ChainActions.Signs)
            : version.Profile == RuntimeProfile.Unknown
                ? Finding.Warn($"{version}, whose rules are not known: no formula, no table and no default of another spec is used")
            : Finding.Ok($"{version}")
        );

    private static async Task<Finding> ChainAsync(CheckProbe probe)
    {
        ulong id = 0;
        Hash256? genesis = null;
        await probe.SendAsync([EthCalls.ChainId(found => id = found)]).ConfigureAwait(false);
        if (probe.Subject.ChainId is { } expected && id != expected)
            return Finding.Differs($"chain {id}, not {expected}");
        if (probe.Version is null)
            return Finding.Ok($"chain {id}; its genesis is not told");
        await probe.SendAsync([RuntimeCalls.BlockHash(0, found => genesis = found)]).ConfigureAwait(false);
        var stored = await probe.StorageAsync(RuntimeStorage.ChainId).ConfigureAwait(false);
        if (stored is null || ScaleReader.UInt64(stored) != id)
            return Finding.Differs($"chain {id} by eth_chainId, and another by its storage");
        probe.Values["genesis"] = $"{genesis}";
        return probe.Recorded("genesis") is { } before && before != $"{genesis}"
            ? Finding.Differs($"genesis {genesis}, and it was {before}")
            : Finding.Ok($"chain {id}, genesis {genesis}");
    }

    private static async Task<Finding> InStepAsync(CheckProbe probe)
    {
        var (latest, final) = (probe.Latest.Number, probe.Final.Number);
        var age = DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds((long)probe.Final.Timestamp);
        var syncing = false;
        if (probe.Version is not null)
            await probe.SendAsync([RuntimeCalls.IsSyncing(found => syncing = found)]).ConfigureAwait(false);
        List<string> differences = [];
        if (syncing)
            differences.Add("the node is still fetching old blocks");
        if (latest - Math.Min(latest, final) > MostBehind)
            differences.Add($"block {final} is final and block {latest} the latest");
        if (probe.Subject.Bounds.MaxFinalAge is { Ticks: > 0 } most && age > most)
            differences.Add($"the final block is {age.TotalMinutes:0} min old (Check:MaxFinalAge)");
        return Finding.Of(differences, $"block {final} is final, {latest - Math.Min(latest, final)} behind the latest");
    }

    private static async Task<Finding> HistoryAsync(CheckProbe probe)
    {
        var back = probe.Latest.Number - Math.Min(probe.Latest.Number, (ulong)probe.Subject.Bounds.LookBackBlocks);
        string? refusal = null;
        await probe
            .SendAsync([
                new RpcCall(
                    "eth_getBalance",
                    $"[\"{CheckProbe.Anybody}\",\"{HexText.Quantity(back)}\"]",
                    (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => reader.Skip()
                )
                {
                    Refused = error => refusal = error.Text,
                },
            ])
            .ConfigureAwait(false);
        if (refusal is null && probe.Version is not null)
        {
            Hash256? hash = null;
            await probe.SendAsync([RuntimeCalls.BlockHash(back, found => hash = found)]).ConfigureAwait(false);
            if (hash is not { } at)
                return Finding.Differs($"block {back} is not there");
            await probe
                .SendAsync([
                    RuntimeCalls.Storage(RuntimeStorage.NetworksAdded.Key(0), at, _ => { }) with
                    {
                        Refused = error => refusal = error.Text,
                    },
                ])
                .ConfigureAwait(false);
        }

        return refusal is null ? Finding.Ok($"the state of block {back} is there") : Finding.Differs($"of block {back}: {refusal}");
    }

    private static Task<Finding> ItemsAsync(CheckProbe probe)
    {
        var metadata = probe.Metadata;
        var different = Items.Where(one => !metadata.Declares(one.Item)).ToList();
        return Task.FromResult(
            different.Count == 0
                ? Finding.Ok($"{Items.Select(one => one.Item).Distinct().Count()} items are declared as they are read")
                : Finding.Differs(
                    string.Join("; ", different.Select(one => metadata.DifferenceOf(one.Item)).Distinct()),
                    [.. different.SelectMany(one => one.Readers).Distinct()]
                )
        );
    }

    private static async Task<Finding> SafeModeAsync(CheckProbe probe)
    {
        var until = await probe.StorageAsync(RuntimeStorage.EnteredUntil).ConfigureAwait(false);
        if (until is null)
            return Finding.Ok("off");
        var reader = new ScaleReader(until);
        return Finding.Differs($"on until block {reader.UInt32()}: all but a few calls fail");
    }

    private static async Task<Finding> HashQueriesAsync(CheckProbe probe)
    {
        string? refusal = null;
        await probe
            .SendAsync([
                new RpcCall(
                    "eth_getBalance",
                    $"[\"{probe.Sender}\",{{\"blockHash\":\"{Keccak.Hash("no block"u8)}\"}}]",
                    (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => reader.Skip()
                )
                {
                    Refused = error => refusal = error.Text,
                },
            ])
            .ConfigureAwait(false);
        return refusal is null
            ? Finding.Ok("they do: blocks are asked for by number")
            : Finding.Warn($"the node refuses an unknown hash, better than expected: {refusal}");
    }

    private static async Task<Finding> LogsAsync(CheckProbe probe)
    {
        if (probe.Subject.Contract is not { } contract)
            return Finding.NotAsked("there is no contract");
        var from = probe.Final.Number - Math.Min(probe.Final.Number, 1_000);
        (ulong Block, string Hash)? found = null;
        await probe
            .SendAsync([
                Logs(
                    $"\"fromBlock\":\"{HexText.Quantity(from)}\",\"toBlock\":\"{HexText.Quantity(probe.Final.Number)}\"",
                    (block, hash, _) => found = (block, hash)
                ),
            ])
            .ConfigureAwait(false);
        if (found is not { } own)
            return Finding.NotAsked($"the contract has no log from block {from} on");
        var (byNumber, byHash) = (0, 0);
        await probe
            .SendAsync([
                Logs(
                    $"\"fromBlock\":\"{HexText.Quantity(own.Block)}\",\"toBlock\":\"{HexText.Quantity(own.Block)}\"",
                    (_, _, count) => byNumber = count
                ),
                Logs($"\"blockHash\":\"{own.Hash}\"", (_, _, count) => byHash = count),
            ])
            .ConfigureAwait(false);
        return byNumber > 0 && byNumber == byHash
            ? Finding.Ok($"{byNumber} of block {own.Block}, either way")
            : Finding.Differs($"block {own.Block} has {byNumber} by its number and {byHash} by its hash");

        RpcCall Logs(string range, Action<ulong, string, int> take) =>
            JsonResult.Of(
                "eth_getLogs",
                $"[{{\"address\":\"{contract}\",{range}}}]",
                logs =>
                {
                    if (logs.GetArrayLength() > 0 && logs[logs.GetArrayLength() - 1] is var last)
                        take((ulong)HexText.BigQuantity(last.Text("blockNumber")), last.Text("blockHash"), logs.GetArrayLength());
                }
            );
    }

    private static async Task<Finding> BuildAsync(CheckProbe probe)
    {
        if (probe is not { Version: { } version, FinalSubstrate: { } at })
            return Finding.NotAsked("the node does not tell its runtime");
        Hash256? build = null;
        await probe.SendAsync([RuntimeCalls.StorageHash(RuntimeCode, at, found => build = found)]).ConfigureAwait(false);
        probe.Values[$"build of {version.Spec}"] = $"{build}";
        return probe.Recorded($"build of {version.Spec}") is { } before && before != $"{build}"
            ? Finding.Differs($"{build}, and it was {before}: the same spec, built anew")
            : Finding.Ok($"{build}");
    }
}
