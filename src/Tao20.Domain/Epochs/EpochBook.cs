using System.Buffers;
using System.Runtime.InteropServices;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Epochs;

/// <summary>A closed epoch together with the miners that traded in it.</summary>
/// <param name="Closed">The epoch and how it ended.</param>
/// <param name="Miners">Every miner with a trade in it, by address.</param>
public sealed record EpochToSettle(ClosedEpoch Closed, IReadOnlyList<Address> Miners);

/// <summary>Trades that follow one another within an epoch.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Trades">The trades in chain order, their own epoch not set yet.</param>
public readonly record struct EpochTrades(EpochId Epoch, ReadOnlySequence<Trade> Trades);

/// <summary>What a range of the chain does to the epochs.</summary>
/// <param name="Trades">The range's trades in chain order, cut where an epoch ends.</param>
/// <param name="Closed">Epochs the range closed, oldest first; without one whose beginning was before the first block read.</param>
/// <param name="Open">The epoch open at its end.</param>
/// <param name="Joined">Miners that traded in that epoch for the first time.</param>
public sealed record EpochProgress(
    IReadOnlyList<EpochTrades> Trades,
    IReadOnlyList<EpochToSettle> Closed,
    EpochId Open,
    IReadOnlyList<Address> Joined
)
{
    /// <summary>Each miner's trades in chain order, with their epoch.</summary>
    /// <remarks>Counts first and copies then: each trade is moved once, into an array of the right size.</remarks>
    public IReadOnlyDictionary<Address, Trade[]> ByMiner()
    {
        var counts = new Dictionary<Address, int>();
        foreach (var (_, sequence) in Trades)
        {
            foreach (var memory in sequence)
            {
                foreach (ref readonly var trade in memory.Span)
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, trade.Miner, out _)++;
            }
        }

        var byMiner = counts.ToDictionary(count => count.Key, count => new Trade[count.Value]);
        foreach (var (epoch, sequence) in Trades)
        {
            foreach (var memory in sequence)
            {
                foreach (ref readonly var trade in memory.Span)
                    byMiner[trade.Miner][^CollectionsMarshal.GetValueRefOrNullRef(counts, trade.Miner)--] = trade with { Epoch = epoch };
            }
        }

        return byMiner;
    }
}

/// <summary>Which epoch is open, and who has traded in it: what turns positions into epochs.</summary>
/// <param name="Open">The open epoch; 0 before the first <c>EpochAdvanced</c>.</param>
/// <param name="Active">The miners that traded in it.</param>
public sealed record EpochBook(EpochId Open, IReadOnlySet<Address> Active)
{
    /// <summary>Epoch 0, nobody has traded.</summary>
    public static readonly EpochBook Initial = new(default, new HashSet<Address>());

    /// <summary>The same open epoch, without who has traded in it.</summary>
    public EpochBook WithoutMiners => this with { Active = Initial.Active };

    /// <summary>
    /// What the logs of a range do. A trade belongs to the epoch opened by the last <c>EpochAdvanced</c> at or before its position.
    /// </summary>
    /// <param name="trades">Trades in chain order.</param>
    /// <param name="advances">Epoch changes in chain order.</param>
    public EpochProgress Read(in ReadOnlySequence<Trade> trades, IReadOnlyList<ClosedEpoch> advances)
    {
        var placed = new List<EpochTrades>(advances.Count + 1);
        var rest = trades;
        var closed = new List<EpochToSettle>(advances.Count);
        var open = Open;
        var known = Active;
        var joined = new HashSet<Address>();
        var next = 0;
        var begun = Open != default;
        var count = 0L;
        foreach (var memory in trades)
        {
            foreach (ref readonly var trade in memory.Span)
            {
                while (next < advances.Count && advances[next].ClosedAt < trade.Position)
                    Close(advances[next++]);
                count++;
                if (!known.Contains(trade.Miner))
                    joined.Add(trade.Miner);
            }
        }

        while (next < advances.Count)
            Close(advances[next++]);
        Place();
        return new EpochProgress(placed, closed, open, [.. joined.Order()]);

        void Place()
        {
            if (count > 0)
                placed.Add(new EpochTrades(open, rest.Slice(0, count)));
            (rest, count) = (rest.Slice(count), 0);
        }

        void Close(ClosedEpoch advance)
        {
            Place();

            // Where reading began in the middle of history, the first log ends an epoch whose beginning was not read: nobody can
            // rank it here.
            if (begun || advance.Epoch == open)
                closed.Add(new EpochToSettle(advance with { Epoch = open }, [.. known.Concat(joined).Order()]));
            begun = true;
            open = advance.Opened;
            known = new HashSet<Address>();
            joined = [];
        }
    }

    /// <summary>The book after that.</summary>
    public EpochBook After(bool anyClosed, EpochId open, IReadOnlyList<Address> joined)
    {
        anyClosed |= open != Open;
        if (!anyClosed && joined.Count == 0)
            return this;
        var active = anyClosed ? [] : new HashSet<Address>(Active);
        active.UnionWith(joined);
        return new EpochBook(open, active);
    }
}
