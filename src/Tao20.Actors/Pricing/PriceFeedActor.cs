using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Hosting;
using Tao20.Actors.Status;
using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Nav;

namespace Tao20.Actors.Pricing;

/// <summary>
/// Reads the market at each new head and publishes it as a <see cref="Tick"/>, or says why it cannot: one read at a time, always of the
/// latest block. What it has seen is in the journal.
/// </summary>
public sealed class PriceFeedActor : JournaledActor, IWithTimers
{
    private const int LooksBeforeStale = 10;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private readonly FeedSettings _settings;
    private readonly ChainHead _head;
    private readonly MarketReader _reader;
    private readonly TimeProvider _clock;
    private readonly ArbitrageMetrics _metrics;
    private readonly CancellationTokenSource _stop = new();
    private PriceHistory _history = PriceHistory.Empty;
    private Tick? _last;
    private BlockHeader? _read;
    private string? _problem;
    private long _headSeen;
    private bool _reading;
    private int _failures;

    /// <summary>A feed of the market that <paramref name="reader"/> reads.</summary>
    public PriceFeedActor(FeedSettings settings, ChainHead head, MarketReader reader, JournalGuard journal, ArbitrageMetrics metrics, TimeProvider clock)
        : base(journal)
    {
        (_settings, _head, _reader, _metrics, _clock) = (settings, head, reader, metrics, clock);
        _headSeen = clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public override string PersistenceId => PriceFeedKey.Name;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override bool KeepsEvents => true;

    /// <inheritdoc/>
    protected override bool Handle(object message)
    {
        switch (message)
        {
            case HeadMoved:
                WatchHead();
                _headSeen = _clock.GetTimestamp();
                Read();
                return true;
            case WatchEnded ended:
                // It ends with this actor, or with a chain that cannot be followed any more: then the follower says so.
                if (!_stop.IsCancellationRequested)
                    Lose(ended.Cause.Message);
                return true;
            case ReadAgain:
                Read();
                return true;
            case Looked:
                LookAtTheClock();
                return true;
            case MarketRead read:
                OnRead(read);
                return true;
            case ReadFailed failed:
                OnFailed(failed.Cause);
                return true;
            case GetPrices:
                Sender.Tell(new PriceFeedStatus(_last?.Value, _problem, _last is null ? TimeSpan.Zero : _clock.GetElapsedTime(_last.SeenAt), _history));
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void Evolve(object e) => _history = e switch
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
        WatchHead();
        Read();
        Timers.StartPeriodicTimer("look", Looked.Instance, _settings.StaleAfter / LooksBeforeStale);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        base.PostStop();
    }

    private void Read()
    {
        if (_reading || _head.Latest is not { } block || block == _read)
            return;
        var seen = _headSeen;
        _reading = true;
        _read = block;
        _reader.TickAsync(block, _settings.Sizes, _settings.PriorityFee, _stop.Token)
            .PipeTo(Self, success: reading => new MarketRead(reading, block, seen), failure: cause => new ReadFailed(cause));
    }

    private void OnRead(MarketRead read)
    {
        (_reading, _failures) = (false, 0);
        if (read.Reading is MarketReading.Available(var tick))
        {
            if (_settings.MaxBlockAge is { } most && _clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((long)tick.Timestamp) > most)
                Lose($"the latest block is more than {most.TotalSeconds:0} s old (Market:MaxBlockAge): the endpoint is not up to date, or this machine's clock is wrong");
            else
                Publish(tick with { Move = _last is { Value.Nav: var before } ? NavMoves.Between(before, tick.Nav) : NavMove.Calm }, read.SeenAt);
        }
        else if (read.Reading is MarketReading.Unavailable(var reason))
        {
            Lose(reason);
        }

        Read();
    }

    private void Publish(Domain.Arbitrage.NavTick tick, long seenAt)
    {
        _problem = null;
        _last = new Tick(tick, seenAt);
        _metrics.Ticked(tick, _clock.GetElapsedTime(seenAt));
        Context.System.EventStream.Publish(_last);
        var alert = Domain.Arbitrage.ArbitrageDecider.Alert(tick);
        if (alert is not null)
            Log.Warning("Block {0}: {1}", tick.Block, alert);
        PersistEvent(
            new PriceNoted(tick.Block, tick.Timestamp, tick.Nav, tick.Market.Price, tick.Market.Used, tick.Market.Of, tick.Move, alert),
            () => _metrics.Watched(_history.Watch));
    }

    private void OnFailed(Exception cause)
    {
        if (_stop.IsCancellationRequested)
            return;
        (_reading, _read) = (false, null);
        var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(_failures++, 6)) / 4));
        if (cause is ChainException)
            Log.Warning("The market cannot be read: {0} Trying again in {1:0.0} s", cause.Message, pause.TotalSeconds);
        else
            Log.Error(cause, "Reading the market failed in a way that was not foreseen");
        Timers.StartSingleTimer("again", ReadAgain.Instance, pause);
    }

    private void LookAtTheClock()
    {
        var silent = _clock.GetElapsedTime(_last?.SeenAt ?? _headSeen);
        if (silent >= _settings.StaleAfter && _problem is null)
            Lose($"there was no tick for {_settings.StaleAfter.TotalSeconds:0} s");
    }

    private void Lose(string reason)
    {
        if (_problem != reason)
            Log.Warning("There is nothing to trade by: {0}", reason);
        _problem = reason;
        Context.System.EventStream.Publish(new FeedLost(reason, _last?.Value.Timestamp ?? 0));
    }

    private void WatchHead() => _head.MovedAsync(_stop.Token).PipeTo(Self, success: () => HeadMoved.Instance, failure: cause => new WatchEnded(cause));

    private sealed record MarketRead(MarketReading Reading, BlockHeader Block, long SeenAt);

    private sealed record ReadFailed(Exception Cause);

    private sealed record WatchEnded(Exception Cause);

    private sealed class HeadMoved
    {
        public static readonly HeadMoved Instance = new();
    }

    private sealed class ReadAgain
    {
        public static readonly ReadAgain Instance = new();
    }

    private sealed class Looked
    {
        public static readonly Looked Instance = new();
    }
}
