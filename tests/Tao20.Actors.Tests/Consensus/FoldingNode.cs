using Tao20.Actors.Hosting;
using Tao20.Chain.Abi;
using Tao20.Domain.Coordination;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>
/// What a node folds, without actors: the decisions and states of the cursor, the miners and the coordinator, with a journal of bytes, from
/// which it begins again at any moment. Its own settings, the size of its ranges and the order in which miners answer are at random.
/// </summary>
internal sealed class FoldingNode(ScriptedChain chain, Tao20Serializer serializer, Random random, bool restarts)
{
    private const int MostBlocks = 40;
    private static readonly ChainIdentity Identity = new(964, default, default, 1, Address.Parse($"0x{7:x40}"));
    private readonly List<(string Stream, string Manifest, byte[] Bytes)> _journal = [];
    private Dictionary<Address, MinerVolume> _miners = [];
    private CursorState _cursor = CursorState.Initial;
    private CoordinatorState _coordinator = CoordinatorState.Initial(followsRegistry: true);

    // What its own settings would have it count by; the registry's text is what counts.
    private readonly DomainParameters _own = DomainParameters.Default with
    {
        Rewards = DomainParameters.Default.Rewards with { TierPercent = random.Next(0, 50) },
    };

    /// <summary>All that it has come to, as bytes.</summary>
    public SortedDictionary<string, byte[]> States =>
        new(
            _miners
                .ToDictionary(miner => miner.Key.ToString(), miner => serializer.ToBinary(miner.Value.ToSnapshot()))
                .Append(KeyValuePair.Create("the cursor", serializer.ToBinary(_cursor)))
                .Append(KeyValuePair.Create("the book", serializer.ToBinary(_coordinator)))
                .ToDictionary(),
            StringComparer.Ordinal
        );

    /// <summary>Whether it has as many versions of the parameters as the chain, and all epochs that are over are in its book.</summary>
    public bool Knows(int versions) =>
        _coordinator.Inbox.Book!.Parameters.Schedule.Count == versions
        && _cursor.Schedule!.Versions.Count == versions
        && _coordinator.Inbox.Queue.IsEmpty
        && _coordinator.Settled.Last!.Chain is not null
        && _coordinator.Inbox.LastRound is not null;

    /// <summary>Folds up to a block, in ranges of any size.</summary>
    public void FoldTo(int block)
    {
        if (_cursor.Identity is null)
            Begin();
        while ((int)(_cursor.Last?.Number ?? 0) < block)
        {
            var first = (int)(_cursor.Last?.Number ?? 0) + 1;
            var last = Math.Min(block, first + random.Next(MostBlocks));
            while (chain.EndsIn(first, last) > RangeFlow.MaxEpochsPerRange)
                last--;
            Fold(chain.Range(first, last));
            while (_cursor.Unsettled.Count > random.Next(RangeFlow.MaxUnsettledEpochs / 2))
                Settle();
        }

        while (_cursor.Unsettled.Count > 0)
            Settle();
    }

    private void Begin()
    {
        var first = DomainParameters.TryParse(chain.First.Text, out _) ?? _own;
        Note("cursor", _cursor.Decide(new CursorCommand.Begin(Identity, first)));
    }

    /// <summary>A range on its way; where the node ends in the middle of it, it is read again by the next call.</summary>
    private void Fold(TradeRange range)
    {
        var work = InFlightRange.Of(1, range, _cursor.Book.Read(range.Trades, range.Advances), _cursor.Schedule!, followsRegistry: true);
        var heads = new Dictionary<Address, MinerHead>();
        foreach (var (address, parts) in work.Batches.OrderBy(_ => random.Next()))
        {
            foreach (var part in parts)
            {
                var miner = _miners.GetValueOrDefault(address) ?? MinerVolume.Initial(address);
                if (miner.Decide(part, Keccak.Hash) is FoldDecision.Fold(var folded))
                    Note(address.ToString(), [folded]);
                if (Ends())
                    return;
            }

            heads[address] = _miners[address].Head;
        }

        Note("consensus", _coordinator.Decide(new CoordinatorCommand.Queue(work.Facts!), Keccak.Hash));
        if (Ends())
            return;
        Advance();
        Note("cursor", _cursor.Decide(new CursorCommand.Complete(work, heads)));
        Ends();
    }

    private void Settle()
    {
        var epoch = _cursor.Unsettled[0];
        var volumes = epoch.Miners.Select(miner => _miners[miner].Of(epoch.Closed.Epoch));
        var settle = new CoordinatorCommand.Settle(epoch.Closed, _cursor.Schedule!.At(epoch.Closed.Epoch), volumes);
        Note("consensus", _coordinator.Decide(settle, Keccak.Hash));
        Advance();
        if (!Ends())
            Note("cursor", _cursor.Decide(new CursorCommand.AcknowledgeSettlement(epoch.Closed.Epoch)));
    }

    private void Advance() => Note("consensus", _coordinator.Decide(new CoordinatorCommand.Advance(), Keccak.Hash));

    private void Note(string stream, IEnumerable<object> events)
    {
        foreach (var e in events)
        {
            _journal.Add((stream, serializer.Manifest(e), serializer.ToBinary(e)));
            Evolve(stream, e);
        }
    }

    private void Evolve(string stream, object e)
    {
        switch (e)
        {
            case TradesFolded folded:
                var address = Address.Parse(stream);
                _miners[address] = (_miners.GetValueOrDefault(address) ?? MinerVolume.Initial(address)).Evolve(folded);
                break;
            case CursorEvent moved:
                _cursor = _cursor.Evolve(moved);
                break;
            default:
                _coordinator = _coordinator.Evolve((CoordinatorEvent)e);
                break;
        }
    }

    /// <summary>Now and then the process ends, and begins again from its journal, or from a snapshot of all it had come to.</summary>
    private bool Ends()
    {
        if (!restarts || random.Next(40) > 0)
            return false;
        if (random.Next(3) == 0)
        {
            _miners = _miners.ToDictionary(
                miner => miner.Key,
                miner => MinerVolume.Restore((MinerVolumeSnapshot)Again(miner.Value.ToSnapshot()))
            );
            (_cursor, _coordinator) = ((CursorState)Again(_cursor), (CoordinatorState)Again(_coordinator));
            return true;
        }

        (_miners, _cursor, _coordinator) = ([], CursorState.Initial, CoordinatorState.Initial(followsRegistry: true));
        foreach (var (stream, manifest, bytes) in _journal)
            Evolve(stream, serializer.FromBinary(bytes, manifest));
        return true;
    }

    private object Again(object state) => serializer.FromBinary(serializer.ToBinary(state), serializer.Manifest(state));
}
