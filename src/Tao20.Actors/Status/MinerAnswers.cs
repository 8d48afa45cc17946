using Akka.Actor;
using Tao20.Actors.Miners;
using Tao20.Domain.Ingestion;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Status;

/// <summary>
/// What miners say of themselves, kept until the cursor moves. After a start thousands may have to be read from the journal: each is asked
/// once, and whoever asks in the meantime does without. Safe for any number of threads.
/// </summary>
internal sealed class MinerAnswers(IActorRef miners)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly Dictionary<Address, Task<MinerSummary>> _answers = [];
    private ulong? _cursor;

    /// <summary>Asks miners.</summary>
    /// <param name="wanted">Which.</param>
    /// <param name="state">What the cursor knows.</param>
    /// <param name="deadline">Completes when nobody waits any longer.</param>
    /// <returns>What those say that have answered by then, in the order of <paramref name="wanted"/>.</returns>
    public async Task<IReadOnlyList<MinerSummary>> AskAsync(IReadOnlyList<Address> wanted, CursorState state, Task deadline)
    {
        List<Task<MinerSummary>> answers;
        lock (_lock)
        {
            if (_cursor != state.Last?.Number)
                _answers.Clear();
            _cursor = state.Last?.Number;
            answers = [.. wanted.Select(miner => AnswerOf(miner, state))];
        }

        await Task.WhenAny(Task.WhenAll(answers), deadline).ConfigureAwait(false);
        return [.. answers.Where(answer => answer.IsCompletedSuccessfully).Select(answer => answer.Result)];
    }

    /// <summary>What a miner has answered, or is still expected to; one that has not in all that time is asked again.</summary>
    private Task<MinerSummary> AnswerOf(Address miner, CursorState state) =>
        _answers.TryGetValue(miner, out var answer) && answer is not ({ IsFaulted: true } or { IsCanceled: true })
            ? answer
            : _answers[miner] = miners.SummaryAsync(miner, state.Book.Open, state, Patience);
}
