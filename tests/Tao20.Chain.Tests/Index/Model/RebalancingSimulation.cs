using System.Numerics;

namespace Tao20.Chain.Tests.Index.Model;

/// <summary>Who else trades in a simulated window.</summary>
internal enum Others
{
    /// <summary>Arbitrageurs, who take each pool to what its alpha is worth elsewhere at the end of each block.</summary>
    Arbitrageurs,

    /// <summary>The same, and somebody who trades before and after each step.</summary>
    Sandwich,

    /// <summary>The same, and somebody who takes the price to the edge of the band before each step and back after it.</summary>
    Push,

    /// <summary>Somebody who takes the price there before each step, and nobody against it.</summary>
    PushAlone,
}

/// <summary>What a simulated window came to.</summary>
/// <param name="Days">How long it was open.</param>
/// <param name="Steps">How many steps were made.</param>
/// <param name="MovedTao">What was sold and bought together, in TAO.</param>
/// <param name="LossBps">What holders lost against the means, in hundredths of a percent of NAV.</param>
/// <param name="WorstDayBps">The same of the worst day.</param>
/// <param name="AttackerTao">What who trades around the steps has gained, in TAO.</param>
/// <param name="IsThere">Whether all legs arrived.</param>
internal sealed record SimulatedWindow(
    double Days,
    int Steps,
    double MovedTao,
    double LossBps,
    double WorstDayBps,
    double AttackerTao,
    bool IsThere
);

/// <summary>
/// An index of 20 legs on its way to another composition, in the model that the contract is held against: pools of 5,000 to 40,000 TAO,
/// prices that move by 6 % a day, a window of seven days in blocks of 403 s (source: the index contract's design, sections 6 and 9).
/// </summary>
internal sealed class RebalancingSimulation
{
    private const int Legs = 20;
    private const int Subnets = 23;
    private const int SecondsPerBlock = 403;
    private const int BlocksOfMean = 54;
    private const double DailyVolatility = 0.06;
    private const double WorthATrade = 0.0006;
    private const int Founder = 0;
    private const int Attacker = 1;
    private const int Arbitrageur = 2;
    private const double Tao = 1e9;
    private readonly Random _random;
    private readonly Others _others;
    private readonly double[] _fair;
    private readonly List<double>[] _prices;
    private readonly List<double> _lossOfDay = [];
    private IndexModel _index;
    private double _moved;
    private int _steps;
    private BigInteger _begun;

    private RebalancingSimulation(int seed, Others others)
    {
        (_random, _others) = (new Random(seed), others);
        _fair = [.. Enumerable.Range(0, Subnets).Select(_ => 0.02 + 0.3 * _random.NextDouble())];
        _prices = [.. _fair.Select(price => new List<double> { price })];
        var chain = new ChainModel { IsJune = false, Hotkeys = [0] };
        for (var i = 0; i < Subnets; i++)
        {
            var tao = 5_000 + 35_000 * _random.NextDouble();
            var pool = SubnetModel.Registered(1).Pool with { Tao = (BigInteger)(tao * Tao), Alpha = (BigInteger)(tao / _fair[i] * Tao) };
            chain = chain.With(Netuid(i), _ => SubnetModel.Registered(1) with { Pool = pool });
            for (var account = 0; account < 3; account++)
                chain = chain.Increase(0, account, Netuid(i), (BigInteger)(1e6 * Tao));
        }

        for (var account = 0; account < 3; account++)
            chain = chain.Credit(account, (BigInteger)(1e7 * Tao));
        _index = new IndexModel(chain.Credit(IndexModel.Account, 500)) { Now = 1_000_000_000 };
        _index = WithMeans(_index).Begin(Targets(Enumerable.Range(0, Legs)));
        _index = _index.Genesis(
            Founder,
            [.. _index.Legs.Select((leg, i) => (BigInteger)((double)leg.Weight / 1e18 * 10_000 / _fair[i] * Tao))]
        );
        for (var block = 0; block < BlocksOfMean; block++)
            EndBlock();
    }

    /// <summary>Simulates a window.</summary>
    /// <param name="seed">Same seed, same prices.</param>
    /// <param name="others">Who else trades.</param>
    /// <param name="blocks">How many blocks it may take.</param>
    public static SimulatedWindow Run(int seed, Others others, int blocks) => new RebalancingSimulation(seed, others).Run(blocks);

    private SimulatedWindow Run(int blocks)
    {
        _index = _index.SetTargets(Targets(Enumerable.Range(3, Legs)), _index.Now + 7 * 86_400);
        _begun = _index.Now;
        var nav = Nav();
        var (tao, alpha) = Of(Attacker);
        for (var block = 0; block < blocks && _index.WindowUntil > 0; block++)
        {
            foreach (var netuid in _index.Legs.Select(leg => leg.Netuid).OrderBy(_ => _random.Next()).ToList())
                Step(netuid);
            EndBlock();
        }

        var (after, alphaAfter) = Of(Attacker);
        var gained = after - tao + alpha.Zip(alphaAfter).Select((one, i) => (one.Second - one.First) * Price(i)).Sum();
        return new SimulatedWindow(
            (double)(_index.Now - _begun) / 86_400,
            _steps,
            _moved,
            _lossOfDay.Sum() / nav * 1e4,
            _lossOfDay.Count == 0 ? 0 : _lossOfDay.Max() / nav * 1e4,
            gained,
            _index.WindowUntil.IsZero
        );
    }

