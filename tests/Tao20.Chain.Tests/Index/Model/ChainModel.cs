using System.Collections.Immutable;
using System.Numerics;

namespace Tao20.Chain.Tests.Index.Model;

/// <summary>What all with a hotkey on a subnet hold together, and the shares it is divided into.</summary>
internal readonly record struct SharePoolModel(BigInteger Value, BigInteger Shares);

/// <summary>A subnet.</summary>
internal sealed record SubnetModel
{
    public bool Exists { get; init; }
    public bool SubtokenEnabled { get; init; }
    public bool TransfersOff { get; init; }
    public bool IsDynamic { get; init; }
    public int Registrations { get; init; }
    public int Dissolution { get; init; }
    public PoolModel Pool { get; init; } = new(0, 0, 0, 0);

    /// <summary>A subnet as it is registered.</summary>
    public static SubnetModel Registered(int registrations) =>
        new()
        {
            Exists = true,
            SubtokenEnabled = true,
            IsDynamic = true,
            Registrations = registrations,
            Pool = new PoolModel(0, 0, PoolModel.Weights / 2, 33),
        };
}

/// <summary>
/// Subtensor as the mock has it, as far as an index meets it: pools, stakes by shares, TAO, transfers, swaps, dissolution (source:
/// Contracts/Subtensor/Stakes.sol, Swaps.sol, StakingPrecompile.sol, Dissolution.sol). Immutable: what fails has done nothing.
/// </summary>
internal sealed partial record ChainModel
{
    private const int SharesPerAlphaDigits = 18;
    private static readonly BigInteger MinStake = 2_000_000;
    private static readonly BigInteger NominatorMinStake = 20_000_000;
    private static readonly BigInteger MostAlpha = ulong.MaxValue;

    /// <summary>What every account keeps, in rao.</summary>
    public static readonly BigInteger ExistentialDeposit = 500;

    /// <summary>Whether more than there is moves what there is (425); otherwise it fails (473), and subnets end step by step.</summary>
    public required bool IsJune { get; init; }

    public ImmutableDictionary<int, SubnetModel> Subnets { get; init; } = ImmutableDictionary<int, SubnetModel>.Empty;
    public ImmutableDictionary<int, BigInteger> Tao { get; init; } = ImmutableDictionary<int, BigInteger>.Empty;
    public ImmutableHashSet<int> Hotkeys { get; init; } = [];
    public ImmutableList<int> Dissolving { get; init; } = [];
    private ImmutableDictionary<(int Hotkey, int Netuid), SharePoolModel> Pools { get; init; } =
        ImmutableDictionary<(int, int), SharePoolModel>.Empty;
    private ImmutableDictionary<(int Hotkey, int Netuid, int Account), BigInteger> Shares { get; init; } =
        ImmutableDictionary<(int, int, int), BigInteger>.Empty;
    private ImmutableDictionary<int, ImmutableList<(int Hotkey, int Account)>> Holders { get; init; } =
        ImmutableDictionary<int, ImmutableList<(int, int)>>.Empty;
    private ImmutableDictionary<int, int> Settled { get; init; } = ImmutableDictionary<int, int>.Empty;

    private BigInteger MinTransfer => IsJune ? 2_000_000 : 100_000;

    public SubnetModel Subnet(int netuid) => Subnets.GetValueOrDefault(netuid) ?? new SubnetModel();

    public ChainModel With(int netuid, Func<SubnetModel, SubnetModel> change) =>
        this with
        {
            Subnets = Subnets.SetItem(netuid, change(Subnet(netuid))),
        };

    // ---- views -------------------------------------------------------------------------------------------------------------------------

    public BigInteger TaoOf(int account) => Tao.GetValueOrDefault(account);

    public BigInteger Stake(int hotkey, int account, int netuid) =>
        Pools.GetValueOrDefault((hotkey, netuid)) is { Shares.IsZero: false } pool
            ? Shares.GetValueOrDefault((hotkey, netuid, account)) * pool.Value / pool.Shares
            : 0;

    public BigInteger PriceOf(int netuid) => Subnet(netuid).IsDynamic ? Subnet(netuid).Pool.Price : PoolModel.One;

    /// <summary>The spot price in wei per alpha.</summary>
    public BigInteger SpotWei(int netuid) => ((PriceOf(netuid) * 1_000_000_000) >> 64) * 1_000_000_000;

    public bool IsQueued(int netuid) => Dissolving.Contains(netuid);

    // ---- TAO ---------------------------------------------------------------------------------------------------------------------------

    public ChainModel Pay(int from, int to, BigInteger rao)
    {
        Require(TaoOf(from) >= rao, "InsufficientBalance");
        return from == to ? this : (this with { Tao = Tao.SetItem(from, TaoOf(from) - rao) }).Credit(to, rao);
    }

    public ChainModel Credit(int account, BigInteger rao) => this with { Tao = Tao.SetItem(account, TaoOf(account) + rao) };

