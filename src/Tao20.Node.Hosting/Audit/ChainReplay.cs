using Tao20.Chain.Abi;
using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Settlement;
using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Node.Audit;

/// <summary>
/// The whole fold in memory, from the chain alone: no journal, no actors, the same domain. What it finds of one epoch can be held
/// against what anyone says of it.
/// </summary>
internal sealed class ChainReplay(RegistryIdentity registry, DomainParameters parameters)
{
    private readonly Dictionary<Address, MinerVolume> _volumes = [];
    private readonly ParametersVersion _version = new(1, new EpochId(0), parameters);
    private EpochBook _epochs = EpochBook.Initial;
    private ConsensusBook _book = ConsensusBook.Initial(registry);
    private Rao _carried = Rao.Zero;

    /// <summary>The report of the epoch looked for; null when it has not been closed.</summary>
    public EpochReport? Report { get; private set; }

    /// <summary>Its round, as far as the chain has come.</summary>
    public Round? Round { get; private set; }

    /// <summary>How its round ended; null while it has not.</summary>
    public ConsensusEvent.RoundConcluded? Concluded { get; private set; }

    /// <summary>What was found against validators in it.</summary>
    public List<SlashCase> Found { get; } = [];

    /// <summary>Folds a range; ranges come in order.</summary>
    /// <param name="range">What was read.</param>
    /// <param name="epoch">The epoch looked for.</param>
    public void Fold(TradeRange range, EpochId epoch)
    {
        var progress = _epochs.Read(range.Trades, range.Advances);
        _epochs = _epochs.After(progress.Closed.Count > 0, progress.Open, progress.Joined);
        foreach (var (miner, trades) in progress.ByMiner())
            Fold(miner, trades);

        var steps = range
            .Facts.Select(fact => (At: fact.At!.Value, Step: (Action)(() => Tell(fact, epoch))))
            .Concat(progress.Closed.Select(closed => (At: closed.Closed.ClosedAt, Step: (Action)(() => Close(closed, epoch)))));
        foreach (var (_, step) in steps.OrderBy(step => step.At))
            step();
        Tell(new ChainFact.BlockReached(range.Last.Number), epoch);
        Round = _book.RoundOf(epoch) ?? Round;
    }

    private void Fold(Address miner, Trade[] trades)
    {
        var volume = _volumes.GetValueOrDefault(miner) ?? MinerVolume.Initial(miner);
        if (volume.Decide(new FoldTrades(miner, parameters.Eligibility, trades, null)) is FoldDecision.Fold(var folded))
            _volumes[miner] = volume.Evolve(folded);
    }

    private void Close(EpochToSettle closed, EpochId epoch)
    {
        var report = EpochReport.Settle(
            closed.Closed,
            closed.Miners.Select(miner => _volumes[miner].Of(closed.Closed.Epoch)),
            _version,
            _carried,
            Keccak.Hash
        );
        _carried = report.Rewards.CarriedOut;
        if (closed.Closed.Epoch == epoch)
            Report = report;
        Tell(
            new ChainFact.EpochClosed(closed.Closed, parameters.Hash(Keccak.Hash), parameters.Consensus, report.Rewards.ValidatorPool),
            epoch
        );
    }

    private void Tell(ChainFact fact, EpochId epoch)
    {
        foreach (var e in _book.Decide(fact, Keccak.Hash))
        {
            _book = _book.Evolve(e);
            if (e is ConsensusEvent.RoundConcluded concluded && concluded.Epoch == epoch)
                Concluded = concluded;
            if (e is ConsensusEvent.CaseFound(_, var found) && found.Epoch == epoch)
                Found.Add(found);
        }
    }
}
