using Microsoft.Extensions.Logging;
using Tao20.Chain.Checks;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Registry;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>All that reads one contract on one chain: endpoints, head and ranges, put together.</summary>
public sealed class ChainConnection : IAsyncDisposable
{
    private const int ProbeRounds = 5;
    private readonly IReadOnlyList<IRpcTransport> _transports;
    private readonly ILogger _log;

    /// <summary>A connection with these options over these transports.</summary>
    public ChainConnection(ChainOptions options, IReadOnlyList<IRpcTransport> transports, ILogger log)
    {
        Options = options;
        _transports = transports;
        _log = log;
        Pool = new EndpointPool(transports, log, askAgainAfter: options.PollInterval);
        Runtime = new RuntimeWatch(Pool);
        Gate = new ActionGate(Runtime);
        Head = new ChainHead(Pool, options, log, Runtime);
        Reader = new RangeReader(Pool, options);
        Ranges = new FinalizedRanges(Reader, Head, options);
        Counts = new ContractCounts(Pool, options.Contract, options.FromBlock, log);
    }

    /// <summary>Where it is said what the chain is found to be.</summary>
    internal ILogger Log => _log;

    /// <summary>The options.</summary>
    public ChainOptions Options { get; }

    /// <summary>The endpoints.</summary>
    public EndpointPool Pool { get; }

    /// <summary>By which rules the chain runs.</summary>
    public RuntimeWatch Runtime { get; }

    /// <summary>What may be signed, by the last check of the chain.</summary>
    public ActionGate Gate { get; }

    /// <summary>By which rule the chain charges for gas, as a balance has shown; null before one has.</summary>
    public FeeRule? Charged { get; internal set; }

    /// <summary>How far the chain is.</summary>
    public ChainHead Head { get; }

    /// <summary>Reads single ranges.</summary>
    public RangeReader Reader { get; }

    /// <summary>Reads finalized ranges in order.</summary>
    public FinalizedRanges Ranges { get; }

    /// <summary>Reads where the running totals of miners have to begin.</summary>
    public ContractCounts Counts { get; }

    /// <summary>What the chain makes of an account's transactions, by the last check of it.</summary>
    public ITransactionRules RulesOf(FeePolicy fees) => new CheckedRules(Gate, Runtime, new IntentKinds(Options.Registry), fees);

    /// <summary>A connection over HTTP.</summary>
    public static ChainConnection Http(ChainOptions options, ILogger log) =>
        new(options, [.. options.EndpointNames.Select(name => new HttpRpcTransport(name, options))], log);

    /// <summary>
    /// Asks every endpoint which chain it is on, and one whether the contract is there. Endpoints that do not answer or are on another
    /// chain are passed over as long as one is right.
    /// </summary>
    /// <exception cref="EndpointUnreachableException">No endpoint answers.</exception>
    /// <exception cref="WrongChainException">Those that answer are on another chain than <c>Chain:ChainId</c>.</exception>
    /// <exception cref="NoContractException">There is no code at the contract's address.</exception>
    public async Task<ChainIdentity> ProbeAsync(CancellationToken cancel)
    {
        ChainIdentity? identity = null;
        EndpointException? problem = null;
        for (var round = 0; identity is null && round < ProbeRounds; round++)
        {
            // What one endpoint does not say now, it may say in a moment: a start must not end on that.
            if (round > 0)
                await Task.Delay(Options.PollInterval * Math.Pow(2, round - 1), cancel).ConfigureAwait(false);
            problem = null;
            var passing = false;
            foreach (var endpoint in Pool.All)
            {
                try
                {
                    identity = await ProbeAsync(endpoint, identity, cancel).ConfigureAwait(false);
                }
                catch (EndpointException e)
                {
                    problem ??= e;
                    passing |= MayPass(e, round);
                    _log.LogWarning("{Reason}", e.Message);
                    if (e is WrongChainException or NodeMisbehaviourException)
                        Pool.Drop(e as NodeMisbehaviourException ?? new NodeMisbehaviourException(endpoint.Name, e.Message));
                }
            }

            if (!passing)
                break;
        }

        Pool.ChainId = identity?.ChainId;
        if (identity is { Registry: { } read })
            Reader.Registry = new RegistryIdentity(identity.ChainId, read);
        return identity ?? throw problem!;
    }

    /// <summary>Asks whether there is a contract at an address.</summary>
    /// <param name="contract">The address.</param>
    /// <param name="option">The option it comes from, for the error.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NoContractException">There is none.</exception>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task RequireCodeAsync(Address contract, string option, CancellationToken cancel)
    {
        var size = 0;
        var (by, _) = await Pool.SendAsync([EthCalls.CodeSize(contract, code => size = code)], cancel).ConfigureAwait(false);
        if (size == 0)
            throw new NoContractException(by.Name, contract, option);
    }

    private async Task<ChainIdentity> ProbeAsync(RpcEndpoint endpoint, ChainIdentity? identity, CancellationToken cancel)
    {
        ulong chainId = 0;
        var (contract, registry) = (0, 0);
        BlockHeader? genesis = null;
        List<RpcCall> calls =
        [
            EthCalls.ChainId(id => chainId = id),
            EthCalls.Header(0, header => genesis = header),
            EthCalls.CodeSize(Options.Contract, size => contract = size),
        ];
        if (Options.Registry is { } listed)
            calls.Add(EthCalls.CodeSize(listed, size => registry = size));
        await endpoint.SendAsync(calls, cancel).ConfigureAwait(false);
        var expected = Options.ChainId ?? identity?.ChainId ?? chainId;
        if (chainId != expected)
            throw new WrongChainException(endpoint.Name, expected, chainId);
        if (genesis is null)
            throw new IncompleteAnswerException(endpoint.Name, "it has no block 0");
        if (contract == 0)
            throw new NoContractException(endpoint.Name, Options.Contract);
        if (Options.Registry is { } missing && registry == 0)
            throw new NoContractException(endpoint.Name, missing, "--registry");
        var head = await Head.ReadAsync(endpoint, cancel).ConfigureAwait(false);
        Pool.NoteHead(endpoint, head.Latest.Number);
        if (identity is null)
            Head.Learn(endpoint, head);
        return identity ?? new ChainIdentity(chainId, genesis.Hash, Options.Contract, Options.FromBlock, Options.Registry);
    }

    /// <summary>A provider asks for patience, or a node is in the middle of something. One that is not there is said at once.</summary>
    private static bool MayPass(EndpointException e, int round) =>
        e is IncompleteAnswerException or FinalityUnknownException { IsRefused: false } or HttpRefusalException { Status: >= 500 }
        || (e is FinalityUnknownException or EndpointTimeoutException && round == 0)
        || RateLimits.IsOfRate(e);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Head.DisposeAsync().ConfigureAwait(false);
        foreach (var transport in _transports.OfType<IDisposable>())
            transport.Dispose();
    }
}
