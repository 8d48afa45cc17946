using Akka.Actor;

namespace Tao20.Actors.Status;

/// <summary>Somebody who is asked, whatever the answer is.</summary>
internal interface ILastAnswer
{
    /// <summary>What it is called when it does not answer.</summary>
    string Name { get; }

    /// <summary>Asks it.</summary>
    /// <param name="deadline">Completes when nobody waits any longer.</param>
    /// <returns>Whether it has answered by then.</returns>
    Task<bool> AskAsync(Task deadline);
}

/// <summary>
/// What an actor has last said of itself: asked anew each time, and told as it was where it takes long to answer. Safe for any number of
/// threads.
/// </summary>
/// <param name="name">What it is called when it does not answer.</param>
/// <param name="actor">The actor.</param>
/// <param name="query">What it is asked.</param>
/// <param name="clock">The clock.</param>
internal sealed class LastAnswer<T>(string name, IActorRef actor, object query, TimeProvider clock) : ILastAnswer
    where T : class
{
    /// <summary>A question that is not answered by then was lost: the actor is asked again, whatever becomes of the first.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private Task<T>? _asked;
    private long _askedAt;
    private volatile Answer? _last;

    /// <inheritdoc/>
    public string Name => name;

    /// <summary>What it has said last; null before the first answer.</summary>
    public T? Known => _last?.What;

    /// <summary>When that was; null before the first answer.</summary>
    public DateTimeOffset? KnownAt => _last?.At;

    /// <inheritdoc/>
    public async Task<bool> AskAsync(Task deadline)
    {
        Task<T> asked;
        lock (_lock)
        {
            if (_asked is not { IsCompleted: false } || clock.GetElapsedTime(_askedAt) > AskAgainAfter)
                (_asked, _askedAt) = (AskAsync(), clock.GetTimestamp());
            asked = _asked;
        }

        await Task.WhenAny(asked, deadline).ConfigureAwait(false);
        return asked.IsCompletedSuccessfully;
    }

    private async Task<T> AskAsync()
    {
        var answer = await actor.Ask<T>(query, Patience).ConfigureAwait(false);
        _last = new Answer(answer, clock.GetUtcNow());
        return answer;
    }

    private sealed record Answer(T What, DateTimeOffset At);
}
