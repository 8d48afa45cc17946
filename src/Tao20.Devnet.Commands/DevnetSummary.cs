using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tao20.Actors.Faults;
using Tao20.Actors.Status;
using Tao20.Domain.Weights;
using Tao20.Node.Hosting;
using Tao20.Node.Http;

namespace Tao20.Devnet.Commands;

/// <summary>
/// A miner in the devnet's summary: what was folded against what the contract itself counted; and what one that keeps the peg has
/// earned.
/// </summary>
internal sealed record DevnetMiner(string Address, string FoldedWei, string ChainWei, string EligibleWei, long Trades)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProfitWei { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InventoryWei { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TaoWei { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokensWei { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Confirmed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Failed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Missed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? BooksRight { get; init; }

    /// <summary>The same with what it has earned.</summary>
    public DevnetMiner With(TradingMiner? trading) =>
        trading is null
            ? this
            : this with
            {
                ProfitWei = trading.ProfitWei,
                InventoryWei = trading.InventoryWei,
                TaoWei = trading.TaoWei,
                TokensWei = trading.TokensWei,
                Confirmed = trading.Confirmed,
                Failed = trading.Failed,
                Missed = trading.Missed,
                BooksRight = trading.Right,
            };
}

/// <summary>A round in the devnet's summary.</summary>
internal sealed record DevnetRound(
    ulong Epoch,
    string State,
    string? ReferenceNav,
    int Attested,
    IReadOnlyList<ViolationDocument> Violations
)
{
    public static DevnetRound Of(RoundDocument round) =>
        new(round.Epoch, round.State, round.ReferenceNav, round.Attested.Count, round.Violations);
}

/// <summary>What a devnet run came to; with <c>--json</c> it is the document on standard output.</summary>
internal sealed record DevnetSummary(
    string Rpc,
    string Contract,
    string Http,
    long Trades,
    ulong FinalizedBlock,
    IReadOnlyList<DevnetMiner> Miners,
    IReadOnlyList<EpochDocument> Epochs,
    IReadOnlyList<DevnetRound> Rounds,
    IReadOnlyList<ValidatorDocument> Validators,
    IReadOnlyList<WeightsDocument> Weights,
    bool WeightsOnChain,
    bool BooksEqual,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PegSummary? Peg,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ConservationSummary? Conservation,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UpgradeSummary? Upgrade,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RebalancingSummary? Rebalancing,
    IReadOnlyList<FaultDocument> Faults
)
{
    /// <summary>What trading for volume alone has come to; empty where nobody did.</summary>
    public IReadOnlyList<WashSummary> Washing { get; init; } = [];

    /// <summary>What a validator on several nodes has come to; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClusterSummary? Cluster { get; init; }

    /// <summary>
    /// Every miner's fold equals the contract's own count, all validators have the same book, the subnet has the weights they set,
    /// and nothing is at fault. On a chain whose rules nobody knows it is right that something is off.
    /// </summary>
    public bool Right =>
        Faults.All(fault => Upgrade is { IsUnseen: true } && fault.Kind == nameof(FaultKind.ChainNotAsAssumed))
        && Upgrade is null or { Right: true }
        && Rebalancing is null or { Right: true }
        && Cluster is null or { Right: true }
        && BooksEqual
        && WeightsOnChain
        && Conservation is null or { Exact: true }
        && Miners.All(miner => miner.FoldedWei == miner.ChainWei && miner.BooksRight != false);

    public static async Task<DevnetSummary> CollectAsync(
        Economy economy,
        IReadOnlyList<NodeHost> hosts,
        int netuid,
        PegSummary? peg,
        TradingSummary? trading,
        UpgradeSummary? upgrade,
        RebalancingSummary? rebalancing,
        CancellationToken cancel
    )
    {
        var host = hosts[0];
        var status = await host.StatusAsync(true, cancel);
        var volumes = await economy.VolumesAsync(cancel);
        var byMiner = status.Miners.ToDictionary(summary => summary.Miner);
        var miners = economy.Participants.Select(miner =>
        {
            var chain = volumes[miner].ToString(CultureInfo.InvariantCulture);
            if (!byMiner.TryGetValue(miner, out var summary))
                return new DevnetMiner(miner.ToString(), "0", chain, "0", 0).With(trading?.Miners.GetValueOrDefault(miner));
            var document = MinerDocument.Of(summary);
            return new DevnetMiner(document.Address, document.FoldedWei, chain, document.EligibleWei, document.Trades).With(
                trading?.Miners.GetValueOrDefault(miner)
            );
        });
        var consensus = DocumentOf(status);
        var statuses = await Task.WhenAll(hosts.Skip(1).Select(other => other.StatusAsync(false, cancel)));
        NodeStatus[] all = [status, .. statuses];
        return new DevnetSummary(
            economy.Chain.Rpc.ToString(),
            economy.Index.ToString(),
            host.Http.ToString(),
            status.Follower.State.Trades,
            status.Follower.State.Last?.Number ?? 0,
            [.. miners],
            [.. status.Settled.Recent.Select(status.Settled.Document)],
            [.. consensus?.Rounds.Select(DevnetRound.Of) ?? []],
            consensus?.Validators ?? [],
            [.. all.SelectMany(one => one.Validator is { } self ? ValidatorSelfDocument.Of(self, one.Settled.IsPaused).Weights ?? [] : [])],
            await WeightsOnChainAsync(economy, all, netuid, cancel),
            statuses.All(other => Text(other) == Text(status)),
            peg,
            trading?.Conservation,
            upgrade,
            rebalancing,
            [.. all.SelectMany(one => FaultDocument.AllOf(one.Faults)), .. trading?.Faults ?? []]
        );
    }

    /// <summary>Whether the subnet has, for each validator, the weights that it set last.</summary>
    private static async Task<bool> WeightsOnChainAsync(
        Economy economy,
        IReadOnlyList<NodeStatus> statuses,
        int netuid,
        CancellationToken cancel
    )
    {
        for (var i = 0; i < statuses.Count; i++)
        {
            if (
                statuses[i].Validator?.Weights?.Recent.FindLast(progress => progress.Stage == WeightsStage.Set) is { } last
                && !(await ValidatorSet.WeightsAsync(economy, netuid, ValidatorSet.UidOf(economy, i), cancel)).SequenceEqual(last.Weights)
            )
                return false;
        }

        return true;
    }

    /// <summary>All that a validator has settled and agreed on, as text.</summary>
    private static string Text(NodeStatus status) =>
        JsonSerializer.Serialize(
            new { epochs = status.Settled.Recent.Select(status.Settled.Document), book = DocumentOf(status) },
            NodeEndpoints.Json
        );

    private static ConsensusDocument? DocumentOf(NodeStatus status) =>
        status.Settled.Book is { } book
            ? ConsensusDocument.Of(status.Follower.State.Identity?.Registry, book, status.Settled.LastRound)
            : null;
}
