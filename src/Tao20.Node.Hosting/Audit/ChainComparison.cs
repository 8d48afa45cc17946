using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Actors.Audit;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Chain;
using Tao20.Chain.Abi;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Audit;
using Tao20.Domain.Coordination;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Node.Audit;

/// <summary>
/// A journal that was folded again, held against its chain: the logs are fetched afresh, folded in memory by the same rules, and compared
/// up to the block that the journal's cursor has reached.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="replay">What its entries have come to.</param>
/// <param name="findings">What is found.</param>
internal sealed class ChainComparison(OpenedJournal journal, JournalReplay replay, AuditFindings findings)
{
    /// <summary>Of so many miners it is looked up which trade is the first that differs.</summary>
    private const int MinersLookedInto = 3;
    private readonly Dictionary<EpochId, SettledEntry> _settled = replay
        .Settled.GroupBy(one => one.Epoch)
        .ToDictionary(one => one.Key, one => one.Last());
    private readonly List<string> _notVerified = [];
    private int _epochs;

    /// <summary>Compares.</summary>
    /// <param name="endpoints">The endpoints of the chain.</param>
    /// <param name="contract">The contract that the journal must be of; null for whichever it is of.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">The journal is of another chain or contract, or has nothing to compare.</exception>
    /// <exception cref="ChainException">The chain cannot be read.</exception>
    public async Task<ChainAuditDocument> RunAsync(IReadOnlyList<Uri> endpoints, Address? contract, CancellationToken cancel)
    {
        var cursor = replay.Fold.Cursor;
        if (cursor is not { Identity: { } identity, Last: { } last, Schedule: { } schedule })
            throw new NodeException(
                ExitCodes.DataDirectory,
                $"The journal {journal.Where} has nothing of a chain yet: audit it without --rpc."
            );
        if (contract is { } wanted && wanted != identity.Contract)
            throw new NodeException(
                ExitCodes.WrongChain,
                $"--contract = {wanted}, and the journal {journal.Where} is of {identity.Contract}: give that one, or none."
            );
        await using var chain = ChainConnection.Http(
            new ChainOptions
            {
                Endpoints = endpoints,
                Contract = identity.Contract,
                Registry = identity.Registry,
                FromBlock = identity.FromBlock,
                WebSocket = false,
            },
            NullLogger.Instance
        );
        var found = await chain.ProbeAsync(cancel);
        if (found != identity)
            throw new NodeException(
                ExitCodes.DataDirectory,
                new JournalFaultReporter(journal.Options, journal.Where, new FaultSignal(), TimeProvider.System).Foreign(identity, found)
            );
        await RequireBlockAsync(chain, last, cancel);
        var fold = await FoldAsync(chain, identity, schedule, last.Number, cancel);
        await CompareMinersAsync(chain, last.Number, fold, cancel);
        CompareMissingEpochs(cursor);
        CompareBook(cursor, fold);
        var counted = await CompareCountsAsync(chain, last.Number, fold, cancel);
        return new ChainAuditDocument(
            last.Number,
            fold.Volumes.Values.Sum(volume => volume.Head.Trades),
            fold.Volumes.Count,
            _epochs,
            counted,
            _notVerified
        );
    }

    private async Task RequireBlockAsync(ChainConnection chain, BlockHeader last, CancellationToken cancel)
    {
        await chain.Head.RefreshAsync(cancel);
        BlockHeader? header = null;
        await chain.Pool.SendAsync([EthCalls.Header(last.Number, known => header = known)], cancel);
        if (header is null)
            throw new NodeException(
                ExitCodes.Unreachable,
                $"The endpoints do not have block {last.Number}, up to which the journal {journal.Where} is folded: give one that is "
                    + "not behind."
            );
        if (header.Hash != last.Hash)
            findings.Report(
                DifferenceKind.ChainDiffers,
                null,
                $"block {last.Number} is {header.Hash} on the chain, and {last.Hash} in the journal's cursor"
            );
    }

    private async Task<HistoryReplay> FoldAsync(
        ChainConnection chain,
        ChainIdentity identity,
        ParameterSchedule schedule,
        ulong last,
        CancellationToken cancel
    )
    {
        if (
            identity.Registry is { } registry
            && await RegistryLogs.FirstParametersAsync(chain.Pool, registry, identity.FromBlock, last, cancel) is { } first
        )
            schedule = ParameterSchedule.Of(DomainParameters.TryParse(first.Text, out _) ?? schedule.Versions[0].Parameters);
        var fold = new HistoryReplay(schedule, identity.Registry is not null, Keccak.Hash) { Settled = CompareEpoch };
        if (await new WholeHistory(chain).ReadAsync(last, fold.Fold, cancel) is { } doubt)
            _notVerified.Add($"the beginning of the history: {doubt}");
        return fold;
    }

    private void CompareEpoch(EpochReport report)
    {
        var epoch = report.Closed.Epoch;
        if (!_settled.Remove(epoch, out var written))
        {
            if (!replay.Fold.Cursor.Unsettled.Any(waiting => waiting.Closed.Epoch == epoch))
                findings.Report(
                    DifferenceKind.ChainEpochDiffers,
                    null,
                    $"epoch {epoch} has ended on the chain, and the journal has not settled it"
                );
            return;
        }

        _epochs++;
        var settled = new CoordinatorEvent.EpochSettled(report);
        if (SettledEntry.DigestOf(settled) == written.Digest)
            return;
        findings.Report(
            DifferenceKind.ChainEpochDiffers,
            written.Row,
            $"epoch {epoch} is settled otherwise than by the chain's logs: ranking root {report.RankingRoot} by them, "
                + $"{written.RankingRoot} in "
                + "the journal"
        );
    }