    // ---- stake -------------------------------------------------------------------------------------------------------------------------

    public ChainModel Increase(int hotkey, int account, int netuid, BigInteger alpha)
    {
        if (alpha.IsZero)
            return this;
        var pool = Pools.GetValueOrDefault((hotkey, netuid));
        var added = pool.Shares.IsZero ? alpha * BigInteger.Pow(10, SharesPerAlphaDigits) : alpha * pool.Shares / pool.Value;
        var holders = Holders.GetValueOrDefault(netuid) ?? [];
        return this with
        {
            Pools = Pools.SetItem((hotkey, netuid), new SharePoolModel(pool.Value + alpha, pool.Shares + added)),
            Shares = Shares.SetItem((hotkey, netuid, account), Shares.GetValueOrDefault((hotkey, netuid, account)) + added),
            Holders = holders.Contains((hotkey, account)) ? Holders : Holders.SetItem(netuid, holders.Add((hotkey, account))),
        };
    }

    private ChainModel Decrease(int hotkey, int account, int netuid, BigInteger alpha)
    {
        var pool = Pools.GetValueOrDefault((hotkey, netuid));
        var has = Shares.GetValueOrDefault((hotkey, netuid, account));
        var gone = alpha >= Stake(hotkey, account, netuid) ? has : BigInteger.Min(has, (alpha * pool.Shares + pool.Value - 1) / pool.Value);
        var left = pool.Shares - gone;
        return this with
        {
            Pools = Pools.SetItem((hotkey, netuid), new SharePoolModel(left.IsZero ? 0 : pool.Value - alpha, left)),
            Shares = Shares.SetItem((hotkey, netuid, account), has - gone),
        };
    }

    /// <summary>Emission to a hotkey: what everybody holds with it grows.</summary>
    public ChainModel Emit(int hotkey, int netuid, BigInteger alpha)
    {
        var pool = Pools.GetValueOrDefault((hotkey, netuid));
        return pool.Shares.IsZero ? this : this with { Pools = Pools.SetItem((hotkey, netuid), pool with { Value = pool.Value + alpha }) };
    }

    /// <summary>A hotkey's owner moves all stake with it on a subnet to another hotkey, which nobody has staked with there.</summary>
    public ChainModel SwapHotkey(int hotkey, int successor, int netuid)
    {
        var (chain, held) = (this, Holders.GetValueOrDefault(netuid) ?? []);
        foreach (var (_, account) in held.Where(one => one.Hotkey == hotkey))
        {
            chain = chain with
            {
                Shares = chain
                    .Shares.SetItem((successor, netuid, account), chain.Shares.GetValueOrDefault((hotkey, netuid, account)))
                    .SetItem((hotkey, netuid, account), 0),
            };
        }

        return chain with
        {
            Hotkeys = Hotkeys.Add(successor),
            Holders = Holders.SetItem(netuid, [.. held.Select(one => one.Hotkey == hotkey ? (successor, one.Account) : one)]),
            Pools = Pools.SetItem((successor, netuid), Pools.GetValueOrDefault((hotkey, netuid))).SetItem((hotkey, netuid), default),
        };
    }

    /// <summary>Moves stake on a subnet to another account or another hotkey: both transfers and moves.</summary>
    public ChainModel Move(int from, int to, int fromHotkey, int toHotkey, int netuid, BigInteger alpha, bool transfers)
    {
        var has = Stake(fromHotkey, from, netuid);
        if (alpha > has && (IsJune || alpha == MostAlpha))
            alpha = has;
        var subnet = Subnet(netuid);
        Require(from != to || fromHotkey != toHotkey, "SameNetuid");
        Require(subnet is { Exists: true, SubtokenEnabled: true }, "SubnetNotExists");
        Require(Hotkeys.Contains(fromHotkey) && Hotkeys.Contains(toHotkey), "HotKeyAccountNotExists");
        Require(alpha <= has, "NotEnoughStakeToWithdraw");
        Require(!transfers || !subnet.TransfersOff, "TransferDisallowed");
        Require((PriceOf(netuid) * alpha) >> 64 >= MinTransfer, "AmountTooLow");
        return Decrease(fromHotkey, from, netuid, alpha).Increase(toHotkey, to, netuid, alpha);
    }

    // ---- swaps -------------------------------------------------------------------------------------------------------------------------

