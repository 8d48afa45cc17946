using System.Globalization;
using Tao20.Devnet.Commands.Terminal;
using Tao20.Domain.Registry;
using Tao20.Node;
using Tao20.Node.Http;

namespace Tao20.Devnet.Commands;

/// <summary>What a devnet run came to, for people.</summary>
internal static class SummaryPrint
{
    /// <summary>Prints it.</summary>
    public static void Of(DevnetSummary summary)
    {
        foreach (var epoch in summary.Epochs)
            PrintEpoch(epoch);
        PrintTotals(summary);
        PrintTrading(summary);
        PrintConsensus(summary);
        PrintUpgrade(summary.Upgrade);
        summary.Rebalancing?.Print();
        WashSummary.Print(summary.Washing);
        summary.Cluster?.Print();
        foreach (var fault in summary.Faults)
            Printer.Say($"{fault.Kind}: {fault.Message}");
    }

    private static void PrintEpoch(EpochDocument epoch)
    {
        var table = new FittedTable(
            ("rank", ColumnKind.Kept),
            ("miner", ColumnKind.Address),
            ("tier", ColumnKind.Spare),
            ("score", ColumnKind.Kept),
            ("trades", ColumnKind.Spare),
            ("payout", ColumnKind.Kept),
            ("weight", ColumnKind.Spare)
        );
        foreach (var ranked in epoch.Ranked)
            table.AddRow(
                $"{ranked.Rank}",
                ranked.Miner,
                ranked.Tier,
                FixedPoint.Tao(ranked.Score, 18),
                $"{ranked.EligibleTrades}",
                FixedPoint.Tao(ranked.PayoutRao, 9),
                $"{ranked.Weight}"
            );
        foreach (var unranked in epoch.Unranked)
            table.AddRow("-", unranked.Miner, "", unranked.Reason, $"{unranked.Trades}", "", "");
        Printer.Write(
            $"Epoch {epoch.Epoch}: {FixedPoint.Tao(epoch.EmissionRao, 9)} given, "
                + $"{FixedPoint.Tao(epoch.ValidatorPoolRao, 9)} of it to validators",
            table
        );
        Printer.Say($"ranking root {epoch.RankingRoot}");
        Printer.Say($"Gini {FixedPoint.Tao(epoch.Fairness.Gini, 18)}");
    }

    private static void PrintTotals(DevnetSummary summary)
    {
        var table = new FittedTable(
            ("miner", ColumnKind.Address),
            ("trades", ColumnKind.Kept),
            ("folded TAO", ColumnKind.Kept),
            ("contract's own", ColumnKind.Kept),
            ("", ColumnKind.Kept),
            ("counted", ColumnKind.Spare)
        );
        foreach (var miner in summary.Miners)
            table.AddRow(
                miner.Address,
                $"{miner.Trades}",
                FixedPoint.Tao(miner.FoldedWei, 18),
                FixedPoint.Tao(miner.ChainWei, 18),
                miner.FoldedWei == miner.ChainWei ? "equal" : "DIFFERENT",
                FixedPoint.Tao(miner.EligibleWei, 18)
            );
        Printer.Write(
            $"{summary.Trades} trades folded up to final block {summary.FinalizedBlock}, against what the contract itself has counted, and "
                + "what of it counts for the score",
            table
        );
    }

    private static void PrintTrading(DevnetSummary summary)
    {
        if (summary is not { Peg: { } peg, Conservation: { } conservation })
            return;
        var table = new FittedTable(
            ("miner", ColumnKind.Address),
            ("profit", ColumnKind.Kept),
            ("owns, in TAO", ColumnKind.Kept),
            ("books", ColumnKind.Kept),
            ("trades", ColumnKind.Spare),
            ("failed", ColumnKind.Spare),
            ("missed", ColumnKind.Spare)
        );
        foreach (var miner in summary.Miners.Where(miner => miner.ProfitWei is not null))
            table.AddRow(
                miner.Address,
                FixedPoint.Tao(miner.ProfitWei!, 18),
                FixedPoint.Tao(miner.InventoryWei!, 18),
                miner.BooksRight == true ? "equal the chain" : "DIFFERENT",
                $"{miner.Confirmed}",
                $"{miner.Failed}",
                $"{miner.Missed}"
            );
        Printer.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The market was {peg.MeanAbsSpreadBps / 100:0.00} % off NAV on average, {peg.MaxAbsSpreadBps / 100:0.00} % at most; "
                    + $"without miners {peg.WithoutArbitrageMeanAbsSpreadBps / 100:0.00} % and "
                    + $"{peg.WithoutArbitrageMaxAbsSpreadBps / 100:0.00} %"
            ),
            table
        );
        Printer.Say($"All TAO and TAO20 of everyone: {(conservation.Exact ? "conserved to the wei" : "NOT CONSERVED")}");
    }

    private static void PrintConsensus(DevnetSummary summary)
    {
        if (summary.Validators.Count == 0)
            return;
        var table = new FittedTable(
            ("validator", ColumnKind.Address),
            ("standing", ColumnKind.Kept),
            ("stake", ColumnKind.Kept),
            ("slashed", ColumnKind.Kept),
            ("agreed", ColumnKind.Kept),
            ("reputation", ColumnKind.Spare)
        );
        foreach (var validator in summary.Validators)
            table.AddRow(
                validator.Address,
                validator.Standing,
                FixedPoint.Tao(validator.StakeWei, 18),
                FixedPoint.Tao(validator.SlashedWei, 18),
                $"{validator.Agreed} of {validator.Rounds}",
                FixedPoint.Tao(validator.Reputation, 18)
            );
        var settled = summary.Rounds.Count(round => round.State == nameof(RoundStanding.Settled));
        Printer.Write(
            $"{settled} of {summary.Rounds.Count} rounds settled; books of all validators {(summary.BooksEqual ? "equal" : "DIFFERENT")}",
            table
        );
        foreach (var set in summary.Weights.Where(set => set.Epoch == summary.Weights[^1].Epoch))
            Printer.Say(
                $"weights of epoch {set.Epoch} by {set.Validator}: "
                    + $"{set.Stage}{(set.Block is { } block ? $" in block {block}, {set.SecondsAfterEpoch} s after its end" : "")}"
                    + $"{(set.Reason is { } reason ? $": {reason}" : "")}: "
                    + string.Join(" ", set.Weights.Select(weight => $"{weight.Uid}={weight.Weight}"))
            );
        foreach (var (round, violation) in summary.Rounds.SelectMany(round => round.Violations.Select(violation => (round, violation))))
            Printer.Say(
                $"epoch {round.Epoch}: {violation.Validator}, {violation.Severity}: {(violation.Punished ? "slashed" : "not slashed")}"
            );
    }

    private static void PrintUpgrade(UpgradeSummary? upgrade)
    {
        if (upgrade is null)
            return;
        var table = new FittedTable(
            ("node of", ColumnKind.Address),
            ("checked at", ColumnKind.Kept),
            ("sent before", ColumnKind.Kept),
            ("off since", ColumnKind.Words)
        );
        foreach (var node in upgrade.Nodes)
            table.AddRow(
                node.Account ?? "nobody",
                node.CheckedAt is { } block ? $"{block}" : "NEVER",
                $"{node.SentUnchecked}",
                node.Off.Count == 0 ? "nothing" : string.Join(", ", node.Off)
            );
        Printer.Write($"The chain went from spec {upgrade.From} to {upgrade.To} in block {upgrade.Block}", table);
    }
}
