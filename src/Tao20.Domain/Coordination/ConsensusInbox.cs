using System.Collections.Immutable;
using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Settlement;
using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;

namespace Tao20.Domain.Coordination;

/// <summary>The book of validators, and what has come and is not in it yet: the end of an epoch waits until that is settled.</summary>
/// <param name="Book">What validators agree on; null without a registry.</param>
/// <param name="Queue">What has come and is not in the book yet, in chain order.</param>
/// <param name="LastItem">The place of the latest that has come; null before the first.</param>
public sealed record ConsensusInbox(ConsensusBook? Book, ImmutableList<BookItem> Queue, Position? LastItem)
{
    /// <summary>Nothing has come.</summary>
    /// <param name="registry">The registry followed; null for none.</param>
    public static ConsensusInbox Initial(RegistryIdentity? registry) =>
        new(registry is { } followed ? ConsensusBook.Initial(followed) : null, [], null);

    /// <summary>What of these has not come before: after a crash, ranges come again.</summary>
    public IReadOnlyList<BookItem> New(IReadOnlyList<BookItem> items) =>
        [.. items.Where(item => LastItem is not { } last || item.At > last)];

    /// <summary>With these in the queue.</summary>
    public ConsensusInbox With(IReadOnlyList<BookItem> items) => this with { Queue = Queue.AddRange(items), LastItem = items[^1].At };

    /// <summary>With what followed from the head of the queue in the book.</summary>
    public ConsensusInbox After(CoordinatorEvent.BookAdvanced advanced) =>
        this with
        {
            Queue = Queue.RemoveRange(0, advanced.Taken),
            Book = advanced.Events.Aggregate(Book, (book, one) => book?.Evolve(one)),
        };

    /// <summary>
    /// What follows from what waits, as far as epochs are settled; null when nothing does. When nothing is left waiting, blocks up to
    /// <paramref name="through"/> have gone by.
    /// </summary>
    public CoordinatorEvent.BookAdvanced? Advance(ulong through, SettledState settled, Keccak256 keccak)
    {
        if (Book is not { } book)
            return null;
        var events = new List<ConsensusEvent>();
        var taken = 0;
        foreach (var item in Queue)
        {
            if (FactOf(item, settled, keccak) is not { } fact)
                break;
            Take(fact);
            taken++;
        }

        if (taken == Queue.Count)
            Take(new ChainFact.BlockReached(through));
        return taken == 0 && events.Count == 0 ? null : new CoordinatorEvent.BookAdvanced(taken, events);

        void Take(ChainFact fact)
        {
            foreach (var e in book.Decide(fact, keccak))
            {
                book = book.Evolve(e);
                events.Add(e);
            }
        }
    }

    /// <summary>The fact behind an item; null for the end of an epoch that is not settled yet.</summary>
    private static ChainFact? FactOf(BookItem item, SettledState settled, Keccak256 keccak) =>
        item switch
        {
            BookItem.Fact(var said) => said,
            BookItem.EpochEnd(var closed, var parameters) when settled.Of(closed.Epoch) is { } report => new ChainFact.EpochClosed(
                closed,
                parameters.Parameters.Hash(keccak),
                parameters.Parameters.Consensus,
                report.Rewards.ValidatorPool
            ),
            _ => null,
        };
}
