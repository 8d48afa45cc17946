using System.Collections.Concurrent;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;

namespace Tao20.Chain.Runtime;

/// <summary>
/// Knows by which rules the chain runs, as its nodes say: asked at each new block, since an upgrade is announced by nothing but a new
/// version. Endpoints that have no methods of Substrate's are asked again after a while; where all are such, nothing is known.
/// </summary>
public sealed class RuntimeWatch(EndpointPool pool, TimeProvider? clock = null)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly ConcurrentDictionary<RpcEndpoint, DateTimeOffset> _silent = [];
    private readonly SemaphoreSlim _reading = new(1, 1);
    private (RuntimeVersion Version, RuntimeMetadata Metadata)? _metadata;
    private long _refreshedAt;

    /// <summary>The version last seen; null before the first answer, and where no endpoint tells it.</summary>
    public RuntimeVersion? Version { get; private set; }

    /// <summary>Which rules are known to hold.</summary>
    public RuntimeProfile Profile => Version?.Profile ?? RuntimeProfile.Unknown;

    /// <summary>Asks for the version of the latest block.</summary>
    /// <returns>The version; null where no endpoint tells it.</returns>
    /// <exception cref="ChainException">Endpoints that would tell it do not answer.</exception>
    public async Task<RuntimeVersion?> RefreshAsync(CancellationToken cancel)
    {
        RuntimeVersion? found = null;
        await AskAsync([RuntimeCalls.Version(version => found = version)], cancel).ConfigureAwait(false);
        Version = found;
        Volatile.Write(ref _refreshedAt, _clock.GetTimestamp());
        return found;
    }

    /// <summary>The same, unless it was asked a moment ago: as it is with each new block.</summary>
    /// <exception cref="ChainException">Endpoints that would tell it do not answer.</exception>
    public Task RefreshIfOlderAsync(TimeSpan age, CancellationToken cancel) =>
        Volatile.Read(ref _refreshedAt) is > 0 and var at && _clock.GetElapsedTime(at) < age ? Task.CompletedTask : RefreshAsync(cancel);

    /// <summary>The version of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>The version; null where no endpoint tells it.</returns>
    /// <exception cref="ChainException">Endpoints that would tell it do not answer, or have discarded the block's state.</exception>
    public async Task<RuntimeVersion?> AtAsync(ulong block, CancellationToken cancel)
    {
        if (await HashOfAsync(block, cancel).ConfigureAwait(false) is not { } hash)
            return null;
        RuntimeVersion? found = null;
        await AskAsync([RuntimeCalls.Version(version => found = version, hash)], cancel).ConfigureAwait(false);
        return found;
    }

    /// <summary>What the runtime of the latest block declares; kept until its version changes.</summary>
    /// <returns>Null where no endpoint tells it.</returns>
    /// <exception cref="ChainException">Endpoints that would tell it do not answer.</exception>
    /// <exception cref="FormatException">What they tell cannot be read.</exception>
    public async Task<RuntimeMetadata?> MetadataAsync(CancellationToken cancel)
    {
        if (Version is not { } version && (version = await RefreshAsync(cancel).ConfigureAwait(false)) is null)
            return null;
        await _reading.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_metadata is { } known && known.Version == version)
                return known.Metadata;
            RuntimeMetadata? metadata = null;
            await AskAsync([RuntimeCalls.Metadata(null, read => metadata = read)], cancel).ConfigureAwait(false);
            if (metadata is not null && await RefreshAsync(cancel).ConfigureAwait(false) == version)
                _metadata = (version, metadata);
            return metadata;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Substrate's hash of a height; null where no endpoint tells it.</summary>
    private async Task<Hash256?> HashOfAsync(ulong block, CancellationToken cancel)
    {
        Hash256? hash = null;
        var answered = await AskAsync([RuntimeCalls.BlockHash(block, found => hash = found)], cancel).ConfigureAwait(false);
        return answered is not null && hash is null
            ? throw new IncompleteAnswerException(answered.Name, $"it does not have block {block}")
            : hash;
    }

    /// <summary>Asks the first endpoint that has Substrate's methods.</summary>
    /// <returns>Which one answered; null when none has them.</returns>
    private async Task<RpcEndpoint?> AskAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel)
    {
        ChainException? failed = null;
        foreach (var endpoint in pool.InTurn)
        {
            if (_silent.TryGetValue(endpoint, out var since) && _clock.GetUtcNow() - since < AskAgainAfter)
                continue;
            try
            {
                await endpoint.SendAsync(calls, cancel).ConfigureAwait(false);
                return endpoint;
            }
            catch (EndpointException e) when (LacksMethods(e))
            {
                _silent[endpoint] = _clock.GetUtcNow();
            }
            catch (EndpointException e)
            {
                failed = e;
            }
        }

        return failed is null ? null : throw failed;
    }

    /// <summary>Whether an endpoint has refused a method as one that it does not have; gateways may do so by an HTTP status.</summary>
    internal static bool LacksMethods(EndpointException e) =>
        e is RpcErrorException error
            ? IsUnknownMethod(error)
            : e is HttpRefusalException { Status: >= 400 and < 500 } && !RateLimits.IsOfRate(e);

    /// <summary>Nodes say -32601 to a method that they do not know, gateways all kinds of things.</summary>
    private static bool IsUnknownMethod(RpcErrorException e) =>
        !RateLimits.IsOfRate(e)
        && (
            e.Code == -32601
            || e.Text.Contains("method", StringComparison.OrdinalIgnoreCase)
            || e.Text.Contains("not supported", StringComparison.OrdinalIgnoreCase)
            || e.Text.Contains("not allowed", StringComparison.OrdinalIgnoreCase)
            || e.Text.Contains("not available", StringComparison.OrdinalIgnoreCase)
        );
}
