using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Epochs;

/// <summary>A closed epoch together with the miners that traded in it.</summary>
/// <param name="Closed">The epoch and how it ended.</param>
/// <param name="Miners">Every miner with a trade in it, by address.</param>
public sealed record EpochToSettle(ClosedEpoch Closed, IReadOnlyList<Address> Miners);

/// <summary>What a range of the chain does to the epochs.</summary>
/// <param name="Trades">The range's trades, each with its epoch.</param>
/// <param name="Closed">Epochs the range closed, oldest first; without one whose beginning was before the first block read.</param>
/// <param name="Open">The epoch open at its end.</param>
/// <param name="Joined">Miners that traded in that epoch for the first time.</param>
public sealed record EpochProgress(IReadOnlyList<Trade> Trades, IReadOnlyList<EpochToSettle> Closed, EpochId Open, IReadOnlyList<Address> Joined);

/// <summary>Which epoch is open, and who has traded in it: what turns positions into epochs.</summary>
/// <param name="Open">The open epoch; 0 before the first <c>EpochAdvanced</c>.</param>
/// <param name="Active">The miners that traded in it.</param>
public sealed record EpochBook(EpochId Open, IReadOnlySet<Address> Active)
{
    /// <summary>Epoch 0, nobody has traded.</summary>
    public static readonly EpochBook Initial = new(default, new HashSet<Address>());

    /// <summary>
    /// What the logs of a range do. A trade belongs to the epoch opened by the last <c>EpochAdvanced</c> at or before its position.
    /// </summary>
    /// <param name="trades">Trades in chain order.</param>
    /// <param name="advances">Epoch changes in chain order.</param>
    public EpochProgress Read(IReadOnlyList<Trade> trades, IReadOnlyList<ClosedEpoch> advances)
    {
        // Trades come without an epoch, which reads as 0: while epoch 0 is open they are right as they are.
        var asTheyAre = advances.Count == 0 && Open == default;
        var placed = asTheyAre ? [] : new Trade[trades.Count];
        var closed = new List<EpochToSettle>(advances.Count);
        var open = Open;
        var known = Active;
        var joined = new HashSet<Address>();
        var next = 0;
        var begun = Open != default;
        for (var i = 0; i < trades.Count; i++)
        {
            while (next < advances.Count && advances[next].ClosedAt < trades[i].Position)
                Close(advances[next++]);
            if (!asTheyAre)
                placed[i] = trades[i] with { Epoch = open };
            if (!known.Contains(trades[i].Miner))
                joined.Add(trades[i].Miner);
        }

        while (next < advances.Count)
            Close(advances[next++]);
        return new EpochProgress(asTheyAre ? trades : placed, closed, open, [.. joined.Order()]);

        void Close(ClosedEpoch advance)
        {
            // Where reading began in the middle of history, the first log ends an epoch whose beginning was not read: nobody can rank it here.
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