    private void Step(int netuid)
    {
        var leg = _index.Legs.Find(one => one.Netuid == netuid);
        if (leg is null || _index.WindowUntil.IsZero)
            return;
        var (target, i) = (leg.Unit * _index.Supply / IndexModel.One, netuid - 1);
        var sells = leg.IsActive && _index.Held(leg) > target;
        var (start, stake) = (_index, _index.Chain.Stake(0, Attacker, netuid));
        Attack(i, sells, before: true);
        if (Try(index => index.Step(netuid)) is { } stepped)
        {
            var (before, after) = (leg.IsActive ? _index.Held(leg) : 0, stepped.Chain.Stake(0, IndexModel.Account, netuid));
            var tao = (double)(stepped.Chain.TaoOf(IndexModel.Account) - _index.Chain.TaoOf(IndexModel.Account)) / Tao;
            var day = (int)((stepped.Now - _begun) / 86_400);
            while (_lossOfDay.Count <= day)
                _lossOfDay.Add(0);
            _lossOfDay[day] -= tao + (double)(after - before) / Tao * Mean(i);
            (_index, _moved, _steps) = (stepped, _moved + Math.Abs(tao), _steps + 1);
            Attack(i, sells, before: false, stake);
        }
        else
        {
            _index = start;
        }
    }

    /// <summary>Trades as the step will, and takes it back.</summary>
    private void Attack(int i, bool sells, bool before, BigInteger stake = default)
    {
        if (_others == Others.Arbitrageurs)
            return;
        var netuid = Netuid(i);
        if (!before)
        {
            var moved = _index.Chain.Stake(0, Attacker, netuid) - stake;
            Trade(
                Attacker,
                netuid,
                buys: moved < 0,
                amount: moved < 0 ? (double)-moved / Tao * Price(i) * 1.01 : (double)moved / Tao,
                limit: null
            );
            return;
        }

        var edge = Mean(i) * (sells ? 0.981 : 1.019);
        var size = (double)_index.Chain.Subnet(netuid).Pool.Tao / Tao * (_others == Others.Sandwich ? 0.01 * _random.NextDouble() : 1);
        if (sells ? Price(i) > edge : Price(i) < edge)
            Trade(Attacker, netuid, buys: !sells, sells ? size / Price(i) : size, edge);
    }

    private void EndBlock()
    {
        _index = _index with { Now = _index.Now + SecondsPerBlock };
        for (var i = 0; i < Subnets; i++)
        {
            _fair[i] *= Math.Exp(Normal() * DailyVolatility * Math.Sqrt(SecondsPerBlock / 86_400.0));
            if (_others != Others.PushAlone && Math.Abs(_fair[i] / Price(i) - 1) > WorthATrade)
                Trade(Arbitrageur, Netuid(i), buys: _fair[i] > Price(i), 1e5, _fair[i]);
            _prices[i].Add(Price(i));
        }

        _index = WithMeans(_index);
    }

    private void Trade(int account, int netuid, bool buys, double amount, double? limit)
    {
        var rao = limit is { } price ? (BigInteger)(price * 1e9) : (buys ? BigInteger.Pow(10, 15) : 1_000);
        var size = (BigInteger)(amount * Tao);
        var traded = Try(index =>
            index with
            {
                Chain = buys
                    ? index.Chain.Buy(0, account, netuid, size, rao, allowsPartial: true)
                    : index.Chain.Sell(
                        0,
                        account,
                        netuid,
                        BigInteger.Min(size, index.Chain.Stake(0, account, netuid)),
                        rao,
                        allowsPartial: true
                    ),
            }
        );
        _index = traded ?? _index;
    }

    private IndexModel? Try(Func<IndexModel, IndexModel> change) =>
        ModelTests.Try(_index, new Operation("", change, _ => throw new NotSupportedException()));

    private List<TargetModel> Targets(IEnumerable<int> subnets)
    {
        var parts = subnets.Select(i => (i, Part: 0.5 + _random.NextDouble())).ToList();
        var sum = parts.Sum(one => one.Part);
        var weights = parts.ConvertAll(one => (BigInteger)(one.Part / sum * 1e18));
        weights[^1] += weights.Aggregate(IndexModel.One, (rest, weight) => rest - weight);
        return [.. parts.Zip(weights, (one, weight) => new TargetModel(Netuid(one.i), weight, 0))];
    }

    private IndexModel WithMeans(IndexModel index) =>
        Enumerable
            .Range(0, Subnets)
            .Aggregate(index, (all, i) => all with { Means = all.Means.SetItem(Netuid(i), ((BigInteger)(Mean(i) * 1e18), 1)) });

    private (double Tao, List<double> Alpha) Of(int account) =>
        (
            (double)_index.Chain.TaoOf(account) / Tao,
            [.. Enumerable.Range(0, Subnets).Select(i => (double)_index.Chain.Stake(0, account, Netuid(i)) / Tao)]
        );

    private double Nav() => _index.Legs.Sum(leg => (double)_index.Held(leg) / Tao * Mean(leg.Netuid - 1)) + (double)_index.TaoHeld / Tao;

    private double Price(int i) => (double)_index.Chain.SpotWei(Netuid(i)) / 1e18;

    private double Mean(int i) => _prices[i].TakeLast(BlocksOfMean).Average();

    private static int Netuid(int i) => i + 1;

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
