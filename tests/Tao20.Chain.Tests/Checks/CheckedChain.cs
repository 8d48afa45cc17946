using System.Numerics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Checks;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Signing;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Checks;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Checks;

/// <summary>A chain with an index that holds all its subnets and a validator with a neuron, behind the RPC of Subtensor's node.</summary>
public sealed class CheckedChain : IAsyncDisposable
{
    /// <summary>The subnet of the neuron, which is also one of the index.</summary>
    public const ushort Netuid = 20;

    private readonly Anvil _anvil;
    private readonly ChainConnection _chain;
    private ulong _time;

    private CheckedChain(Anvil anvil, SubtensorRpc rpc, Economy economy, PrivateKey validator, ulong time)
    {
        (_anvil, Rpc, Economy, Validator, _time) = (anvil, rpc, economy, validator, time);
        var options = new ChainOptions
        {
            Endpoints = [rpc.Url],
            Contract = economy.Index,
            WebSocket = false,
            Retries = 0,
        };
        Transport = new AlteringTransport(new HttpRpcTransport(options.EndpointNames[0], options));
        _chain = new ChainConnection(options, [Transport], NullLogger.Instance);
        Subject = new CheckSubject
        {
            Contract = economy.Index,
            Account = validator.Address,
            Netuid = Netuid,
            SetsWeights = true,
            ChainId = 31337,
            Bounds = new CheckOptions { MaxFinalAge = TimeSpan.Zero },
        };
    }

    public SubtensorRpc Rpc { get; }

    public Economy Economy { get; }

    public PrivateKey Validator { get; }

    public AlteringTransport Transport { get; }

    public Address Keeper => Economy.Keeper;

    public Hash256 Coldkey => Tao20.Chain.Abi.Coldkey.Of(Economy.Index);

    public ushort Uid => ValidatorSet.UidOf(Economy, 0);

    /// <summary>What is checked.</summary>
    public CheckSubject Subject { get; }

    public static async Task<CheckedChain> StartAsync(uint spec)
    {
        var anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, default), new AnvilOptions { Accounts = 3 }, default);
        var (economy, time) = await Economy.DeployAsync(anvil, 1, new AnvilOptions().GenesisTimestamp + 1, default, spec);
        var nav = await economy.NavAsync(default);
        await anvil.Client.ExecuteAsync(
            [economy.Mint(economy.Miners[0], 50 * (BigInteger)1_000_000_000_000_000_000, nav, time + 100)],
            ++time,
            default
        );
        (var validators, time) = await ValidatorSet.DeployAsync(economy, 1, Netuid, 7, time, default);
        return new CheckedChain(anvil, await SubtensorRpc.StartAsync(anvil.Rpc, 0, default), economy, validators.Keys[0], time);
    }

    /// <summary>Sets something on the mock, and waits until it is final.</summary>
    public Task SetAsync(string function, params object[] arguments) => SendAsync(SubtensorMock.Set(Keeper, function, arguments));

    /// <summary>Sends transactions, and waits until they are final.</summary>
    public async Task SendAsync(params DevnetTransaction[] transactions)
    {
        await _anvil.Client.ExecuteAsync(transactions, ++_time, default);
        for (var i = 0; i < 3; i++)
            await _anvil.Client.MineAsync(++_time, default);
    }

    /// <summary>A call of the index contract itself, which has no key.</summary>
    public async Task FromIndexAsync(Address to, string data)
    {
        await _anvil.Client.SendAsync("anvil_impersonateAccount", $"[\"{Economy.Index}\"]", default);
        await _anvil.Client.SendAsync("anvil_setBalance", $"[\"{Economy.Index}\",\"0xde0b6b3a7640000\"]", default);
        await SendAsync(new DevnetTransaction(Economy.Index, to, data));
    }

    public Task<ulong> HeightAsync() => _anvil.Client.BlockNumberAsync(default);

    /// <summary>The whole check.</summary>
    public Task<CheckReport> CheckAsync(CheckSubject? subject = null) => new ChainCheck(_chain).RunAsync(subject ?? Subject, default);

    /// <summary>One row of it.</summary>
    public async Task<CheckResult> RowAsync(int number, CheckSubject? subject = null) =>
        (
            await new ChainCheck(_chain).RunAsync(subject ?? Subject, [.. ChainCheck.Rows.Where(row => row.Number == number)], default)
        ).Results.Single();

    public async ValueTask DisposeAsync()
    {
        await _chain.DisposeAsync();
        await Rpc.DisposeAsync();
        await _anvil.DisposeAsync();
    }
}

/// <summary>Chains with an index and a validator.</summary>
public sealed class CheckedChains() : ChainPerSpec<CheckedChain>(CheckedChain.StartAsync);

/// <summary>Gives a node's replies otherwise than it did, where something is to be seen that the mock cannot be.</summary>
public sealed class AlteringTransport(IRpcTransport inner) : IRpcTransport
{
    /// <summary>What a reply becomes, by the request and what the node said; null leaves all as they are.</summary>
    public Func<string, string, string>? Alters { get; set; }

    public EndpointName Name => inner.Name;

    public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        if (Alters is not { } alters)
            return await inner.SendAsync(body, cancel);
        using var reply = await inner.SendAsync(body, cancel);
        var (request, said) = (Encoding.UTF8.GetString(body.Span), Encoding.UTF8.GetString(reply.Bytes.Span));
        return RpcReply.Of(Encoding.UTF8.GetBytes(alters(request, said)));
    }
}
