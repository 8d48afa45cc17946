using System.Diagnostics;
using Npgsql;

namespace Tao20.Devnet.PostgreSql;

/// <summary>
/// A real PostgreSQL server with an empty database, gone with everything in it when it is disposed of. Its binaries come from npm at first
/// use.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly PostgreSqlFiles _files;
    private readonly Queue<string> _said = [];
    private const int LastLines = 20;
    private Process _process;
    private bool _isDown;

    private PostgreSqlServer(PostgreSqlFiles files, int port)
    {
        (_files, Port) = (files, port);
        ConnectionString =
            $"Host=127.0.0.1;Port={port};Database=postgres;Username={PostgreSqlFiles.User};Password={PostgreSqlFiles.Password}";
        _process = Start();
    }

    /// <summary>How to reach it, as its superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Its port on this machine.</summary>
    public int Port { get; }

    /// <summary>Starts a server and waits until it lets its user in.</summary>
    /// <param name="requiredBy">Who needs it, in words.</param>
    /// <param name="progress">Told what is being done when it takes long.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="DevnetException">Its binaries cannot be had, or it does not start.</exception>
    public static async Task<PostgreSqlServer> StartAsync(
        string requiredBy = "a cluster",
        Action<string>? progress = null,
        CancellationToken cancel = default
    )
    {
        var files = await PostgreSqlFiles.CreateAsync(requiredBy, progress, cancel).ConfigureAwait(false);
        return await StartAsync(files, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Starts a server that has all of this one's and follows it: what is committed here is there, too, before it is said to be committed.
    /// </summary>
    /// <exception cref="DevnetException">It does not start.</exception>
    public async Task<PostgreSqlServer> StartStandbyAsync(CancellationToken cancel)
    {
        var standby = await _files.BackUpAsync(this, cancel).ConfigureAwait(false);
        var server = await StartAsync(standby, cancel).ConfigureAwait(false);
        await ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = '*'", cancel).ConfigureAwait(false);
        await ExecuteAsync("SELECT pg_reload_conf()", cancel).ConfigureAwait(false);
        return server;
    }

    /// <summary>Makes a standby the server that is written to.</summary>
    public Task PromoteAsync(CancellationToken cancel) => ExecuteAsync("SELECT pg_promote()", cancel);

    /// <summary>Kills it, as a machine that fails does.</summary>
    public async Task KillAsync()
    {
        if (!_isDown)
            await GuardedProcess.EndAsync(_process).ConfigureAwait(false);
        _isDown = true;
    }

    /// <summary>Starts it again, after it was killed.</summary>
    /// <exception cref="DevnetException">It does not start.</exception>
    public Task StartAgainAsync()
    {
        (_process, _isDown) = (Start(), false);
        return UntilItAnswersAsync(again: true, CancellationToken.None);
    }

    /// <summary>Stops all its processes without ending them: it answers nothing, and keeps its connections.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Does something as its superuser.</summary>
    public Task ExecuteAsync(string sql, CancellationToken cancel = default) => ExecuteAsync(ConnectionString, sql, cancel);

    /// <summary>Does something in a database.</summary>
    public static async Task ExecuteAsync(string database, string sql, CancellationToken cancel = default)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync(cancel).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        _files.Delete();
    }

    private static async Task<PostgreSqlServer> StartAsync(PostgreSqlFiles files, CancellationToken cancel)
    {
        var server = new PostgreSqlServer(files, Anvil.FreePort());
        try
        {
            await server.UntilItAnswersAsync(again: false, cancel).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Process Start()
    {
        var serve = _files.Serve(Port);
        return GuardedProcess.Start(
            serve[0],
            serve[1..],
            line =>
            {
                lock (_said)
                {
                    _said.Enqueue(line);
                    if (_said.Count > LastLines)
                        _said.Dequeue();
                }
            }
        );
    }

    private async Task SignalAsync(string signal)
    {
        var main = (await File.ReadAllLinesAsync(_files.ProcessFile).ConfigureAwait(false))[0];
        await PostgreSqlFiles.RunAsync(["pkill", $"-{signal}", "-P", main], CancellationToken.None).ConfigureAwait(false);
        await PostgreSqlFiles.RunAsync(["kill", $"-{signal}", main], CancellationToken.None).ConfigureAwait(false);
    }

    private async Task UntilItAnswersAsync(bool again, CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(Limit);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
                await connection.OpenAsync(timeout.Token).ConfigureAwait(false);
                return;
            }
            catch (NpgsqlException) when ((again || !_process.HasExited) && !timeout.IsCancellationRequested)
            {
                // Still starting; one that was killed may leave memory behind that is in use for a moment, and is not started beside it.
                if (_process.HasExited)
                    _process = Start();
                await looks.WaitForNextTickAsync(timeout.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException && !cancel.IsCancellationRequested)
            {
                lock (_said)
                    throw new DevnetException($"PostgreSQL does not answer: {string.Join(" | ", _said)}", e);
            }
        }
    }
}
