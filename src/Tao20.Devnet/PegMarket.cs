using System.Globalization;
using System.Numerics;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Signing;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

/// <summary>How a market's noise behaves.</summary>
/// <param name="Seed">Same seed, same noise.</param>
/// <param name="NoisePerMinute">The standard deviation of the price's relative move in a minute of chain time, as a fraction: 0.02
/// is 2 %.</param>
/// <param name="SecondsPerBlock">How much chain time a block takes.</param>
public sealed record MarketScript(int Seed, double NoisePerMinute, int SecondsPerBlock);

/// <summary>How far the market was from NAV, in basis points of NAV, over the blocks that were looked at.</summary>
/// <param name="MeanAbs">The mean of the absolute values.</param>
/// <param name="MaxAbs">The largest.</param>
/// <param name="Blocks">How many blocks.</param>
public sealed record PegFigures(double MeanAbs, double MaxAbs, int Blocks);

/// <summary>
/// The TAO20/TAO market of a local chain: one account gives it liquidity and then moves its price at random, and the distance from NAV is
/// measured at the end of each block. Shocks are drawn from the seed alone, so that two chains have the same, whoever else trades.
/// </summary>
public sealed class PegMarket
{
    /// <summary>TAO in the pool at the beginning, in whole TAO; as many in tokens at NAV.</summary>
    public const int PoolTao = 500;

    /// <summary>What each arbitrageur has at the beginning, in whole TAO.</summary>
    public const int ArbitrageurTao = 200;

    private const int MakerTokensTao = 2_000;
    private const int MakerTokensLeastTao = 400;
    private const double FeeLeft = 0.997;
    private const ulong Rao = 1_000_000_000;
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private readonly Economy _economy;
    private readonly Address _maker;
    private readonly MarketScript _script;
    private readonly Random _random;
    private readonly List<double> _spreads = [];

    private PegMarket(Economy economy, Address maker, MarketScript script)
    {
        _economy = economy;
        _maker = maker;
        _script = script;
        _random = new Random(script.Seed);
    }

    /// <summary>
    /// The spread in basis points at the end of each block looked at, oldest first: positive when a token is dearer on the market.
    /// </summary>
    public IReadOnlyList<double> Spreads => _spreads;

    /// <summary>What it came to.</summary>
    public PegFigures Figures =>
        _spreads.Count == 0 ? new PegFigures(0, 0, 0) : new PegFigures(_spreads.Average(Math.Abs), _spreads.Max(Math.Abs), _spreads.Count);

