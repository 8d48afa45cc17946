using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Coordination;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Remoting;

/// <summary>
/// What only one node of a cluster may have, by the word of its database: a shard of miners, a singleton, or the last word on a partition.
/// Who takes one over has ended its former holder there first.
/// </summary>
/// <param name="settings">Which.</param>
/// <param name="system">The actor system, which was started with a <see cref="WriterSetup"/>.</param>
internal sealed class WriterLease(LeaseSettings settings, ExtendedActorSystem system) : Lease(settings)
{
    private readonly Lazy<WriterSetup> _writer = new(() =>
        system.Settings.Setup.Get<WriterSetup>().GetOrElse(null!)
        ?? throw new InvalidOperationException($"The lease {settings.LeaseName} needs a writer, and the actor system was given none.")
    );

    // Taken again after so long: the last word on a partition. Anything else, never.
    private readonly TimeSpan? _term =
        settings.LeaseConfig.GetTimeSpan("term", TimeSpan.Zero) is var term && term > TimeSpan.Zero ? term : null;

    // Each time that it is taken it is another one.
    private object? _held;

    /// <inheritdoc/>
    public override Task<bool> Acquire() => Acquire(static _ => { });

    /// <inheritdoc/>
    public override async Task<bool> Acquire(Action<Exception> leaseLostCallback)
    {
        var (writer, before) = (_writer.Value.Writer, Volatile.Read(ref _held));
        try
        {
            var isHeld = await writer
                .AcquireAsync(Settings.LeaseName, _term, _writer.Value.PeersOf(system), CancellationToken.None)
                .ConfigureAwait(false);
            var held = new object();

            // Who was refused may have been overtaken by a later request, which was not.
            if (!isHeld)
                Interlocked.CompareExchange(ref _held, null, before);
            else if (Interlocked.CompareExchange(ref _held, held, null) is null)
                _ = LoseAsync(held, writer, leaseLostCallback);
            return isHeld;
        }
        catch (JournalException e)
        {
            throw new LeaseException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public override Task<bool> Release()
    {
        // A shard blocks its thread until this ends, also while the database is away: it is given back without that.
        Volatile.Write(ref _held, null);
        _ = _writer.Value.Writer.ReleaseAsync(Settings.LeaseName);
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public override bool CheckLease() => Volatile.Read(ref _held) is not null && !_writer.Value.Writer.Ended.IsCompleted;

    private async Task LoseAsync(object held, JournalWriter writer, Action<Exception> lost)
    {
        var reason = await writer.Ended.ConfigureAwait(false);
        if (Interlocked.CompareExchange(ref _held, null, held) == held)
            lost(new LeaseException(reason));
    }
}

/// <summary>What an actor system of a cluster is started with.</summary>
/// <param name="writer">This process as a writer of the journal.</param>
internal sealed class WriterSetup(JournalWriter writer) : Setup
{
    private readonly Lock _lock = new();
    private ClusterPeers? _peers;

    /// <summary>This process as a writer of the journal.</summary>
    public JournalWriter Writer => writer;

    /// <summary>The nodes of its cluster.</summary>
    public ClusterPeers PeersOf(ActorSystem system)
    {
        lock (_lock)
            return _peers ??= new ClusterPeers(Cluster.Get(system));
    }
}
