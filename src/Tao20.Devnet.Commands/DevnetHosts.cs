using Tao20.Actors.Consensus;
using Tao20.Domain.Checks;
using Tao20.Domain.Registry;
using Tao20.Domain.Transactions;
using Tao20.Node;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;

namespace Tao20.Devnet.Commands;

/// <summary>The validators of a devnet: separate actors, journals and keys, that meet only on chain.</summary>
internal sealed class DevnetHosts : IAsyncDisposable
{
    private const ulong MostBlocksBehind = 6;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // So long nobody waits on the chain itself.
    private static readonly TimeSpan TimeOfABlock = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TimeToCatchUp = TimeSpan.FromSeconds(120);
    private readonly List<NodeHost> _hosts = [];
    private readonly List<NodeHost> _twins = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<NodeHost> All => _hosts;

    /// <summary>The one that is shown.</summary>
    public NodeHost First => _hosts[0];

    private IEnumerable<NodeHost> Running => _hosts.Concat(_twins);

    /// <summary>Starts them all.</summary>
    public async Task StartAsync(
        DevnetSettings settings,
        ValidatorSet? validators,
        Func<int, bool, NodeSettings> settingsOf,
        CancellationToken cancel
    )
    {
        for (var i = 0; i < settings.ValidatorsHere; i++)
        {
            _hosts.Add(await StartAsync(settings, validators, i, settingsOf(i, false), cancel));
            if (settings.Of(i)?.Mishap == Mishap.Twin)
                _twins.Add(await StartAsync(settings, validators, i, settingsOf(i, true), cancel));
        }
    }

    /// <summary>Whoever is to lose its data directory loses it, and is started again.</summary>
    public async Task LoseDirectoriesAsync(
        DevnetSettings settings,
        ValidatorSet? validators,
        Func<int, bool, NodeSettings> settingsOf,
        CancellationToken cancel
    )
    {
        for (var i = 0; i < _hosts.Count; i++)
        {
            if (settings.Of(i)?.Mishap != Mishap.Rebuild)
                continue;
            await _hosts[i].DisposeAsync();
            Directory.Delete(settingsOf(i, false).DataDirectory, recursive: true);
            _hosts[i] = await StartAsync(settings, validators, i, settingsOf(i, false), cancel);
        }
    }

    private static Task<NodeHost> StartAsync(
        DevnetSettings settings,
        ValidatorSet? validators,
        int i,
        NodeSettings own,
        CancellationToken cancel
    ) =>
        NodeHost.StartAsync(
            own,
            cancel,
            validators is null ? null : new DevnetRole(validators.Keys[i], settings.Of(i)?.Strategy ?? new HonestStrategy())
        );

    /// <summary>
    /// Waits until each validator has checked the chain and none is more than some blocks behind, has an epoch to settle, or something to
    /// send that no node has yet: here a block takes a moment and not 12 s, and a busy machine must not make honest validators miss their
    /// round.
    /// </summary>
    /// <exception cref="NodeException">One does not follow.</exception>
    public async Task KeepUpAsync(ulong head, CancellationToken cancel)
    {
        using var looks = new PeriodicTimer(LookEvery);
        var started = TimeProvider.System.GetTimestamp();
        while (Running.Any(host => (host.LastCheck is null || host.CursorBlock + MostBlocksBehind < head) && !host.Ended.IsCompleted))
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new NodeException(
                    ExitCodes.Failed,
                    $"A validator has not followed the chain to block {head} within {Patience.TotalSeconds:0} s."
                );
            await looks.WaitForNextTickAsync(cancel);
        }

        foreach (var host in Running)
        {
            while (
                TimeProvider.System.GetElapsedTime(started) < TimeOfABlock
                && await host.StatusAsync(false, cancel) is { Validator.Sender: { Waiting: null } sender } status
                && (status.Follower.State.Unsettled.Count > 0 || sender.Open.Any(IsUnsent))
            )
                await looks.WaitForNextTickAsync(cancel);
        }

        static bool IsUnsent(IntentProgress intent) => intent.State < IntentState.Broadcast && !Byzantine.IsFlood(intent);
    }

    /// <summary>Waits until everyone has folded everything that is final and settled every closed epoch.</summary>
    /// <param name="head">The block that is to be known to all.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">It takes too long.</exception>
    public async Task CatchUpAsync(ulong head, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeToCatchUp);
        try
        {
            foreach (var host in Running)
                await CatchUpAsync(host, head, limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new NodeException(
                ExitCodes.Failed,
                $"A validator has not folded the chain up to block {head} within {TimeToCatchUp.TotalSeconds:0} s."
            );
        }
    }

    private static async Task CatchUpAsync(NodeHost host, ulong head, CancellationToken cancel)
    {
        using var looks = new PeriodicTimer(AskEvery);
        do
        {
            var follower = (await host.StatusAsync(false, cancel)).Follower;
            if (follower.Fault is { Passing: false })
                return;
            if (
                follower.Latest?.Number >= head
                && follower.LagBlocks == 0
                && follower.State.Unsettled.Count == 0
                && follower.State.Last?.Number == follower.Finalized?.Number
            )
                return;
        } while (!host.Ended.IsCompleted && await looks.WaitForNextTickAsync(cancel));
    }

    /// <summary>
    /// Whether the latest round is settled or over, every deviation is punished in everyone's book, everyone's weights are set unless the
    /// check of the chain has switched that off, and nothing anyone has to say is on its way.
    /// </summary>
    /// <param name="epochs">How many epochs have been closed on chain.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<bool> AgreedAsync(ulong epochs, DevnetClient chain, CancellationToken cancel)
    {
        // Before the books: what is on its way still changes them; what has become final is then in them.
        foreach (var host in Running)
        {
            var sender = (await host.StatusAsync(false, cancel)).Validator?.Sender;
            if (sender?.Open.All(Byzantine.IsFlood) == false)
                return false;
        }

        await CatchUpAsync(await chain.BlockNumberAsync(cancel), cancel);
        foreach (var host in _hosts)
        {
            var status = await host.StatusAsync(false, cancel);
            if (status.Settled.Book is not { } book)
                continue;
            if (!IsDone(book, epochs, status.Settled.Time))
                return false;
            if (
                status.Validator is { Weights: { } weights }
                && host.LastCheck?.Closed(ChainAction.Weights) is null
                && (
                    weights.Recent.Any(progress => !progress.Ended)
                    || weights.Recent.LastOrDefault()?.Closed.Epoch != status.Settled.Recent.LastOrDefault()?.Closed.Epoch
                )
            )
                return false;
        }

        return true;
    }

    private static bool IsDone(RegistryBook book, ulong epochs, ulong time) =>
        epochs == 0
        || (
            book.Newest is { } newest
            && newest.Epoch.Value + 1 >= epochs
            && time >= book.Rules!.EndOf(newest.ClosedAt)
            && book.Rounds.TrueForAll(round => round.Deviations.All(deviation => deviation.IsPunished))
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var host in Running)
            await host.DisposeAsync();
    }
}
