namespace Tao20.Actors.Journal;

/// <summary>What actors want of the journal.</summary>
public enum JournalWork
{
    /// <summary>An actor's events are read.</summary>
    Recovery,

    /// <summary>An event is written.</summary>
    Write,
}

/// <summary>Why the journal cannot be used now.</summary>
/// <param name="Problem">What kind of problem.</param>
/// <param name="Reason">What the database says.</param>
/// <param name="Since">Since when.</param>
public sealed record JournalTrouble(JournalProblem Problem, string Reason, DateTimeOffset Since);

/// <summary>
/// Whether a node's journal can be used, as its actors and the watch of the database find it: what fails, and what neither fails nor ends.
/// Safe for any number of threads.
/// </summary>
/// <param name="clock">The clock.</param>
public sealed class JournalHealth(TimeProvider clock)
{
    /// <summary>When something is wanted and nothing has been done for so long, the journal is at a standstill.</summary>
    public static readonly TimeSpan StandstillAfter = TimeSpan.FromSeconds(4);

    /// <summary>
    /// A stream's failure counts until the stream has been read or written again, and no longer than this: one that nobody asks for again
    /// says nothing.
    /// </summary>
    private static readonly TimeSpan FailureCountsFor = TimeSpan.FromSeconds(75);

    private readonly Lock _lock = new();
    private readonly Backlog[] _backlogs = [.. Enum.GetValues<JournalWork>().Select(work => new Backlog(work))];
    private readonly Dictionary<string, Failure> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (StreamIncomplete Stream, DateTimeOffset Since)> _incomplete = new(StringComparer.Ordinal);
    private volatile JournalTrouble? _probe;
    private volatile JournalTrouble? _replaced;

    /// <summary>An actor wants something.</summary>
    public void Begin(JournalWork work, string stream)
    {
        lock (_lock)
            _backlogs[(int)work].Begin(stream, clock.GetUtcNow());
    }

    /// <summary>It has been done.</summary>
    public void End(JournalWork work, string stream)
    {
        lock (_lock)
        {
            _backlogs[(int)work].End(stream, clock.GetUtcNow());
            _failures.Remove(stream);
        }
    }

    /// <summary>It has failed.</summary>
    public void Fail(JournalWork work, string stream, JournalProblem problem, string reason)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            _backlogs[(int)work].Forget(stream);
            var since = _failures.TryGetValue(stream, out var before) ? before.Trouble.Since : now;

            // While Akka's circuit breaker is open nothing is tried: what it was opened by is what is wrong.
            _failures[stream] =
                problem == JournalProblem.Passing && before is { Trouble.Problem: not JournalProblem.Passing }
                    ? before with
                    {
                        Last = now,
                    }
                    : new Failure(new JournalTrouble(problem, reason, since), now);
        }
    }

    /// <summary>The actor is gone, and with it what it wanted.</summary>
    public void Forget(string stream)
    {
        lock (_lock)
        {
            foreach (var backlog in _backlogs)
                backlog.Forget(stream);
        }
    }

    /// <summary>A stream has been read, and lacks something; null when it is complete.</summary>
    public void Note(string stream, StreamIncomplete? incomplete)
    {
        lock (_lock)
        {
            if (incomplete is null)
                _incomplete.Remove(stream);
            else if (!_incomplete.TryGetValue(stream, out var known) || known.Stream != incomplete)
                _incomplete[stream] = (incomplete, clock.GetUtcNow());
        }
    }

    /// <summary>The watch has tried the database: what is wrong, or null.</summary>
    public void NoteProbe(JournalProblem? problem, string reason) => _probe = Noted(_probe, problem, reason);

    /// <summary>The watch has looked for the file: what is wrong, or null.</summary>
    public void NoteFile(string? problem) => _replaced = Noted(_replaced, problem is null ? null : JournalProblem.Replaced, problem ?? "");

    /// <summary>Why the journal cannot be used now; null while it can.</summary>
    public JournalTrouble? Trouble
    {
        get
        {
            var now = clock.GetUtcNow();
            lock (_lock)
            {
                foreach (var old in _failures.Where(one => now - one.Value.Last > FailureCountsFor).Select(one => one.Key).ToList())
                    _failures.Remove(old);
                var failures = _failures.Values.OrderByDescending(failure => failure.Last).Select(failure => failure.Trouble);
                var all = (_probe is { } probe ? [probe] : Array.Empty<JournalTrouble>())
                    .Concat(failures)
                    .Concat(_backlogs.Select(backlog => backlog.Standstill(now)).OfType<JournalTrouble>())
                    .ToList();

                // What names a kind says most; since when is since the first of them.
                var told = all.Find(one => one.Problem is not (JournalProblem.Passing or JournalProblem.TimedOut)) ?? all.FirstOrDefault();
                return told is null ? null : told with { Since = all.Min(one => one.Since) };
            }
        }
    }

    /// <summary>Since when the journal's file is not there any more, or is another one; null while it is there.</summary>
    public JournalTrouble? Replaced => _replaced;

    /// <summary>The streams that lack something, and since when that is known.</summary>
    public IReadOnlyList<(StreamIncomplete Stream, DateTimeOffset Since)> Incomplete
    {
        get
        {
            lock (_lock)
                return [.. _incomplete.Values.OrderBy(one => one.Stream.Stream, StringComparer.Ordinal)];
        }
    }

    private JournalTrouble? Noted(JournalTrouble? before, JournalProblem? problem, string reason) =>
        problem is { } found ? new JournalTrouble(found, reason, before?.Since ?? clock.GetUtcNow()) : null;

    private sealed record Failure(JournalTrouble Trouble, DateTimeOffset Last);

    /// <summary>What is wanted of one kind. It stands still when something is, and nothing of that kind gets done.</summary>
    private sealed class Backlog(JournalWork work)
    {
        private readonly Dictionary<string, int> _wanted = new(StringComparer.Ordinal);
        private DateTimeOffset _moved;

        public void Begin(string stream, DateTimeOffset now)
        {
            if (_wanted.Count == 0)
                _moved = now;
            _wanted[stream] = _wanted.GetValueOrDefault(stream) + 1;
        }

        public void End(string stream, DateTimeOffset now)
        {
            _moved = now;
            if (_wanted.TryGetValue(stream, out var count) && count > 1)
                _wanted[stream] = count - 1;
            else
                _wanted.Remove(stream);
        }

        public void Forget(string stream) => _wanted.Remove(stream);

        public JournalTrouble? Standstill(DateTimeOffset now) =>
            _wanted.Count > 0 && now - _moved > StandstillAfter
                ? new JournalTrouble(
                    JournalProblem.TimedOut,
                    $"{_wanted.Count} {(work == JournalWork.Write ? "writes" : "streams to be read")} wait, and nothing has been done "
                        + $"since {_moved.UtcDateTime:HH:mm:ss}",
                    _moved
                )
                : null;
    }
}