    /// <summary>Buys for TAO of an account.</summary>
    public ChainModel Buy(int hotkey, int account, int netuid, BigInteger rao, BigInteger limitRao, bool allowsPartial)
    {
        var (subnet, limit) = (Subnet(netuid), PoolModel.Limit(limitRao));
        Require(!subnet.IsDynamic || rao <= 1_000 * subnet.Pool.Tao, "InsufficientLiquidity");
        var most = MostUntil(netuid, true, limitRao);
        Require(subnet is { Exists: true, SubtokenEnabled: true }, "SubnetNotExists");
        Require(rao >= MinStake + Simulate(netuid, true, MinStake).Fee, "AmountTooLow");
        Require(allowsPartial || rao <= most, "SlippageTooHigh");
        rao = BigInteger.Min(rao, most);
        Require(TaoOf(account) >= rao, "NotEnoughBalanceToStake");
        Require(Hotkeys.Contains(hotkey), "HotKeyAccountNotExists");
        var simulated = Simulate(netuid, true, rao);
        Require(simulated.PaidIn >= MinStake && simulated.PaidOut > 0, "AmountTooLow");
        rao = BigInteger.Min(rao, BigInteger.Max(0, TaoOf(account) - ExistentialDeposit));
        Require(rao > 0, "InsufficientBalance");
        var (chain, swapped) = Exchange(netuid, true, rao, limit, dropsFee: false);
        Require(swapped.PaidOut > 0, "AmountTooLow");
        return (chain with { Tao = chain.Tao.SetItem(account, TaoOf(account) - rao) }).Increase(hotkey, account, netuid, swapped.PaidOut);
    }

    /// <summary>Sells alpha of an account; a rest that is too little for a nomination goes along.</summary>
    public ChainModel Sell(int hotkey, int account, int netuid, BigInteger alpha, BigInteger limitRao, bool allowsPartial)
    {
        var subnet = Subnet(netuid);
        Require(!subnet.IsDynamic || alpha <= 1_000 * subnet.Pool.Alpha, "InsufficientLiquidity");
        var most = MostUntil(netuid, false, limitRao);
        Require(subnet.Exists, "SubnetNotExists");
        var has = Stake(hotkey, account, netuid);
        Require(alpha > 0 && alpha <= has, "NotEnoughStakeToWithdraw");
        Require(Simulate(netuid, false, alpha).PaidOut >= MinStake || alpha == has, "AmountTooLow");
        Require(allowsPartial || alpha <= most, "SlippageTooHigh");
        Require(Hotkeys.Contains(hotkey), "HotKeyAccountNotExists");
        var chain = Unstake(hotkey, account, netuid, BigInteger.Min(alpha, most), PoolModel.Limit(limitRao));
        var (rest, price) = (chain.Stake(hotkey, account, netuid), chain.PriceOf(netuid));
        if (rest.IsZero || price.IsZero || rest >= (NominatorMinStake << 64) / price)
            return chain;
        try
        {
            _ = chain.Simulate(netuid, false, rest);
        }
        catch (RefusedException)
        {
            return chain.Decrease(hotkey, account, netuid, rest);
        }

        return chain.Unstake(hotkey, account, netuid, rest, PoolModel.MinPrice);
    }

    private ChainModel Unstake(int hotkey, int account, int netuid, BigInteger alpha, BigInteger limit)
    {
        var (chain, swapped) = Decrease(hotkey, account, netuid, alpha).Exchange(netuid, false, alpha, limit, dropsFee: false);
        chain = chain.Increase(hotkey, account, netuid, alpha - swapped.PaidIn - swapped.Fee);
        if (swapped.Fee > 0)
            (chain, _) = chain.Exchange(netuid, false, swapped.Fee, PoolModel.MinPrice, dropsFee: true);
        return chain.Credit(account, swapped.PaidOut);
    }

    private (ChainModel Chain, Swapped Swapped) Exchange(int netuid, bool buys, BigInteger amount, BigInteger limit, bool dropsFee)
    {
        var pool = Subnet(netuid).Pool;
        var swapped = pool.Swap(buys, amount, limit, dropsFee);
        var after = buys
            ? pool with
            {
                Tao = pool.Tao + swapped.PaidIn,
                Alpha = pool.Alpha - swapped.PaidOut,
            }
            : pool with
            {
                Tao = pool.Tao - swapped.PaidOut,
                Alpha = pool.Alpha + swapped.PaidIn,
            };
        return (With(netuid, subnet => subnet with { Pool = after }), swapped);
    }

    private Swapped Simulate(int netuid, bool buys, BigInteger amount)
    {
        var subnet = Subnet(netuid);
        return subnet.IsDynamic
            ? subnet.Pool.Swap(buys, amount, buys ? PoolModel.MaxPrice : PoolModel.MinPrice, dropsFee: false)
            : new Swapped(subnet.Exists ? amount : 0, subnet.Exists ? amount : 0, 0);
    }

    private BigInteger MostUntil(int netuid, bool buys, BigInteger limitRao)
    {
        var subnet = Subnet(netuid);
        if (!subnet.IsDynamic)
            return (buys ? limitRao >= 1_000_000_000 : limitRao <= 1_000_000_000) ? MostAlpha : 0;
        var swapped = subnet.Pool.Swap(
            buys,
            1_000 * (buys ? subnet.Pool.Tao : subnet.Pool.Alpha),
            PoolModel.Limit(limitRao),
            dropsFee: false
        );
        return swapped.PaidIn + swapped.Fee;
    }

    private static void Require(bool holds, string why)
    {
        if (!holds)
            throw new RefusedException(why);
    }
}
