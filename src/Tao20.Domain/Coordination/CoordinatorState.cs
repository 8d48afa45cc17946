using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using static Tao20.Domain.Coordination.CoordinatorEvent;

namespace Tao20.Domain.Coordination;

/// <summary>What the coordinator knows: the settled epochs, and what validators say and do on chain.</summary>
/// <param name="Settled">The settled epochs.</param>
/// <param name="Inbox">The book that all validators come to, and what waits to be taken into it.</param>
public sealed record CoordinatorState(SettledState Settled, ConsensusInbox Inbox)
{
    /// <summary>Whether an operator has stopped stating and setting weights: of this node alone, and no part of the book.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Nothing known yet.</summary>
    /// <param name="followsRegistry">Whether there is a book to keep.</param>
    public static CoordinatorState Initial(bool followsRegistry) => new(SettledState.Initial, ConsensusInbox.Initial(followsRegistry));

    /// <summary>What follows from a command; nothing when it repeats what is known.</summary>
    public IReadOnlyList<CoordinatorEvent> Decide(CoordinatorCommand command, Keccak256 keccak)
    {
        switch (command)
        {
            case CoordinatorCommand.Settle(var closed, var parameters, var volumes) when !Settled.Has(closed):
                return [new EpochSettled(EpochReport.Settle(closed, volumes, parameters, Settled.Last, keccak))];
            case CoordinatorCommand.Queue(var items) when Inbox.New(items) is { Count: > 0 } news:
                return [new FactsQueued(news)];
            case CoordinatorCommand.Advance when Inbox.Ready(Settled) is { Count: > 0 } ready:
                return [new BookAdvanced(ready.Count, Inbox.RoundsOver(ready, keccak))];
            case CoordinatorCommand.Pause(var isPaused) when isPaused != IsPaused:
                return [new StatingPaused(isPaused)];
            default:
                return [];
        }
    }

    /// <summary>The state after an event.</summary>
    public CoordinatorState Evolve(CoordinatorEvent e) =>
        e switch
        {
            EpochSettled(var report) => this with { Settled = Settled.After(report) },
            FactsQueued(var items) => this with { Inbox = Inbox.With(items) },
            BookAdvanced(var taken, var rounds) => this with { Inbox = Inbox.After(taken, rounds, Settled) },
            StatingPaused(var isPaused) => this with { IsPaused = isPaused },
            FirstRegistryTold => this,
            _ => throw new ArgumentException($"A {e.GetType().Name} is no event of the coordinator.", nameof(e)),
        };
}
