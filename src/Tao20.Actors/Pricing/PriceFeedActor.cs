using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Actors.Pricing;

/// <summary>
/// Reads the market at each new head and publishes it as a <see cref="Tick"/>, or says why it cannot: one read at a time, always of the
/// latest block. What it has seen is in the journal.
/// </summary>
public sealed class PriceFeedActor : HeadDrivenActor
{
    private const int ChecksBeforeStale = 10;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private readonly FeedSettings _settings;
    private readonly ChainHead _head;
    private readonly MarketReader _reader;
    private readonly TimeProvider _clock;
    private readonly ArbitrageMetrics _metrics;
    private PriceHistory _history = PriceHistory.Empty;
    private Tick? _last;
    private BlockHeader? _read;
    private string? _problem;
    private long _headSeen;

    /// <summary>A feed of the market that <paramref name="reader"/> reads.</summary>
    public PriceFeedActor(
        FeedSettings settings,
        ChainHead head,
        MarketReader reader,
        JournalFaultReporter journal,
        ArbitrageMetrics metrics,
        TimeProvider clock
    )
        : base(journal, head, "The price feed", FirstPause, LongestPause)
    {
        (_settings, _head, _reader, _metrics, _clock) = (settings, head, reader, metrics, clock);
        _headSeen = clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public override string PersistenceId => PriceFeedKey.Name;

    /// <inheritdoc/>
    protected override bool KeepsEvents => true;

    /// <inheritdoc/>
    protected override bool HandleWork(object message)
    {
        switch (message)
        {
            case StalenessCheck:
                CheckStaleness();
                return true;
            case MarketRead read:
                OnRead(read);
                return true;
            case GetPrices:
                Sender.Tell(
                    new PriceFeedStatus(
                        _last?.Value,
                        _problem,
                        _last is null ? TimeSpan.Zero : _clock.GetElapsedTime(_last.SeenAt),
                        _history
                    )
                );
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void Evolve(object e) =>
        _history = e switch
        {
            PriceNoted noted => _history.After(noted),
            PriceHistory history => history,
            _ => throw new ArgumentException($"A {e.GetType().Name} is no event of the price feed.", nameof(e)),
        };

    /// <inheritdoc/>
    protected override object Snapshot() => _history;

    /// <inheritdoc/>
    protected override void Recovered()
    {
        base.Recovered();
        Timers.StartPeriodicTimer("staleness", StalenessCheck.Instance, _settings.StaleAfter / ChecksBeforeStale);
    }

    /// <inheritdoc/>
    protected override void OnHeadMoved() => _headSeen = _clock.GetTimestamp();

    /// <inheritdoc/>
    protected override void OnHeadLost(Exception cause) => PublishFeedLost(cause.Message);

    /// <inheritdoc/>
    protected override void OnWorkFailed(Exception cause)
    {
        _read = null;
        base.OnWorkFailed(cause);
    }

    /// <summary>Reads the market at the latest block, if that is a new one.</summary>
    protected override void Poll()
    {
        if (_head.Latest is not { } block || block == _read || !TryBeginWork())
            return;
        _read = block;
        Run(ReadAsync(block, _headSeen));
    }

    private async Task<MarketRead> ReadAsync(BlockHeader block, long seen) =>
        new(await _reader.TickAsync(block, _settings.Sizes, _settings.PriorityFee, Stopping).ConfigureAwait(false), block, seen);

    private void OnRead(MarketRead read)
    {
        ResetBackoff();
        if (read.Reading is MarketReading.Available(var tick))
        {
            if (_settings.MaxBlockAge is { } most && _clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((long)tick.Timestamp) > most)
                PublishFeedLost(
                    $"the latest block is more than {most.TotalSeconds:0} s old (Market:MaxBlockAge): the endpoint is not up to "
                        + $"date, or this machine's clock is wrong"
                );
            else
                Publish(
                    tick with
                    {
                        Move = _last is { Value.Nav: var before } ? NavMoves.Between(before, tick.Nav) : NavMove.Calm,
                    },
                    read.SeenAt
                );
        }
        else if (read.Reading is MarketReading.Unavailable(var reason))
        {
            PublishFeedLost(reason);
        }

        BecomeIdle();
    }

    private void Publish(Domain.Arbitrage.NavTick tick, long seenAt)
    {
        _problem = null;
        _last = new Tick(tick, seenAt);
        _metrics.Ticked(tick, _clock.GetElapsedTime(seenAt));
        Context.System.EventStream.Publish(_last);
        var alert = Domain.Arbitrage.ArbitrageDecider.Alert(tick);
        if (alert is not null)
            Log.Warning("Block {Block}: {Alert}", tick.Block, alert);
        PersistEvent(
            new PriceNoted(tick.Block, tick.Timestamp, tick.Nav, tick.Market.Price, tick.Market.Used, tick.Market.Of, tick.Move, alert),
            () => _metrics.Watched(_history.Watch)
        );
    }

    private void CheckStaleness()
    {
        var silent = _clock.GetElapsedTime(_last?.SeenAt ?? _headSeen);
        if (silent >= _settings.StaleAfter && _problem is null)
            PublishFeedLost($"there was no tick for {_settings.StaleAfter.TotalSeconds:0} s");
    }

    private void PublishFeedLost(string reason)
    {
        if (_problem != reason)
            Log.Warning("There is nothing to trade by: {Reason}", reason);
        _problem = reason;
        Context.System.EventStream.Publish(new FeedLost(reason, _last?.Value.Timestamp ?? 0));
    }

    private sealed record MarketRead(MarketReading Reading, BlockHeader Block, long SeenAt);

    private sealed class StalenessCheck
    {
        public static readonly StalenessCheck Instance = new();
    }
}