    private void CompareMissingEpochs(CursorState cursor)
    {
        foreach (var (epoch, written) in _settled.OrderBy(one => one.Key.Value))
            findings.Report(
                DifferenceKind.ChainEpochDiffers,
                written.Row,
                $"epoch {epoch} is settled in the journal, and has not ended on the chain up to block {cursor.Last!.Number}"
            );
    }

    private async Task CompareMinersAsync(ChainConnection chain, ulong last, HistoryReplay fold, CancellationToken cancel)
    {
        var known = replay.Fold.Cursor.Known;
        var differing = known
            .Keys.Union(fold.Volumes.Keys)
            .Where(miner => !IsSame(known.Of(miner), fold.Volumes.GetValueOrDefault(miner)?.Head))
            .Order()
            .ToList();
        if (differing.Count == 0)
            return;
        var lookedInto = differing.Take(MinersLookedInto).ToDictionary(miner => miner, _ => new List<Trade>());
        await new WholeHistory(chain).ReadAsync(
            last,
            range =>
            {
                foreach (var memory in range.Trades)
                {
                    foreach (ref readonly var trade in memory.Span)
                    {
                        if (lookedInto.TryGetValue(trade.Miner, out var trades))
                            trades.Add(trade);
                    }
                }
            },
            cancel
        );
        foreach (var miner in differing)
        {
            var (chainHead, journalHead) = (fold.Volumes.GetValueOrDefault(miner)?.Head, known.Of(miner));
            var (row, parting) = lookedInto.TryGetValue(miner, out var trades) ? await PartingAsync(miner, trades, cancel) : (null, "");
            findings.Report(
                DifferenceKind.ChainTradesDiffer,
                row,
                $"the chain has {chainHead?.Trades ?? 0} trades of {miner}, hash {chainHead?.Hash?.ToString() ?? "none"}; the journal has "
                    + $"{journalHead?.Trades ?? 0}, hash {journalHead?.Hash?.ToString() ?? "none"}{parting}"
            );
        }
    }

    private static bool IsSame(MinerHead? known, MinerHead? onChain) =>
        (known?.Trades ?? 0) == (onChain?.Trades ?? 0) && (known?.Hash is null || known?.Hash == onChain?.Hash);

    /// <summary>
    /// The first trade of a miner that is not the same in the journal and on the chain, as far as the journal still has them.
    /// </summary>
    private async Task<(JournalRow? Row, string Text)> PartingAsync(Address miner, List<Trade> onChain, CancellationToken cancel)
    {
        var stream = MinerActor.PersistenceIdOf(miner);
        var entries = await JournalEntries.OfAsync(journal.System, stream, cancel);
        var written = entries
            .Where(entry => entry.Event is TradesFolded)
            .SelectMany(entry => ((TradesFolded)entry.Event).Trades.ToArray().Select(trade => (entry.SequenceNr, Trade: trade)))
            .ToList();
        if (written.Count == 0)
            return (null, "");

        // Where its first entries are no longer there, it is compared from the first that is.
        var at = onChain.FindIndex(trade => trade.Position >= written[0].Trade.Position);
        for (var i = 0; i < written.Count; i++)
        {
            var (number, trade) = written[i];
            var other = at >= 0 && at + i < onChain.Count ? onChain[at + i] : default(Trade?);
            if (other is not { } chain || chain with { Epoch = trade.Epoch } != trade)
                return (
                    new JournalRow(stream, number),
                    $". The first that differs: {trade} in the journal, {other?.ToString() ?? "nothing"} on the chain"
                );
        }

        return (new JournalRow(stream, written[^1].SequenceNr), ". What the journal has is on the chain, and more is there");
    }

    private void CompareBook(CursorState cursor, HistoryReplay fold)
    {
        var inbox = replay.Fold.Coordinator.Inbox;
        if (inbox.Book is not { } book)
            return;
        if (!inbox.IsComplete || (inbox.LastItem is { } item && item.Block > cursor.Last!.Number))
        {
            _notVerified.Add("the book of validators: the journal ends while it waits for an epoch, or between two ranges");
            return;
        }

        if (!findings.Same(Alone(fold.Book), Alone(book)))
            findings.Report(
                DifferenceKind.ChainBookDiffers,
                new JournalRow(ConsensusKey.Name, 0),
                "the book of validators is another one by the chain's logs",
                Alone(fold.Book),
                Alone(book)
            );

        static CoordinatorState Alone(Domain.Registry.RegistryBook book) => new(SettledState.Initial, new ConsensusInbox(book, [], null));
    }

    /// <summary>What the contract itself has counted, where the state of the last block is still there.</summary>
    private async Task<int> CompareCountsAsync(ChainConnection chain, ulong block, HistoryReplay fold, CancellationToken cancel)
    {
        if (await chain.Counts.AllAsync(block, cancel) is not { } counted)
        {
            _notVerified.Add(
                $"what the contract has counted at block {block}: no endpoint has the state of that block, or the contract has no "
                    + "such views; "
                    + "give an endpoint that keeps old state"
            );
            return 0;
        }

        foreach (var (miner, total) in counted.Totals.OrderBy(one => one.Key))
        {
            var volume = fold.Volumes.GetValueOrDefault(miner);
            var ours = (volume?.LifetimeWei ?? 0) + (volume?.Baseline ?? 0);
            if (ours != total)
                findings.Report(
                    DifferenceKind.ContractCountDiffers,
                    null,
                    $"the contract has counted {total} wei of {miner} at block {block}; its logs come to {ours}"
                );
        }

        return counted.Totals.Count;
    }
}
