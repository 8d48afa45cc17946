using System.Collections.Immutable;
using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;

namespace Tao20.Actors.Consensus;

/// <summary>What the coordinator knows: the settled epochs, and the book that all validators come to.</summary>
/// <param name="Settled">The settled epochs.</param>
/// <param name="Book">What validators agree on; null without a registry.</param>
/// <param name="Queue">What has come and is not in the book yet: it waits for the epoch at its head to be settled.</param>
/// <param name="LastItem">The place of the latest that has come; null before the first.</param>
public sealed record CoordinatorState(SettledState Settled, ConsensusBook? Book, ImmutableList<BookItem> Queue, Position? LastItem)
{
    /// <summary>Nothing known yet.</summary>
    /// <param name="registry">The registry followed; null for none.</param>
    public static CoordinatorState Initial(RegistryIdentity? registry) =>
        new(SettledState.Initial, registry is { } followed ? ConsensusBook.Initial(followed) : null, [], null);

    /// <summary>The state after an event.</summary>
    public CoordinatorState Evolve(object e) =>
        e switch
        {
            EpochSettled settled => this with { Settled = Settled.After(settled.Report) },
            FactsQueued queued => this with { Queue = Queue.AddRange(queued.Items), LastItem = queued.Items[^1].At },
            BookAdvanced advanced => this with
            {
                Queue = Queue.RemoveRange(0, advanced.Taken),
                Book = advanced.Events.Aggregate(Book, (book, one) => book?.Evolve(one)),
            },
            _ => this,
        };

    /// <summary>What of these has not come before: after a crash, ranges come again.</summary>
    public IReadOnlyList<BookItem> New(IReadOnlyList<BookItem> items) =>
        [.. items.Where(item => LastItem is not { } last || item.At > last)];

    /// <summary>
    /// What follows from what waits, as far as epochs are settled; null when nothing does. When nothing is left waiting, blocks up to
    /// <paramref name="through"/> have gone by.
    /// </summary>
    public BookAdvanced? Advance(ulong through, Keccak256 keccak)
    {
        if (Book is not { } book)
            return null;
        var events = new List<ConsensusEvent>();
        var taken = 0;
        foreach (var item in Queue)
        {
            if (FactOf(item) is not { } fact)
                break;
            Take(fact);
            taken++;
        }

        if (taken == Queue.Count)
            Take(new ChainFact.BlockReached(through));
        return taken == 0 && events.Count == 0 ? null : new BookAdvanced(taken, events);

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
    private ChainFact? FactOf(BookItem item) =>
        item switch
        {
            BookItem.Fact(var said) => said,
            BookItem.EpochEnd(var closed, var parameters)
                when Settled.Recent.LastOrDefault(report => report.Closed.Epoch == closed.Epoch) is { } report => new ChainFact.EpochClosed(
                closed,
                parameters.Parameters.Hash(Chain.Abi.Keccak.Hash),
                parameters.Parameters.Consensus,
                report.Rewards.ValidatorPool
            ),
            _ => null,
        };
}
