using System.Numerics;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

/// <summary>How the scripted traders behave.</summary>
/// <param name="Seed">Same seed, same trades.</param>
/// <param name="SecondsPerBlock">How much chain time a block takes.</param>
public sealed record TraderScript(int Seed, int SecondsPerBlock)
{
    /// <summary>Whether the keeper has mean prices observed.</summary>
    public bool Observes { get; init; } = true;

    /// <summary>How many of the miners, the last ones, trade for their volume alone.</summary>
    public int Washers { get; init; }

    /// <summary>The volume that each of these makes in an hour's epoch, in TAO.</summary>
    public int WashTao { get; init; }

    /// <summary>How they make it. Where tokens are passed, each second of them is who gets them.</summary>
    public WashKind WashBy { get; init; }
}

/// <summary>
/// Miners that mint and redeem in kind by a seeded script: ordinary trades, and among them dust, bursts of a dozen in one block, and
/// round trips that undo a trade in the same block or the next; the last of them may trade for volume alone. The keeper advances the
/// epoch when its hour is over and moves prices a little.
/// </summary>
/// <remarks>Blocks are mined by the script, so that the same seed gives the same chain however fast the machine is.</remarks>
public sealed class ScriptedTraders(Economy economy, TraderScript script, ulong startTime)
{
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private const int BlocksBetweenReadings = 5;
    private readonly Random _random = new(script.Seed);
    private readonly Dictionary<Address, BigInteger> _toUndo = [];
    private readonly List<WashScript> _washers = [.. Enumerable.Range(0, script.Washers).Select(i => WashScriptOf(economy, script, i))];
    private ulong _epochEnds = startTime + 3600;
    private int _blocks;

    /// <summary>The time of the latest block, in Unix seconds.</summary>
    public ulong Time { get; private set; } = startTime;

    /// <summary>How many trades were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Plays one block in which nobody else does anything.</summary>
    public Task StepAsync(CancellationToken cancel) => StepAsync([], cancel);

    /// <summary>Plays one block: decides, sends, mines.</summary>
    /// <param name="others">What others do in the same block, after the traders.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task StepAsync(IEnumerable<DevnetTransaction> others, CancellationToken cancel)
    {
        Time += (ulong)script.SecondsPerBlock;
        var nav = await economy.NavAsync(cancel).ConfigureAwait(false);
        var balances = await economy.BalancesAsync(cancel).ConfigureAwait(false);
        var deadline = Time + 600;
        List<DevnetTransaction> transactions = [economy.MoveMovingPrices(), .. EpochEnd()];
        if (script.Observes && _blocks % BlocksBetweenReadings == 0)
            transactions.Add(economy.Observe());
        for (var i = 0; i < economy.Miners.Count; i++)
        {
            var washer = i - (economy.Miners.Count - _washers.Count);
            var trades = (
                washer >= 0
                    ? _washers[washer].Trades(economy, economy.Miners[i], balances[i], nav, Time, deadline)
                    : Trades(economy.Miners[i], i, balances[i], nav, deadline)
            ).ToList();
            Sent += trades.Count;
            transactions.AddRange(trades);
        }

        if (_random.Next(4) == 0)
            transactions.Add(economy.Buy(economy.Live[_random.Next(economy.Live.Count)], (ulong)_random.Next(1, 200) * 1_000_000_000));
        transactions.Add(economy.Emit(economy.Live[_blocks++ % economy.Live.Count]));
        transactions.AddRange(others);
        await economy.Chain.Client.SubmitAsync(transactions, cancel).ConfigureAwait(false);
        await economy.Chain.Client.MineAsync(Time, cancel).ConfigureAwait(false);
    }

    /// <summary>Ends the running epoch if its hour is over, and mines until everything before is final.</summary>
    public async Task FinishAsync(CancellationToken cancel)
    {
        Time = Math.Max(Time + 1, _epochEnds);
        await economy.Chain.Client.SubmitAsync([.. EpochEnd()], cancel).ConfigureAwait(false);
        for (var i = 0; i < 4; i++)
            await economy.Chain.Client.MineAsync(Time++, cancel).ConfigureAwait(false);
    }

    /// <summary>A block in which nobody trades.</summary>
    public Task PassAsync(CancellationToken cancel) => economy.Chain.Client.MineAsync(Time += (ulong)script.SecondsPerBlock, cancel);

    private IEnumerable<DevnetTransaction> EpochEnd()
    {
        if (Time < _epochEnds)
            return [];
        _epochEnds = Time + 3600;
        return [economy.AdvanceEpoch()];
    }

    private IEnumerable<DevnetTransaction> Trades(Address miner, int index, BigInteger balance, NavReading.Available nav, ulong deadline)
    {
        if (_toUndo.Remove(miner, out var tokens) && tokens <= balance)
            return [economy.Redeem(miner, tokens, nav, deadline)];

        // Later miners trade less often: the ranking has something to rank.
        if (_random.Next(100) >= 70 - 8 * Math.Min(index, 7))
            return [];
        switch (_random.Next(20))
        {
            case 0:
                return [economy.Mint(miner, Tao * _random.Next(5, 10) / 1000, nav, deadline)];
            case 1:
                return Enumerable.Range(0, 12).Select(_ => economy.Mint(miner, Amount(), nav, deadline)).ToList();
            case 2 when balance > Tao:
                return [economy.Redeem(miner, balance / 4, nav, deadline), economy.Mint(miner, balance / 4, nav, deadline)];
            case 3 or 4:
                var value = Amount();
                _toUndo[miner] = value * 995 / 1000;
                return [economy.Mint(miner, value, nav, deadline)];
            case < 11 when balance > Tao / 2:
                return [economy.Redeem(miner, balance * _random.Next(10, 60) / 100, nav, deadline)];
            default:
                return [economy.Mint(miner, Amount(), nav, deadline)];
        }
    }

    private static WashScript WashScriptOf(Economy economy, TraderScript script, int i)
    {
        var passes = script.WashBy == WashKind.Pass;
        var mints = !passes || i % 2 == 0;
        return new WashScript(
            script.WashTao,
            script.SecondsPerBlock,
            passes && mints ? economy.Miners[^(script.Washers - i - 1)] : null,
            mints,
            script.Seed + 1 + i
        );
    }

    private BigInteger Amount() => Tao * _random.Next(100, 8_000) / 1000;
}