    /// <summary>The key of an arbitrageur, by its number from 1: the same seed gives the same.</summary>
    public static PrivateKey KeyOf(int arbitrageur, int seed) =>
        PrivateKey.FromBytes(
            Keccak
                .Hash(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"arbitrageur {arbitrageur} of seed {seed}")))
                .ToBytes()
        );

    /// <summary>Mints tokens, puts them with TAO into the pool, and gives each arbitrageur its TAO.</summary>
    /// <param name="economy">The economy.</param>
    /// <param name="maker">An unlocked account with TAO, which is nobody else's.</param>
    /// <param name="arbitrageurs">Accounts that will trade against it.</param>
    /// <param name="script">How its noise behaves.</param>
    /// <param name="time">The time of the last block; blocks are mined after it.</param>
    /// <param name="cancel">Ends the set-up.</param>
    /// <returns>The market and the time of the last block.</returns>
    /// <exception cref="DevnetException">A transaction of the set-up was reverted.</exception>
    public static async Task<(PegMarket Market, ulong Time)> OpenAsync(
        Economy economy,
        Address maker,
        IReadOnlyList<Address> arbitrageurs,
        MarketScript script,
        ulong time,
        CancellationToken cancel
    )
    {
        var client = economy.Chain.Client;
        economy.Admit([maker, .. arbitrageurs]);
        foreach (var account in arbitrageurs)
            await client.SendAsync("anvil_setBalance", $"[\"{account}\",\"0x{ArbitrageurTao * Tao:x}\"]", cancel).ConfigureAwait(false);
        var market = new PegMarket(economy, maker, script);
        await client
            .ExecuteAsync([await market.MintTokensAsync(time + 600, cancel).ConfigureAwait(false)], ++time, cancel)
            .ConfigureAwait(false);
        await client
            .ExecuteAsync([new DevnetTransaction(maker, economy.Index, RouterCalls.ApproveAll(economy.Pool))], ++time, cancel)
            .ConfigureAwait(false);
        var nav = await market.WordAsync(economy.Index, new GetCurrentNavFunction().Encode(), cancel).ConfigureAwait(false);
        await client
            .ExecuteAsync(
                [
                    new DevnetTransaction(
                        maker,
                        economy.Pool,
                        new AddLiquidityFunction(PoolTao * Tao * Tao / nav, 1, time + 600).Encode(),
                        (UInt128)(PoolTao * Tao)
                    ),
                ],
                ++time,
                cancel
            )
            .ConfigureAwait(false);
        return (market, time);
    }

    /// <summary>
    /// What noise does in the next block: a trade that moves the price by the next shock, and a mint when tokens run short.
    /// </summary>
    /// <param name="deadline">Until when, in Unix seconds of the chain.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<IReadOnlyList<DevnetTransaction>> NoiseAsync(ulong deadline, CancellationToken cancel)
    {
        if (_script.NoisePerMinute == 0)
            return [];
        var words = await _economy
            .Chain.Client.CallAsync(
                [
                    (_economy.Pool, new ReserveTaoFunction().Encode()),
                    (_economy.Pool, new ReserveTokenFunction().Encode()),
                    (_economy.Index, new BalanceOfFunction(_maker).Encode()),
                ],
                cancel
            )
            .ConfigureAwait(false);
        var (tao, tokens, owned) = (Word(words[0]), Word(words[1]), Word(words[2]));
        var shock = Normal() * _script.NoisePerMinute * Math.Sqrt(_script.SecondsPerBlock / 60.0);
        var part = (BigInteger)(InputFor(Math.Abs(shock)) * 1e12);
        List<DevnetTransaction> transactions =
            owned < MakerTokensLeastTao * Tao ? [await MintTokensAsync(deadline, cancel).ConfigureAwait(false)] : [];
        transactions.Add(
            shock > 0
                ? new DevnetTransaction(
                    _maker,
                    _economy.Pool,
                    new BuyFunction(1, deadline).Encode(),
                    (UInt128)(tao * part / 1_000_000_000_000 / Rao * Rao)
                )
                : new DevnetTransaction(_maker, _economy.Pool, new SellFunction(tokens * part / 1_000_000_000_000, 1, deadline).Encode())
        );
        return transactions;
    }

    /// <summary>Looks how far the market is from NAV now.</summary>
    /// <returns>The spread in basis points, positive when a token is dearer on the market.</returns>
    public async Task<double> MeasureAsync(CancellationToken cancel)
    {
        var words = await _economy
            .Chain.Client.CallAsync(
                [(_economy.Pool, new SpotPriceFunction().Encode()), (_economy.Index, new GetCurrentNavFunction().Encode())],
                cancel
            )
            .ConfigureAwait(false);
        var spread = (double)((Word(words[0]) - Word(words[1])) * 100_000_000 / Word(words[1])) / 10_000;
        _spreads.Add(spread);
        return spread;
    }

    /// <summary>
    /// The part x of a reserve that has to be paid in to move the price by a factor e^shock, the fee staying in the pool:
    /// (1 + x)(1 + 0.997 x) = e^shock.
    /// </summary>
    private static double InputFor(double shock)
    {
        var b = 1 + FeeLeft;
        return (-b + Math.Sqrt(b * b - 4 * FeeLeft * (1 - Math.Exp(shock)))) / (2 * FeeLeft);
    }

    private Task<DevnetTransaction> MintTokensAsync(ulong deadline, CancellationToken cancel) =>
        _economy.MintByRouterAsync(_maker, MakerTokensTao * Tao, deadline, cancel);

    private async Task<BigInteger> WordAsync(Address contract, string data, CancellationToken cancel) =>
        Word((await _economy.Chain.Client.CallAsync([(contract, data)], cancel).ConfigureAwait(false))[0]);

    private static BigInteger Word(byte[] bytes) => AbiWords.BigInteger(bytes, 0);

    /// <summary>Normally distributed, by Box and Muller.</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
