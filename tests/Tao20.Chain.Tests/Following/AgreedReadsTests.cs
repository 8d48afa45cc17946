using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;

namespace Tao20.Chain.Tests.Following;

/// <summary>What is signed is read from two endpoints where there are two.</summary>
public sealed class AgreedReadsTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(30));
    private ScriptedNode _one = null!;
    private ScriptedNode _two = null!;

    public async Task InitializeAsync()
    {
        _one = (await ScriptedNode.StartAsync()).Grow(20);
        _two = (await ScriptedNode.StartAsync()).Grow(20);
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        _timeout.Dispose();
    }

    [Fact]
    public async Task Two_that_agree_are_both_asked()
    {
        await using var chain = Open(_one, _two);
        Assert.Equal(19UL, await HeightAsync(chain));
        Assert.Equal((1, 1), (_one.Requests, _two.Requests));
    }

    [Fact]
    public async Task The_only_one_is_believed()
    {
        await using var chain = Open(_one);
        Assert.Equal(19UL, await HeightAsync(chain));
    }

    [Fact]
    public async Task Two_that_disagree_are_both_named_and_nothing_is_read()
    {
        _two.Grow(1);
        await using var chain = Open(_one, _two);
        var error = await Assert.ThrowsAsync<EndpointsDisagreeException>(() => HeightAsync(chain));
        Assert.Contains(
            $"#1 {_one.Uri.Authority} and #2 {_two.Uri.Authority} disagree: 19 and 20",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Of_two_one_alone_is_not_enough()
    {
        _two.Intercept = (_, _, context) =>
        {
            context.Response.StatusCode = 502;
            return Task.FromResult(true);
        };
        await using var chain = Open(_one, _two);
        Assert.IsType<HttpRefusalException>(await Assert.ThrowsAnyAsync<ChainException>(() => HeightAsync(chain)));
    }

    [Fact]
    public async Task A_third_stands_in_for_one_that_does_not_answer()
    {
        var third = (await ScriptedNode.StartAsync()).Grow(20);
        _one.Intercept = (_, _, context) =>
        {
            context.Response.StatusCode = 502;
            return Task.FromResult(true);
        };
        await using var chain = Open(_one, _two, third);
        Assert.Equal(19UL, await HeightAsync(chain));
        await third.DisposeAsync();
    }

    [Fact]
    public async Task Logs_are_read_in_pieces_as_small_as_the_endpoint_wants()
    {
        _one.MaxRange = 3;
        _one.RefusalText = "no";
        await using var chain = Open(_one, _two);
        var read = await chain.Pool.ReadAgreedAsync(
            pool => RegistryLogs.ReadAsync(pool, ScriptedNode.Contract, 1, 19, _timeout.Token),
            (first, second) => first.SequenceEqual(second) ? null : "logs"
        );
        Assert.Equal(19 * 6, read.Count);
        _two.BendLogs = (_, _, logs) => [.. logs.SkipLast(1)];
        await Assert.ThrowsAsync<EndpointsDisagreeException>(() =>
            chain.Pool.ReadAgreedAsync(
                pool => RegistryLogs.ReadAsync(pool, ScriptedNode.Contract, 1, 19, _timeout.Token),
                (first, second) => first.SequenceEqual(second) ? null : "logs"
            )
        );
    }

    private static ChainConnection Open(params ScriptedNode[] nodes) =>
        ChainConnection.Http(
            new ChainOptions
            {
                Endpoints = [.. nodes.Select(node => node.Uri)],
                Contract = ScriptedNode.Contract,
                WebSocket = false,
                Retries = 0,
                PollInterval = TimeSpan.FromMilliseconds(50),
            },
            NullLogger.Instance
        );

    private async Task<ulong> HeightAsync(ChainConnection chain) =>
        await chain.Pool.ReadAgreedAsync(
            async pool =>
            {
                ulong height = 0;
                await pool.SendAsync([EthCalls.BlockNumber(number => height = number)], _timeout.Token);
                return height;
            },
            (first, second) => first == second ? null : string.Create(CultureInfo.InvariantCulture, $"{first} and {second}")
        );
}
