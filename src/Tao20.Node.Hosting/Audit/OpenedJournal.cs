using Akka.Actor;
using Akka.Hosting;
using Microsoft.Data.Sqlite;
using Tao20.Actors.Audit;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Node.Hosting;

namespace Tao20.Node.Audit;

/// <summary>A journal that is read and not written; nodes may use it meanwhile.</summary>
internal sealed class OpenedJournal : IAsyncDisposable
{
    // Seconds: a reader waits for nobody but who locks the whole file.
    private const int LockPatience = 5;
    private readonly IHost _host;

    private OpenedJournal(IHost host, JournalOptions options) => (_host, Options) = (host, options);

    /// <summary>The actor system that reads it.</summary>
    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    /// <summary>Where it is.</summary>
    public JournalOptions Options { get; }

    /// <summary>The journal in words, without what its connection string keeps secret.</summary>
    public string Where => JournalLocation.Describe(Options);

    /// <summary>The journal that a person has named, by one of two options.</summary>
    /// <param name="dataDirectory">What <c>--data-dir</c> says; null where it is not given.</param>
    /// <param name="location">What <c>--journal</c> says; null where it is not given.</param>
    /// <exception cref="NodeException">Both or none are given, it names no journal, or there is none.</exception>
    public static JournalOptions Named(string? dataDirectory, string? location)
    {
        if (dataDirectory is null == location is null)
            throw new NodeException(
                ExitCodes.Usage,
                "Give either --data-dir with the directory of a node, or --journal with sqlite:DIRECTORY or postgres:CONNECTION."
            );
        if (!JournalLocation.TryParse(location ?? $"sqlite:{dataDirectory}", out var options))
            throw new NodeException(
                ExitCodes.Usage,
                "--journal names no journal: give sqlite:DIRECTORY or postgres:CONNECTION, such as "
                    + "'postgres:Host=db;Database=tao20;Username=tao20'."
            );
        if (options.Kind == JournalKind.PostgreSql)
            return options;
        if (!File.Exists(JournalLocation.Describe(options)))
            throw new NodeException(
                ExitCodes.DataDirectory,
                $"There is no journal {JournalLocation.Describe(options)}: give the data directory of a node."
            );
        return options with
        {
            ConnectionString = new SqliteConnectionStringBuilder(options.ConnectionString)
            {
                Mode = SqliteOpenMode.ReadOnly,
                DefaultTimeout = LockPatience,
            }.ToString(),
        };
    }

    /// <summary>Opens a journal.</summary>
    public static async Task<OpenedJournal> OpenAsync(JournalOptions options, CancellationToken cancel)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddAkka("tao20-audit", akka => akka.WithAuditedJournal(options));
        var host = builder.Build();
        await host.StartAsync(cancel);
        return new OpenedJournal(host, options);
    }

    /// <summary>Does something with it; what the database says of it is told in one line.</summary>
    /// <exception cref="NodeException">It cannot be used.</exception>
    public Task<T> ToldAsync<T>(Func<Task<T>> action) =>
        JournalErrors.ToldAsync(new JournalFaultReporter(Options, Where, new FaultSignal(), TimeProvider.System), action);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
