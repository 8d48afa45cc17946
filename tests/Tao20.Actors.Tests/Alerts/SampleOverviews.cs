using System.Collections.Immutable;
using System.Numerics;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Consensus;
using Tao20.Actors.Pricing;
using Tao20.Actors.Status;
using Tao20.Domain.Alerts;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Nav;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Actors.Tests.Alerts;

/// <summary>What a node may look like: with everything as it should be, and with one thing too far.</summary>
internal static class SampleOverviews
{
    private static readonly Address Miner = Address.Parse("0x00000000000000000000000000000000000000a1");
    private static readonly Address Validator = Address.Parse("0x00000000000000000000000000000000000000b1");
    private static readonly Address Liar = Address.Parse("0x00000000000000000000000000000000000000b2");
    private static readonly Hash256 Settled = Hash256.Parse($"0x{7:x64}");
    private static readonly UInt128 Tao = Wei.OneTao.Value;

    /// <summary>Bounds of all kinds, and no waiting.</summary>
    public static AlertRules Rules { get; } = new() { After = TimeSpan.Zero, MaxTokensWei = Wei.From(50 * Tao) };

    /// <summary>With everything as it should be.</summary>
    public static NodeOverview Well { get; } = Overview(Of(Tick(), 0), Book(nav: 100));

    /// <summary>A miner whose market cannot be read, though it was far from NAV.</summary>
    public static MarketStatus WithoutFeed { get; } = Of(Tick(market: 107), 0, "the markets have no price");

    /// <summary>With one thing too far.</summary>
    public static NodeOverview With(AlertKind kind) =>
        kind switch
        {
            AlertKind.NavAgainstMarket => Overview(Of(Tick(market: 107), 0), Book(nav: 100)),
            AlertKind.NavAgainstValidators => Overview(Of(Tick(), 0), Book(nav: 98)),
            AlertKind.TaoLow => Overview(Of(Tick(tao: Tao / 100), 0), Book(nav: 100)),
            AlertKind.TokensHigh => Overview(Of(Tick(tokens: 51 * Tao), 0), Book(nav: 100)),
            AlertKind.LossOfDay => Overview(Of(Tick(), -(Int128)Tao), Book(nav: 100)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    private static NodeOverview Overview(MarketStatus market, RegistryBook book) =>
        new(null, new SettledEpochs(0, [], book), null, market, null, new FaultSources([], null, null, null, null, null), null, []);

    private static MarketStatus Of(NavTick tick, Int128 profit, string? problem = null)
    {
        var hour = new TradingHour((long)(tick.Timestamp / 3_600), Wei.Zero, Wei.Zero, new WeiDelta(profit), new WeiDelta(profit));
        return new MarketStatus(
            new ArbitrageStatus(Miner, TraderState.Idle, null, false, tick.Timestamp, ArbitrageState.Initial with { Hours = [hour] }),
            new PriceFeedStatus(tick, problem, TimeSpan.Zero, PriceHistory.Empty),
            null
        );
    }

    private static NavTick Tick(ulong market = 100, UInt128? tao = null, UInt128? tokens = null) =>
        new(
            10,
            Hash256.Zero,
            1_700_000_000,
            default,
            Price(100),
            NavMove.Calm,
            new MarketPrice(Price(market), 1, 1, true),
            new PoolReserves(Wei.From(100 * Tao), Wei.From(100 * Tao)),
            [],
            BigInteger.One,
            Wei.From(tao ?? 10 * Tao),
            Wei.From(tokens ?? 10 * Tao)
        );

    /// <summary>A round that is settled at 100, in which one has stated another NAV.</summary>
    private static RegistryBook Book(ulong nav) =>
        RegistryBook.Initial with
        {
            Rounds =
            [
                new RegistryRound(
                    1,
                    new EpochId(1),
                    3_600,
                    2,
                    ImmutableSortedDictionary<Address, UInt128>.Empty,
                    ImmutableSortedDictionary<Address, RoundEntry>
                        .Empty.Add(Validator, Entry(Settled, 100))
                        .Add(Liar, Entry(nav == 100 ? Settled : Hash256.Zero, nav)),
                    Settled,
                    true
                )
                {
                    SettledAt = 4_200,
                },
            ],
        };

    private static RoundEntry Entry(Hash256 hash, ulong nav) =>
        RoundEntry.None with
        {
            Hash = hash,
            Stated = new Stated(
                new Statement(new EpochId(1), 9, Hash256.Zero, Price(nav), Wei.OneTao, Hash256.Zero, Hash256.Zero, Hash256.Zero),
                []
            ),
        };

    private static TaoPerToken Price(ulong hundredths) => TaoPerToken.From(Tao / 100 * hundredths);
}
