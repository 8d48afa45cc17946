using Akka.Actor;
using Tao20.Actors.Alerts;
using Tao20.Actors.Audit;
using Tao20.Actors.Consensus;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Inspection;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Actors.Status;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Alerts;
using Tao20.Domain.Coordination;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Node.Hosting;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Node.Views;

/// <summary>What pages show, asked of the node's actors and read out of its journal.</summary>
/// <param name="actors">The node's actors.</param>
/// <param name="chain">Its connection to the chain.</param>
/// <param name="journal">Its journal.</param>
internal sealed class NodeReadings(NodeActors actors, ChainConnection chain, JournalOptions journal)
{
    /// <summary>A page waits so long for an actor.</summary>
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan StatusWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(200);

    // Of what is little, and what people wait for.
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(1);
    private const string SettledManifest = "epoch-settled";
    private readonly SharedReading<NodeOverview> _brief = Shared(
        () => actors.Of<StatusKey>().Ask<NodeOverview>(new GetOverview(WithSettled: false), AnsweredWithin),
        Oldest
    );
    private readonly SharedReading<NodeOverview> _settled = Shared(() =>
        actors.Of<StatusKey>().Ask<NodeOverview>(new GetOverview(WithSettled: true), AnsweredWithin)
    );
    private readonly SharedReading<NodeStatus> _status = Shared(() =>
        actors.Of<StatusKey>().Ask<NodeStatus>(new GetNodeStatus(AllMiners: false, AnsweredWithin), StatusWithin)
    );
    private readonly SharedReading<AlertPage> _alerts = Shared(
        () => actors.Of<AlertsKey>().Ask<AlertPage>(new GetAlerts(null, 1), AnsweredWithin),
        Oldest
    );

    /// <summary>How each endpoint of this node is doing.</summary>
    public IReadOnlyList<EndpointStatus> Endpoints => chain.Pool.Status;

    /// <summary>Where everything but the miners is.</summary>
    /// <param name="withSettled">Whether the settled epochs and the book of validators are wanted.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="PageException">Nobody answers.</exception>
    public async Task<NodeOverview> OverviewAsync(bool withSettled, CancellationToken cancel)
    {
        try
        {
            var brief = await _brief.GetAsync(cancel);
            if (!withSettled)
                return brief;
            var settled = await _settled.GetAsync(cancel);
            return brief with { Settled = settled.Settled, Unanswered = [.. brief.Unanswered.Union(settled.Unanswered)] };
        }
        catch (AskTimeoutException)
        {
            throw new PageException(503, "The node is busy and has not answered. Try again.");
        }
    }

