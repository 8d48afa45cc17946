using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using Tao20.Actors.Faults;
using Tao20.Actors.Status;
using Tao20.Domain.Registry;
using Tao20.Domain.Weights;
using Tao20.Node;
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

    public void Print()
    {
        foreach (var epoch in Epochs)
        {
            var table = new Table()
                .Title(
                    $"Epoch {epoch.Epoch}: {FixedPoint.Tao(epoch.EmissionRao, 9)} given, "
                        + $"{FixedPoint.Tao(epoch.ValidatorPoolRao, 9)} of it to validators"
                )
                .Border(TableBorder.Rounded);
            table.AddColumns("rank", "miner", "tier", "score", "trades", "payout", "weight");
            foreach (var ranked in epoch.Ranked)
            {
                table.AddRow(
                    $"{ranked.Rank}",
                    ranked.Miner,
                    ranked.Tier,
                    FixedPoint.Tao(ranked.Score, 18),
                    $"{ranked.EligibleTrades}",
                    FixedPoint.Tao(ranked.PayoutRao, 9),
                    $"{ranked.Weight}"
                );
            }

            foreach (var unranked in epoch.Unranked)
                table.AddRow("-", unranked.Miner, unranked.Reason, "", $"{unranked.Trades}", "", "");
            AnsiConsole.Write(table);
            AnsiConsole.WriteLine($"ranking root {epoch.RankingRoot}; Gini {FixedPoint.Tao(epoch.Fairness.Gini, 18)}");
        }

        var totals = new Table().Title($"{Trades} trades folded up to final block {FinalizedBlock}").Border(TableBorder.Rounded);
        totals.AddColumns("miner", "trades", "folded TAO", "contract's own count", "counted for the score", "");
        foreach (var miner in Miners)
        {
            totals.AddRow(
                miner.Address,
                $"{miner.Trades}",
                FixedPoint.Tao(miner.FoldedWei, 18),
                FixedPoint.Tao(miner.ChainWei, 18),
                FixedPoint.Tao(miner.EligibleWei, 18),
                miner.FoldedWei == miner.ChainWei ? "equal" : "DIFFERENT"
            );
        }

        AnsiConsole.Write(totals);
        PrintTrading();
        PrintConsensus();
        PrintUpgrade();
        Rebalancing?.Print();
        WashSummary.Print(Washing);
        Cluster?.Print();
        foreach (var fault in Faults)
            AnsiConsole.WriteLine($"{fault.Kind}: {fault.Message}");
    }

    private void PrintUpgrade()
    {
        if (Upgrade is null)
            return;
        var table = new Table()
            .Title($"The chain went from spec {Upgrade.From} to {Upgrade.To} in block {Upgrade.Block}")
            .Border(TableBorder.Rounded);
        table.AddColumns("node of", "checked at", "sent before", "off since");
        foreach (var node in Upgrade.Nodes)
            table.AddRow(
                node.Account ?? "nobody: it only counts",
                node.CheckedAt is { } block ? $"{block}" : "NEVER",
                $"{node.SentUnchecked}",
                node.Off.Count == 0 ? "nothing" : string.Join(", ", node.Off)
            );
        AnsiConsole.Write(table);
    }

    private void PrintTrading()
    {
        if (Peg is null || Conservation is null)
            return;
        var table = new Table()
            .Title(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The market was {Peg.MeanAbsSpreadBps / 100:0.00} % off NAV on average, {Peg.MaxAbsSpreadBps / 100:0.00} % at "
                        + $"most; without miners {Peg.WithoutArbitrageMeanAbsSpreadBps / 100:0.00} % and "
                        + $"{Peg.WithoutArbitrageMaxAbsSpreadBps / 100:0.00} %"
                )
            )
            .Border(TableBorder.Rounded);
        table.AddColumns("miner", "profit", "owns, in TAO", "trades", "failed", "missed", "books");
        foreach (var miner in Miners.Where(miner => miner.ProfitWei is not null))
            table.AddRow(
                miner.Address,
                FixedPoint.Tao(miner.ProfitWei!, 18),
                FixedPoint.Tao(miner.InventoryWei!, 18),
                $"{miner.Confirmed}",
                $"{miner.Failed}",
                $"{miner.Missed}",
                miner.BooksRight == true ? "equal the chain" : "DIFFERENT"
            );
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"All TAO and TAO20 of everyone: {(Conservation.Exact ? "conserved to the wei" : "NOT CONSERVED")}");
    }

    private void PrintConsensus()
    {
        if (Validators.Count == 0)
            return;
        var table = new Table()
            .Title(
                $"{Rounds.Count(round => round.State == nameof(RoundStanding.Settled))} of {Rounds.Count} rounds "
                    + $"settled; books of all validators {(BooksEqual ? "equal" : "DIFFERENT")}"
            )
            .Border(TableBorder.Rounded);
        table.AddColumns("validator", "standing", "stake", "slashed", "reputation", "agreed");
        foreach (var validator in Validators)
            table.AddRow(
                validator.Address,
                validator.Standing,
                FixedPoint.Tao(validator.StakeWei, 18),
                FixedPoint.Tao(validator.SlashedWei, 18),
                FixedPoint.Tao(validator.Reputation, 18),
                $"{validator.Agreed} of {validator.Rounds}"
            );
        AnsiConsole.Write(table);
        foreach (var set in Weights.Where(set => set.Epoch == Weights[^1].Epoch))
        {
            AnsiConsole.WriteLine(
                $"weights of epoch {set.Epoch} by {set.Validator}: "
                    + $"{set.Stage}{(set.Block is { } block ? $" in block {block}, {set.SecondsAfterEpoch} s after its end" : "")}"
                    + $"{(set.Reason is { } reason ? $": {reason}" : "")}: "
                    + string.Join(" ", set.Weights.Select(weight => $"{weight.Uid}={weight.Weight}"))
            );
        }

        foreach (var (round, violation) in Rounds.SelectMany(round => round.Violations.Select(violation => (round, violation))))
            AnsiConsole.WriteLine(
                $"epoch {round.Epoch}: {violation.Validator}, {violation.Severity}: {(violation.Punished ? "slashed" : "not slashed")}"
            );
    }
}
