using System.Collections.Immutable;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Coordination;

/// <summary>The book of validators, and what has come and is not in it yet: the end of an epoch waits until that is settled.</summary>
/// <param name="Book">What validators agree on; null without a registry.</param>
/// <param name="Queue">What has come and is not in the book yet, in chain order.</param>
/// <param name="LastItem">The place of the latest that has come; null before the first.</param>
public sealed record ConsensusInbox(RegistryBook? Book, ImmutableList<BookItem> Queue, Position? LastItem)
{
    /// <summary>Nothing has come.</summary>
    /// <param name="followsRegistry">Whether there is a book to keep.</param>
    public static ConsensusInbox Initial(bool followsRegistry) => new(followsRegistry ? RegistryBook.Initial : null, [], null);

    /// <summary>
    /// The hash of the last round that is over, which carries those of all before; null before the first, and where a journal of an earlier
    /// version does not say it.
    /// </summary>
    public ChainedRound? LastRound { get; init; }

    /// <summary>Whether the book says all that has come.</summary>
    public bool IsComplete => Book is not null && Queue.IsEmpty;

    /// <summary>What of these has not come before: after a crash, ranges come again.</summary>
    public IReadOnlyList<BookItem> New(IReadOnlyList<BookItem> items) =>
        [.. items.Where(item => LastItem is not { } last || item.At > last)];

    /// <summary>With these in the queue.</summary>
    public ConsensusInbox With(IReadOnlyList<BookItem> items) => this with { Queue = Queue.AddRange(items), LastItem = items[^1].At };

    /// <summary>The facts behind the head of the queue, as far as epochs are settled.</summary>
    public IReadOnlyList<RegistryFact> Ready(SettledState settled) =>
        Book is null ? [] : [.. Queue.Select(item => FactOf(item, settled)).TakeWhile(fact => fact is not null).Select(fact => fact!)];

    /// <summary>The hashes of the rounds that are over by these facts, in their order.</summary>
    public IReadOnlyList<ChainedRound> RoundsOver(IReadOnlyList<RegistryFact> facts, Keccak256 keccak)
    {
        var (book, last, rounds) = (Book!, LastRound, new List<ChainedRound>());

        // Nothing is over but by the end of an epoch: what comes after the last one needs no book here.
        var ends = facts.ToList().FindLastIndex(fact => fact is RegistryFact.EpochClosed);
        foreach (var fact in facts.Take(ends + 1))
        {
            var over = fact is RegistryFact.EpochClosed && book.Newest is { } newest ? book.Concluded().RoundOf(newest.Epoch) : null;
            book = book.After(fact);
            if (over is null || !Follows(last, over))
                continue;
            last = new ChainedRound(over.Number, RoundHash.Of(over, last?.Chain.Hash ?? Hash256.Zero, keccak));
            rounds.Add(last);
        }

        return rounds;
    }

    /// <summary>With so many of these in the book.</summary>
    /// <param name="taken">How many.</param>
    /// <param name="rounds">The hashes of the rounds that are over by them.</param>
    /// <param name="settled">The settled epochs.</param>
    public ConsensusInbox After(int taken, IReadOnlyList<ChainedRound> rounds, SettledState settled) =>
        this with
        {
            LastRound = rounds.Count > 0 ? rounds[^1] : LastRound,
            Queue = Queue.RemoveRange(0, taken),
            Book = Queue.Take(taken).Aggregate(Book, (book, item) => book?.After(FactOf(item, settled)!)),
        };

    private static bool Follows(ChainedRound? last, RegistryRound round) => round.Number == (last?.Number ?? 0) + 1;

    /// <summary>The fact behind an item; null for the end of an epoch that is not settled yet.</summary>
    private static RegistryFact? FactOf(BookItem item, SettledState settled) =>
        item switch
        {
            BookItem.Fact(var log) => log.Fact,
            BookItem.EpochEnd(var closed) when settled.Of(closed.Epoch) is { } report => new RegistryFact.EpochClosed(
                closed.Timestamp,
                closed.Epoch,
                report.Rewards.ValidatorPool
            ),
            _ => null,
        };
}

/// <summary>The hash of a round that is over.</summary>
/// <param name="Number">The round's number, from 1.</param>
/// <param name="Chain">Its hash and that of the round before.</param>
public sealed record ChainedRound(long Number, ChainedHash Chain);
