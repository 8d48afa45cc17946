using System.Numerics;
using Akka.Actor;
using Tao20.Actors.Consensus;
using Tao20.Actors.Status;
using Tao20.Chain;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Registry;
using Tao20.Domain.Weights;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>Validators, each with its own actors, journal and key, that meet only on a real local chain.</summary>
public abstract class OnOneChain(int count) : InDirectory, IAsyncLifetime
{
    protected static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    protected static readonly CancellationToken None = CancellationToken.None;

    private const ulong MostBlocksBehind = 4;

    // A window of ten minutes has twenty of these.
    private const ulong SecondsPerBlock = 30;

    private protected List<Node> Nodes { get; } = [];

    private protected Anvil Anvil { get; private set; } = null!;

    private protected SubtensorRpc Rpc { get; private set; } = null!;

    private protected Economy Economy { get; private set; } = null!;

    private protected ValidatorSet Validators { get; private set; } = null!;

    private protected ulong Time { get; set; }

    public async Task InitializeAsync()
    {
        Anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, None), new AnvilOptions { Accounts = 4 }, None);
        Rpc = await SubtensorRpc.StartAsync(Anvil.Rpc, 0, None);
        (Economy, Time) = await Economy.DeployAsync(Anvil, 3, new AnvilOptions().GenesisTimestamp + 1, None);
        (Validators, Time) = await ValidatorSet.DeployAsync(Economy, count, 20, 7, Time, None);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.DisposeAsync();
        await Rpc.DisposeAsync();
        await Anvil.DisposeAsync();
    }

    /// <summary>Lets blocks go by until a validator's weights of the last epoch, or of this one, are as far as wanted.</summary>
    private protected async Task<WeightsProgress> WeightsAsync(int node, WeightsStage stage, int? epoch = null)
    {
        var state = await Eventually.BecomesAsync<WeightsState>(
            async _ => await WeightsStateAsync(node),
            state => state.Recent is [.., var last] && last.Stage == stage && (epoch is null || last.Closed.Epoch.Value == (ulong)epoch),
            Patience,
            PassAsync,
            state => string.Join(", ", state.Recent)
        );
        return state.Recent[^1];
    }

    /// <summary>Lets a block go by, and waits until nobody is far behind: here a block takes a moment.</summary>
    private protected async Task PassAsync(CancellationToken cancel)
    {
        await Anvil.Client.MineAsync(Time += SecondsPerBlock, cancel);
        var block = await Anvil.Client.BlockNumberAsync(cancel);
        foreach (var node in Nodes.ToList())
            await Eventually.BecomesAsync<NodeStatus>(
                async _ => await node.StatusAsync(),
                status => status.Follower.State.Last?.Number + MostBlocksBehind >= block,
                Patience
            );
    }

    /// <summary>A validator's weights of all epochs.</summary>
    private protected Task<WeightsState> WeightsStateAsync(int node) =>
        Nodes[node].Actor<WeightsKey>().Ask<WeightsState>(GetWeights.Instance, TimeSpan.FromSeconds(20));

    private protected async Task StartAsync(IStatementStrategy? first = null)
    {
        for (var i = 0; i < count; i++)
            Nodes.Add(await StartAsync(i, i == 0 ? first : null));
    }

    private protected string DirectoryOf(int i) => System.IO.Path.Combine(Path, $"validator-{i}");

    private protected async Task<Node> StartAsync(int i, IStatementStrategy? strategy, string? elsewhere = null)
    {
        var directory = Directory.CreateDirectory(elsewhere is null ? DirectoryOf(i) : System.IO.Path.Combine(Path, elsewhere)).FullName;
        var chain = new ChainOptions
        {
            Endpoints = [Rpc.Url],
            Contract = Economy.Index,
            Registry = Validators.Registry,
            FromBlock = 1,
            WebSocket = false,
            PollInterval = TimeSpan.FromMilliseconds(50),
            Retries = 1,
        };
        var node = await Node.ValidatingAsync(directory, chain, Validators.Keys[i], strategy);
        await node.CheckedAsync();
        return node;
    }

    private protected async Task FinalAsync()
    {
        for (var blocks = 0; blocks < 3; blocks++)
            await Anvil.Client.MineAsync(++Time, None);
    }

    private protected async Task TradeAsync()
    {
        var nav = await Economy.NavAsync(None);
        await Anvil.Client.ExecuteAsync(
            [.. Economy.Miners.Select((miner, i) => Economy.Mint(miner, (i + 2) * Tao, nav, Time + 100))],
            ++Time,
            None
        );
    }

    private protected Task CloseAsync() => Anvil.Client.ExecuteAsync([Economy.AdvanceEpoch()], Time += 3700, None);

    /// <summary>Trades, the end of the epoch, and blocks until everyone knows what its round has settled.</summary>
    private protected async Task EpochAsync()
    {
        var before = (await Nodes[0].ConsensusAsync()).Book?.RoundCount ?? 0;
        await TradeAsync();
        await CloseAsync();
        await BooksAsync(book => book.RoundCount == before + 1 && book.Rounds[^1].SettledHash is not null);
    }

    /// <summary>Lets blocks go by until every validator's book is as wanted.</summary>
    private protected Task<IReadOnlyList<RegistryBook>> BooksAsync(Func<RegistryBook, bool> wanted) =>
        Eventually.BecomesAsync<IReadOnlyList<RegistryBook>>(
            async _ => [.. (await Task.WhenAll(Nodes.Select(node => node.ConsensusAsync()))).Select(settled => settled.Book!)],
            books => books.All(wanted),
            Patience,
            PassAsync,
            books => string.Join("; ", books.Select(Words))
        );

    private static string Words(RegistryBook book) =>
        string.Join(
            ", ",
            book.Rounds.Select(round =>
                $"{round.Epoch} {round.Standing} {round.Entries.Values.Count(entry => entry.Commitment is not null)} committed, "
                + $"{round.Entries.Values.Count(entry => entry.Stated is not null)} stated"
            )
        );
}
