using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Devnet;
using Tao20.Tests;

namespace Tao20.Chain.Tests.Following;

/// <summary>New heads come by WebSocket, and by polling while there is none: on a real node whose connections break.</summary>
public sealed class HeadTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));
    private Anvil _anvil = null!;
    private ulong _time = new AnvilOptions().GenesisTimestamp + 12;

    public async Task InitializeAsync() =>
        _anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, _limit.Token), new AnvilOptions { Accounts = 1 }, _limit.Token);

    public async Task DisposeAsync()
    {
        await _anvil.DisposeAsync();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_web_socket_that_breaks_is_stood_in_for_by_polling_and_taken_up_again()
    {
        await using var relay = new TcpRelay(_anvil.Rpc);
        var options = new ChainOptions
        {
            Endpoints = [relay.Url],
            Contract = default,
            PollInterval = TimeSpan.FromMilliseconds(100),
            RetryDelay = TimeSpan.FromMilliseconds(50),
        };
        await using var chain = ChainConnection.Http(options, NullLogger.Instance);
        chain.Head.Start();
        await UntilAsync(() => chain.Head.Subscribed);
        await SeenAsync(chain, await MineAsync());

        relay.RefusesWebSockets = true;
        relay.Cut();
        await UntilAsync(() => !chain.Head.Subscribed);
        await SeenAsync(chain, await MineAsync());
        Assert.False(chain.Head.Subscribed);

        relay.RefusesWebSockets = false;
        await UntilAsync(() => chain.Head.Subscribed);

        // Beside a WebSocket it polls every five seconds only: what is seen sooner was told.
        await SeenAsync(chain, await MineAsync()).WaitAsync(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Whoever_starts_it_again_shares_the_one_watch()
    {
        var silent = new SilentTransport();
        await using var chain = new ChainConnection(
            new ChainOptions
            {
                Endpoints = [silent.Name.Url],
                Contract = default,
                WebSocket = false,
            },
            [silent],
            NullLogger.Instance
        );
        chain.Head.Start();
        chain.Head.Start();
        Assert.Equal(1, silent.Requests);
    }

    private async Task<ulong> MineAsync()
    {
        await _anvil.Client.MineAsync(_time += 12, _limit.Token);
        return await _anvil.Client.BlockNumberAsync(_limit.Token);
    }

    private async Task SeenAsync(ChainConnection chain, ulong block)
    {
        while (true)
        {
            var moved = chain.Head.MovedAsync(_limit.Token);
            if (chain.Head.Latest?.Number >= block)
                return;
            await moved;
        }
    }

    private static Task UntilAsync(Func<bool> condition) => Eventually.HoldsAsync(condition, TimeSpan.FromSeconds(30));

    /// <summary>A node that takes requests and never answers.</summary>
    private sealed class SilentTransport : IRpcTransport
    {
        public int Requests { get; private set; }

        public EndpointName Name { get; } = new(1, new Uri("http://silent.invalid"));

        public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
        {
            Requests++;
            await Task.Delay(Timeout.Infinite, cancel);
            throw new OperationCanceledException(cancel);
        }
    }
}