    /// <summary>The ranking of the open epoch; null before it can be told.</summary>
    public async Task<NodeStatus?> RankingAsync(CancellationToken cancel)
    {
        try
        {
            return await _status.GetAsync(cancel);
        }
        catch (Exception e) when (e is StatusUnknownException or AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>The alerts that fire; none where who knows does not answer, which the overview says.</summary>
    public async Task<IReadOnlyList<Alert>> FiringAsync(CancellationToken cancel)
    {
        try
        {
            return (await _alerts.GetAsync(cancel)).Firing;
        }
        catch (AskTimeoutException)
        {
            return [];
        }
    }

    /// <summary>A page of alerts; null where who knows does not answer.</summary>
    public async Task<AlertPage?> AlertsAsync(AlertId? before, int count, CancellationToken cancel)
    {
        try
        {
            return await actors.Of<AlertsKey>().Ask<AlertPage>(new GetAlerts(before, count), AnsweredWithin, cancel);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>A miner; null where it has not traded.</summary>
    /// <exception cref="PageException">It does not answer.</exception>
    public async Task<MinerSummary?> MinerAsync(Address miner, CancellationToken cancel)
    {
        try
        {
            return await MinerLookup.FindAsync(actors.Of<ChainFollowerKey>(), actors.Of<MinersKey>(), miner, AnsweredWithin, cancel);
        }
        catch (AskTimeoutException)
        {
            throw new PageException(503, $"{miner} does not answer yet: its state is being read from the journal. Try again.");
        }
        catch (StreamIncompleteException e)
        {
            throw new PageException(503, e.Message);
        }
    }

    /// <summary>Settled epochs, the latest first.</summary>
    /// <param name="settled">The latest, as the node has them.</param>
    /// <param name="skip">How many of the latest are left out.</param>
    /// <param name="count">How many are wanted at most.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<IReadOnlyList<EpochReport>> EpochsAsync(SettledEpochs settled, int skip, int count, CancellationToken cancel)
    {
        if (skip + count <= settled.Recent.Count || settled.Recent.Count == settled.Count)
            return [.. settled.Recent.Reverse().Skip(skip).Take(count)];
        var page = await PageOfAsync(ConsensusKey.Name, null, count, cancel, SettledManifest, skip);
        return [.. page.Entries.Select(entry => ((CoordinatorEvent.EpochSettled)entry.Event).Report)];
    }

    /// <summary>A settled epoch; null where it is not, or its entry is no longer in the journal.</summary>
    /// <param name="settled">The latest, as the node has them.</param>
    /// <param name="epoch">Which.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<EpochReport?> EpochAsync(SettledEpochs settled, EpochId epoch, CancellationToken cancel)
    {
        if (settled.Recent is not [.., var last] || epoch.Value > last.Closed.Epoch.Value)
            return null;
        if (settled.Recent.FirstOrDefault(one => one.Closed.Epoch == epoch) is { } known)
            return known;

        // They are settled in their order: as many are behind it as its number is lower.
        var behind = last.Closed.Epoch.Value - epoch.Value;
        return
            behind < (ulong)settled.Count
            && (await EpochsAsync(settled, (int)behind, 1, cancel)) is [var found]
            && found.Closed.Epoch == epoch
            ? found
            : null;
    }

    /// <summary>A settled epoch.</summary>
    /// <exception cref="PageException">It is not settled here, or its entry is no longer in the journal.</exception>
    public async Task<EpochReport> RequireEpochAsync(NodeOverview overview, EpochId epoch, CancellationToken cancel) =>
        await EpochAsync(SettledOf(overview), epoch, cancel)
        ?? throw new PageException(404, $"Epoch {epoch} is not settled here, or its entry is no longer in the journal.");

    /// <summary>The settled epochs.</summary>
    /// <exception cref="PageException">Who knows them has not answered.</exception>
    public static SettledEpochs SettledOf(NodeOverview overview) => overview.Settled ?? throw NotKnown();

    /// <summary>The error where who knows has never answered.</summary>
    public static PageException NotKnown() => new(503, "It is not known yet: who knows has not answered. Try again.");

    /// <summary>Some entries of a stream, read back from its end.</summary>
    /// <exception cref="PageException">The journal cannot be read.</exception>
    public Task<StreamPage> PageOfAsync(
        string stream,
        long? before,
        int count,
        CancellationToken cancel,
        string? manifest = null,
        int skip = 0
    ) => ReadAsync(() => StreamPage.ReadBackAsync(journal, stream, before, count, cancel, manifest, skip));

    /// <summary>A snapshot of a stream; null where it is not there.</summary>
    /// <exception cref="PageException">The journal cannot be read.</exception>
    public Task<object?> SnapshotAsync(string stream, long at, CancellationToken cancel) =>
        ReadAsync(() => StreamPage.SnapshotAsync(journal, stream, at, cancel));

    /// <summary>What a command of the inspection answers, and why it does not.</summary>
    public async Task<(Answer? Answer, string? Problem)> AskAsync(string palette, string name, CancellationToken cancel)
    {
        var command = Palettes.Get(actors.System!).All.First(one => one.Name == palette).Commands.First(one => one.Name == name);
        try
        {
            return (await command.Run(Invocation.Read(command, []), cancel).WaitAsync(AnsweredWithin, cancel), null);
        }
        catch (InspectionException e)
        {
            return (null, e.Message);
        }
        catch (TimeoutException)
        {
            return (null, $"{palette} {name} has not answered.");
        }
    }

    private static async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (JournalException e)
        {
            throw new PageException(503, $"The journal cannot be read: {e.Message}");
        }
    }

    private static SharedReading<T> Shared<T>(Func<Task<T>> read, TimeSpan? oldest = null) => new(read, TimeProvider.System, Fresh, oldest);
}
