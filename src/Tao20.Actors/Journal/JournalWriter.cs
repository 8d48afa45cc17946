using System.Net.Sockets;
using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>
/// The right of one process to write a PostgreSQL journal. It has a number, which is its fencing number: it stands beside each of its
/// entries, and once another process has ended it, the database refuses it in the same transaction that would have written. As long as it
/// lives, a session of its own holds a lock of that number.
/// </summary>
/// <remarks>Safe for any number of threads.</remarks>
public sealed class JournalWriter : IAsyncDisposable
{
    // Longer than the database takes to notice that a machine is lost.
    private static readonly TimeSpan WaitsForOthers = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(3);
    private readonly string _connectionString;
    private readonly string _leases;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly LeaseRequests _requests;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile WriterRow? _registered;
    private int _disposed;
    private Task _living = Task.CompletedTask;

    private JournalWriter(JournalOptions options, long number, TimeSpan patience)
    {
        (Number, _patience) = (number, patience);
        _connectionString = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = PostgreSqlJournal.NameOf(number),
        }.ToString();
        _leases = PostgreSqlJournal.OfLeases(_connectionString);
        Options = options with { ConnectionString = _connectionString };
        _requests = new LeaseRequests(
            (request, stop) =>
                InTransactionAsync(table => request.IsLatest ? table.ReleaseAsync(request.Lease, Number, stop) : Task.CompletedTask, stop)
        );
    }

    /// <summary>Its number: no other process ever has the same.</summary>
    public long Number { get; }

    /// <summary>Which journal it is: another database has another.</summary>
    public Guid JournalId { get; private init; }

    /// <summary>The journal by its name: what is written through these connections is its.</summary>
    public JournalOptions Options { get; }

    /// <summary>Completes when another has ended it, with what the database says of that. Nothing can be written any more.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Whether it has been let in to write.</summary>
    public bool IsRegistered => _registered is not null;

    /// <summary>Takes a number, and shows from now on that it lives. It may not write yet.</summary>
    /// <param name="options">The journal, whose tables are there.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="patience">How long others may take to end; null for 20 s.</param>
    /// <exception cref="JournalException">The database cannot be used.</exception>
    public static Task<JournalWriter> BeginAsync(JournalOptions options, CancellationToken cancel, TimeSpan? patience = null) =>
        JournalProblems.GuardedAsync(async () =>
        {
            await using var connection = await PostgreSqlJournal.OpenOnceAsync(options, cancel).ConfigureAwait(false);
            await using var command = new NpgsqlCommand("SELECT nextval('tao20_writer_number'), id FROM tao20_identity", connection);
            await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            await reader.ReadAsync(cancel).ConfigureAwait(false);
            var writer = new JournalWriter(options, reader.GetInt64(0), patience ?? WaitsForOthers) { JournalId = reader.GetGuid(1) };
            var living = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            writer._living = writer.LiveAsync(living);
            await living.Task.WaitAsync(cancel).ConfigureAwait(false);
            return writer;
        });

    /// <summary>Lets it write, unless another does.</summary>
    /// <param name="peers">Where it runs, and whom it writes with.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="JournalException">Another writes, and has not ended in time, or the database fails.</exception>
    public Task RegisterAsync(IWriterPeers peers, CancellationToken cancel) =>
        PatientlyAsync(
            async inTime =>
            {
                _registered = await InTransactionAsync(table => RequireRegisteredAsync(table, peers, inTime), inTime).ConfigureAwait(false);
                return true;
            },
            _patience,
            cancel
        );

    /// <summary>Another process that may write now and lives; null when there is none.</summary>
    /// <param name="node">Where this one runs: who was there before does not count.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="JournalException">The database fails.</exception>
    internal Task<WriterRow?> FindOtherAsync(string node, CancellationToken cancel) =>
        InTransactionAsync(table => table.FindOtherAsync(Number, node, cancel), cancel);

    /// <summary>Takes what only one may have.</summary>
    /// <param name="lease">What.</param>
    /// <param name="term">After so long anybody may take it again; null for never, as long as its holder may write.</param>
    /// <param name="peers">Where it runs, and whom it writes with.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>Whether it has it; false when another one has had it all the time, or it was given back meanwhile.</returns>
    /// <exception cref="JournalException">This one may not write, or the database fails.</exception>
    public Task<bool> AcquireAsync(string lease, TimeSpan? term, IWriterPeers peers, CancellationToken cancel)
    {
        var request = _requests.Begin(lease);
        return PatientlyAsync(
            async inTime =>
            {
                var (self, isHeld) = await InTransactionAsync(
                        async table =>
                        {
                            if (!request.IsLatest)
                                return (null, false);
                            var self = await RequireRegisteredAsync(table, peers, inTime).ConfigureAwait(false);
                            return ((WriterRow?)self, await TakeAsync(table, lease, term, peers, inTime).ConfigureAwait(false));
                        },
                        inTime
                    )
                    .ConfigureAwait(false);
                if (self is not null)
                    _registered = self;
                return isHeld;
            },
            term is null ? _patience : TimeSpan.Zero,
            cancel,
            () => !request.IsLatest
        );
    }

    /// <summary>
    /// Gives back what it has no use for any more. Nobody else could have it while this process lives, so it is tried until the database
    /// has it, or it is taken again.
    /// </summary>
    /// <param name="lease">What.</param>
    /// <returns>Completes when that is so; cancelled when the process ends before, which gives back all it has.</returns>
    public Task ReleaseAsync(string lease) => _requests.GiveBackAsync(lease);

    /// <summary>Ends those that the cluster has taken out.</summary>
    /// <exception cref="JournalException">The database fails, or this one has itself been ended.</exception>
    public Task EndRemovedAsync(IWriterPeers peers, CancellationToken cancel) =>
        InTransactionAsync(
            async table =>
            {
                if (_registered is not { } self)
                    return;
                await FindSelfAsync(table, cancel).ConfigureAwait(false);
                foreach (var other in await table.NotEndedAsync(cancel).ConfigureAwait(false))
                    if (peers.StandingOf(other.Node, other.Incarnation) == WriterStanding.Removed)
                        await table.EndAsync(other.Number, self.Node, cancel).ConfigureAwait(false);
            },
            cancel
        );

    /// <summary>Somebody has come or gone: what is waited for may be there now.</summary>
    public void Changed() => Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        if (_registered is { } self && !_ended.Task.IsCompleted)
        {
            using var inTime = new CancellationTokenSource(EndsWithin);
            try
            {
                await InTransactionAsync(table => table.RetireAsync(Number, self.Node, inTime.Token), inTime.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is JournalException or OperationCanceledException)
            {
                // The database is away. Its lock goes with its session, which says the same.
            }
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _living.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _requests.DisposeAsync().ConfigureAwait(false);
        await using (var pool = new NpgsqlConnection(_connectionString))
            NpgsqlConnection.ClearPool(pool);
        _stop.Dispose();
        _oneAtATime.Dispose();
    }

    /// <summary>Takes a lease, if nobody else has it.</summary>
    private async Task<bool> TakeAsync(WriterTable table, string lease, TimeSpan? term, IWriterPeers peers, CancellationToken cancel)
    {
        if (await table.HolderAsync(lease, term, cancel).ConfigureAwait(false) is { } holder && holder.Number != Number)
        {
            if (!await CanBeTakenAsync(table, holder, term is not null, peers, cancel).ConfigureAwait(false))
                return false;
            if (term is null)
                await table.EndAsync(holder.Number, peers.Node, cancel).ConfigureAwait(false);
        }

        await table.TakeAsync(lease, Number, cancel).ConfigureAwait(false);
        return true;
    }

    /// <summary>Whether a holder has lost what it has: it was taken out, or it is none of this cluster's and does not live.</summary>
    private static async Task<bool> CanBeTakenAsync(
        WriterTable table,
        WriterRow holder,
        bool fromMembers,
        IWriterPeers peers,
        CancellationToken cancel
    ) =>
        peers.StandingOf(holder.Node, holder.Incarnation) switch
        {
            WriterStanding.Removed => true,
            WriterStanding.Member when !fromMembers => false,
            _ => !await table.LivesAsync(holder.Number, cancel).ConfigureAwait(false),
        };

    private async Task<WriterRow> RequireRegisteredAsync(WriterTable table, IWriterPeers peers, CancellationToken cancel)
    {
        if (await FindSelfAsync(table, cancel).ConfigureAwait(false) is { } known)
            return known;
        foreach (var other in await table.NotEndedAsync(cancel).ConfigureAwait(false))
        {
            if (peers.StandingOf(other.Node, other.Incarnation) == WriterStanding.Member)
                continue;
            if (!await CanBeTakenAsync(table, other, fromMembers: false, peers, cancel).ConfigureAwait(false))
                throw new JournalException(JournalProblem.AnotherWriter, $"by {other}");
            await table.EndAsync(other.Number, peers.Node, cancel).ConfigureAwait(false);
        }

        var self = new WriterRow(Number, peers.Node, peers.Incarnation, JournalVersion.Current.ToString());
        await table.AddAsync(self, cancel).ConfigureAwait(false);
        return self;
    }

    /// <summary>Itself, as the database knows it; null before it is registered.</summary>
    /// <exception cref="JournalException">It has been ended.</exception>
    private async Task<WriterRow?> FindSelfAsync(WriterTable table, CancellationToken cancel)
    {
        var known = await table.FindAsync(Number, cancel).ConfigureAwait(false);
        if (known is not { EndedBy: { } by })
            return known;
        var reason = $"{known} was ended by {by}";
        _ended.TrySetResult(reason);
        throw new JournalException(JournalProblem.AnotherWriter, reason);
    }

    /// <summary>Tries it until it is done or pointless, or another has been in the way for too long.</summary>
    private async Task<bool> PatientlyAsync(
        Func<CancellationToken, Task<bool>> attempt,
        TimeSpan patience,
        CancellationToken cancel,
        Func<bool>? isPointless = null
    )
    {
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stop.Token);
        var waiting = Task.Delay(patience, inTime.Token);
        while (true)
        {
            var changed = _changed.Task;
            JournalException? refused = null;
            try
            {
                if (await attempt(inTime.Token).ConfigureAwait(false))
                    return true;
            }
            catch (JournalException e) when (e.Problem == JournalProblem.AnotherWriter && !_ended.Task.IsCompleted)
            {
                refused = e;
            }

            // A session that ends says nothing: its lock is looked at again.
            if (waiting.IsCompleted || isPointless?.Invoke() == true)
                return refused is null ? false : throw refused;
            await Task.WhenAny(changed, Task.Delay(RetryAfter, inTime.Token), waiting).ConfigureAwait(false);
            inTime.Token.ThrowIfCancellationRequested();
        }
    }

    private Task InTransactionAsync(Func<WriterTable, Task> work, CancellationToken cancel) =>
        InTransactionAsync(
            async table =>
            {
                await work(table).ConfigureAwait(false);
                return true;
            },
            cancel
        );

    private Task<T> InTransactionAsync<T>(Func<WriterTable, Task<T>> work, CancellationToken cancel) =>
        JournalProblems.GuardedAsync(async () =>
        {
            await _oneAtATime.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                await using var connection = new NpgsqlConnection(_leases);
                await connection.OpenAsync(cancel).ConfigureAwait(false);
                await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
                var table = new WriterTable(connection);
                await table.BeginAsync(cancel).ConfigureAwait(false);
                var result = await work(table).ConfigureAwait(false);
                await transaction.CommitAsync(cancel).ConfigureAwait(false);
                return result;
            }
            finally
            {
                _oneAtATime.Release();
            }
        });

    /// <summary>Holds the lock of its number as long as it can, and hears who is ended.</summary>
    private async Task LiveAsync(TaskCompletionSource living)
    {
        var name = PostgreSqlJournal.OfLife(_connectionString);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(name);
                connection.Notification += (_, _) => Changed();
                await connection.OpenAsync(_stop.Token).ConfigureAwait(false);
                await connection.ExecuteAsync(WriterTable.Live(Number), _stop.Token).ConfigureAwait(false);
                living.TrySetResult();
                while (true)
                {
                    await FindSelfAsync(new WriterTable(connection), _stop.Token).ConfigureAwait(false);
                    await connection.WaitAsync(_stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (JournalException)
            {
                // It has been ended, which is said; nothing that it could hold is its any more.
                return;
            }
            catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException or IOException)
            {
                // The database is away, which the watch of the journal tells. It is tried until it is back.
                if (living.TrySetException(e))
                    return;
                await Task.Delay(RetryAfter, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
