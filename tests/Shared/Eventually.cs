using System.Runtime.CompilerServices;

namespace Tao20.Tests;

/// <summary>
/// Waits for what has no signal of its own to wait for: another process, an actor's state, a file. When it does not come, the error says
/// what was waited for and the last state seen.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    // No chain makes blocks faster than its readers can follow: a busy machine would let every deadline pass.
    private static readonly TimeSpan BetweenBlocks = TimeSpan.FromMilliseconds(60);

    /// <summary>Looks until the state is as wanted.</summary>
    /// <param name="look">Reads the state; null if there is none yet.</param>
    /// <param name="wanted">Whether it is as wanted.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="meanwhile">What happens between two looks: mostly a block goes by.</param>
    /// <param name="show">What to say of a state in the error; the state itself if nothing is given.</param>
    /// <param name="what">What is waited for, for the error.</param>
    /// <param name="nothing">What to say in the error if no state was seen.</param>
    /// <exception cref="TimeoutException">It has not come in time.</exception>
    public static async Task<T> BecomesAsync<T>(
        Func<CancellationToken, Task<T?>> look,
        Func<T, bool> wanted,
        TimeSpan patience,
        Func<CancellationToken, Task>? meanwhile = null,
        Func<T, object?>? show = null,
        [CallerArgumentExpression(nameof(wanted))] string what = "",
        Func<object?>? nothing = null
    )
        where T : class
    {
        using var limit = new CancellationTokenSource(patience);
        using var looks = new PeriodicTimer(meanwhile is null ? BetweenLooks : BetweenBlocks);
        T? last = null;
        try
        {
            while (true)
            {
                if (await look(limit.Token) is { } seen)
                {
                    last = seen;
                    if (wanted(seen))
                        return seen;
                }

                if (meanwhile is not null)
                    await meanwhile(limit.Token);
                await looks.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Not within {patience}: {what}. Last seen: {(last is null ? nothing?.Invoke() ?? "nothing" : show?.Invoke(last) ?? last)}"
            );
        }
    }

    /// <summary>Looks until <paramref name="holds"/>.</summary>
    /// <inheritdoc cref="BecomesAsync{T}"/>
    public static Task HoldsAsync(
        Func<bool> holds,
        TimeSpan patience,
        Func<object?>? state = null,
        [CallerArgumentExpression(nameof(holds))] string what = ""
    ) => BecomesAsync(_ => Task.FromResult<object?>(state?.Invoke() ?? "it does not hold"), _ => holds(), patience, what: what);
}
