using Tao20.Chain.Abi;
using Tao20.Domain.Audit;
using Tao20.Domain.Coordination;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit;

/// <summary>Folds a history for the sake of one epoch.</summary>
/// <param name="identity">Which chain and contracts it is of.</param>
/// <param name="schedule">The first parameters.</param>
/// <param name="epoch">The epoch.</param>
internal sealed class EpochFold(ChainIdentity identity, ParameterSchedule schedule, EpochId epoch)
{
    private HistoryReplay? _replay;
    private EpochReport? _report;
    private RegistryRound? _round;
    private (ulong Own, ulong Next) _firstBlock;

    /// <summary>The last block that is folded; null for all that come.</summary>
    public ulong? Until { get; init; }

    /// <summary>Takes parameters that no registry has said.</summary>
    public Action<ParameterSchedule>? Scheduled { get; init; }

    /// <summary>Takes a miner's trades up to the epoch's end, with what the contract had counted before the miner's first.</summary>
    public Action<ReadOnlyMemory<Trade>, UInt128?>? Traded { get; init; }

    /// <summary>Takes the ends of epochs and what the registry has said up to a block, once all trades up to it have been taken.</summary>
    public Action<BlockHeader, IReadOnlyList<BookItem>>? Passed { get; init; }

    /// <summary>The replay to be fed.</summary>
    public HistoryReplay Begin() =>
        _replay = new HistoryReplay(schedule, identity.Registry is not null, Keccak.Hash)
        {
            Until = Until,
            Scheduled = Scheduled,
            Folded = Traded is null ? null : Take,
            Passed = Passed,
            Settled = Take,
            BookChanged = book => _round = book.RoundOf(epoch) ?? _round,
        };

    /// <summary>What it has come to.</summary>
    /// <param name="where">Where the history is from, in words.</param>
    /// <exception cref="NodeException">The epoch has not ended, or its rules are not known here.</exception>
    public FoldedEpoch Result(string where)
    {
        var replay = _replay!;
        if (_report is not { } report)
            throw new NodeException(
                ExitCodes.Failed,
                $"Epoch {epoch} has not been closed up to block {replay.LastBlock?.Number ?? 0} of {where}: "
                    + "give --epoch with an earlier one."
            );
        var text = identity.Registry is null
            ? replay.Schedule.At(epoch).Parameters.Text()
            : replay.Book.Parameters.Of(epoch)?.Text
                ?? throw new NodeException(
                    ExitCodes.Failed,
                    $"Epoch {epoch} was over before there was a registry: give --epoch with a later one."
                );
        var parameters =
            DomainParameters.TryParse(text, out var problem)
            ?? throw new NodeException(
                ExitCodes.Failed,
                $"The parameters {report.ParametersVersion} are not known here ({problem}): use a version that knows them."
            );
        return new FoldedEpoch(
            report,
            _firstBlock.Own,
            parameters,
            text,
            _round,
            replay.Book,
            Math.Min(Until ?? ulong.MaxValue, replay.LastBlock!.Number)
        );
    }

    private void Take(Address miner, ReadOnlyMemory<Trade> trades)
    {
        var count = 0;
        while (count < trades.Length && trades.Span[count].Epoch.Value <= epoch.Value)
            count++;
        if (count > 0)
            Traded!(trades[..count], _replay!.Volumes[miner].Baseline);
    }

    private void Take(EpochReport settled)
    {
        if (settled.Closed.Epoch == epoch)
            (_report, _firstBlock.Own) = (settled, _firstBlock.Next);
        _firstBlock.Next = settled.Closed.LastBlock + 1;
    }
}
