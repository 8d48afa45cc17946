using System.Collections.Immutable;
using System.Numerics;

namespace Tao20.Chain.Tests.Index.Model;

/// <summary>A leg, as the contract keeps it.</summary>
internal sealed record LegModel(int Netuid, int Registration, int Hotkey)
{
    public bool IsActive { get; init; }
    public BigInteger Book { get; init; }
    public BigInteger SteppedAt { get; init; }
    public BigInteger Unit { get; init; }
    public BigInteger Anchor { get; init; }
    public BigInteger Weight { get; init; }
}

/// <summary>What there should be of a leg.</summary>
internal sealed record TargetModel(int Netuid, BigInteger Weight, int Hotkey);

/// <summary>
/// An index on a chain, both as they are at one time: the contract's rules, written a second time (source: the index contract's design,
/// sections 3, 4 and 6). Immutable: what is refused has done nothing.
/// </summary>
internal sealed partial record IndexModel(ChainModel Chain)
{
    /// <summary>The account of the index, and that of the dead shares.</summary>
    public const int Account = 100;

    public const int Dead = 101;
    private const int Bps = 10_000;
    public static readonly BigInteger One = BigInteger.Pow(10, 18);
    private static readonly BigInteger Rao = 1_000_000_000;
    private static readonly BigInteger MinTao = 20_000_000;
    private static readonly BigInteger Crumbs = 50_000_000;
    private static readonly BigInteger Million = 1_000_000;

    public ImmutableList<LegModel> Legs { get; init; } = [];
    public ImmutableDictionary<int, BigInteger> Tokens { get; init; } = ImmutableDictionary<int, BigInteger>.Empty;
    public BigInteger Supply { get; init; }
    public BigInteger FeeBps { get; init; } = 10;
    public int Revision { get; init; }
    public BigInteger Now { get; init; }
    public BigInteger WindowUntil { get; init; }
    public BigInteger Room { get; init; }
    public BigInteger RoomAt { get; init; }

    /// <summary>The mean price of each subnet in wei per alpha, and of which registration it is.</summary>
    public ImmutableDictionary<int, (BigInteger Mean, int Registration)> Means { get; init; } =
        ImmutableDictionary<int, (BigInteger, int)>.Empty;

    // ---- views -------------------------------------------------------------------------------------------------------------------------

    public BigInteger TaoHeld => Chain.TaoOf(Account) < MinTao ? 0 : Chain.TaoOf(Account);

    public BigInteger TokensOf(int account) => Tokens.GetValueOrDefault(account);

    public BigInteger Held(LegModel leg) => Chain.Stake(leg.Hotkey, Account, leg.Netuid);

    private static bool IsLess(BigInteger holds, BigInteger book) => holds + 2 + book / 1_000_000_000 < book;

    /// <summary>How a leg is at the beginning of an operation.</summary>
    private sealed record State(BigInteger Held, bool Counts, bool IsMissing, bool IsDissolving, bool IsKnown);

    private State StateOf(LegModel leg)
    {
        if (!leg.IsActive)
            return new State(0, false, false, false, true);
        var (held, subnet) = (Held(leg), Chain.Subnet(leg.Netuid));
        var missing = IsLess(held, leg.Book);
        return new State(held, held > 0 || missing, missing, !subnet.Exists, subnet.Registrations == leg.Registration);
    }

    private void RequireWhole(LegModel leg)
    {
        var state = StateOf(leg);
        Require(state is { IsKnown: true, IsDissolving: false, IsMissing: false });
    }

    private BigInteger NavAt(BigInteger tao) =>
        Legs.Select(leg => (Leg: leg, State: StateOf(leg)))
            .Where(one => one.State is { Counts: true, IsDissolving: false })
            .Aggregate(tao * Rao, (value, one) => value + one.State.Held * one.Leg.Anchor / Rao)
        * One
        / Supply;

    // ---- legs that come apart ----------------------------------------------------------------------------------------------------------

    public IndexModel Sync()
    {
        var index = this;
        for (var i = Legs.Count - 1; i >= 0; i--)
        {
            var (leg, subnet) = (Legs[i], Chain.Subnet(Legs[i].Netuid));
            var isGone = !subnet.Exists && Held(leg).IsZero && !Chain.IsQueued(leg.Netuid);
            if (subnet.Registrations > leg.Registration || isGone)
                index = index with { Legs = index.Legs.RemoveAt(i), Revision = index.Revision + 1 };
        }

        return index;
    }

    public IndexModel Follow(int netuid, int hotkey)
    {
        var leg = LegOf(netuid);
        Require(leg.IsActive && IsLess(Held(leg), leg.Book));
        var holds = Chain.Stake(hotkey, Account, netuid);
        Require(!IsLess(holds, leg.Book));
        return Set(leg, leg with { Hotkey = hotkey, Book = holds });
    }

    public IndexModel WriteDown(int netuid)
    {
        var leg = LegOf(netuid);
        Require(leg.IsActive && IsLess(Held(leg), leg.Book));
        return Set(leg, leg with { Book = Held(leg) });
    }

    public IndexModel SetHotkey(int netuid, int hotkey)
    {
        var leg = LegOf(netuid);
        var holds = Held(leg);
        Require(!leg.IsActive || !IsLess(holds, leg.Book));
        var before = Chain.Stake(hotkey, Account, netuid);
        var chain = holds > 0 ? Chain.Move(Account, Account, leg.Hotkey, hotkey, netuid, holds, transfers: false) : Chain;
        var after = chain.Stake(hotkey, Account, netuid);
        Require(!leg.IsActive || after + 1 >= before + holds);
        return (this with { Chain = chain }).Set(leg, leg with { Hotkey = hotkey, Book = after });
    }

    // ---- the first mint ----------------------------------------------------------------------------------------------------------------

    public IndexModel Begin(IEnumerable<TargetModel> targets) => targets.Aggregate(this, (index, target) => index.Add(target));

    public IndexModel Seed(int founder, BigInteger sent, BigInteger rao)
    {
        var chain = Chain.Pay(founder, Account, sent);
        foreach (var leg in Legs.DistinctBy(leg => leg.Hotkey))
            chain = chain.Buy(leg.Hotkey, Account, leg.Netuid, rao, ulong.MaxValue, allowsPartial: false);
        return this with { Chain = chain };
    }

    public IndexModel Genesis(int founder, IReadOnlyList<BigInteger> alpha)
    {
        var (index, total) = (this, BigInteger.Zero);
        for (var i = 0; i < alpha.Count; i++)
        {
            var leg = index.Legs[i];
            var before = index.Held(leg);
            index = index with
            {
                Chain = index.Chain.Move(founder, Account, leg.Hotkey, leg.Hotkey, leg.Netuid, alpha[i], transfers: true),
            };
            var (holds, mean) = (index.Held(leg), index.SteppingPrice(leg));
            total += (holds - before) * mean / Rao;
            index = index.Set(leg, leg with { IsActive = true, Book = holds, Anchor = mean });
        }

        return index.MintTo(Dead, 4 * One).MintTo(founder, total - 4 * One);
    }

    // ---- mint and redeem ---------------------------------------------------------------------------------------------------------------

    public IndexModel Mint(int caller, int revision, IReadOnlyList<BigInteger> alpha, int gifts, BigInteger least, BigInteger rao)
    {
        var index = (this with { Chain = Chain.Pay(caller, Account, rao) }).Sync();
        index.Require(index.Revision == revision && index.Legs.Count == alpha.Count);
        var supply = index.Supply;
        var tao = index.Chain.TaoOf(Account) - rao;
        tao = tao < MinTao ? 0 : tao;
        BigInteger? most = tao > 0 ? rao * supply / tao : null;
        var states = index.Legs.ConvertAll(index.StateOf);
        for (var i = 0; i < states.Count; i++)
        {
            index.RequireWhole(index.Legs[i]);
            if (states[i].Counts)
                most = Least(most, alpha[i] * supply / states[i].Held);
        }

        index.Require(most is { IsZero: false });
        var gross = most!.Value;
        for (var i = 0; i < states.Count; i++)
        {
            if (!states[i].Counts)
                continue;
            var (leg, held) = (index.Legs[i], states[i].Held);
            var wanted = (gifts >> i & 1) == 1 ? alpha[i] : BigInteger.Min(alpha[i], Up(most.Value * held, supply) + 1);
            index = index with { Chain = index.Chain.Move(caller, Account, leg.Hotkey, leg.Hotkey, leg.Netuid, wanted, transfers: true) };
            var holds = index.Held(leg);
            index = index.Set(leg, leg with { Book = holds });
            gross = BigInteger.Min(gross, (holds - held) * supply / held);
        }

        var due = tao > 0 ? Up(gross * tao, supply) : 0;
        var tokens = gross - Up(gross * index.FeeBps, Bps);
        index.Require(tokens > 0 && tokens >= least);
        return index.MintTo(caller, tokens).PayOut(caller, rao - due);
    }

    public IndexModel Redeem(int caller, int revision, BigInteger tokens, int sell, int leave, bool leavesTao, BigInteger minTao)
    {
        var index = Sync();
        index.Require(index.Revision == revision && tokens > 0 && (sell & leave) == 0 && (sell | leave) >> index.Legs.Count == 0);
        index.Require(TokensOf(caller) >= tokens);
        var (supply, paid) = (Supply, tokens - Up(tokens * FeeBps, Bps));
        var rao = leavesTao ? 0 : TaoHeld * paid / supply;
        var states = index.Legs.ConvertAll(index.StateOf);
        index = index with { Supply = supply - tokens, Tokens = Tokens.SetItem(caller, TokensOf(caller) - tokens) };
        for (var i = 0; i < states.Count; i++)
        {
            if (!states[i].Counts)
                continue;
            (index, var proceeds) = index.PayLeg(
                index.Legs[i],
                states[i],
                states[i].Held * paid / supply,
                caller,
                (sell >> i & 1) == 1,
                (leave >> i & 1) == 1
            );
            rao += proceeds;
        }

        index.Require(rao >= minTao);
        return index.PayOut(caller, rao);
    }

    private (IndexModel Index, BigInteger Rao) PayLeg(LegModel leg, State state, BigInteger alpha, int to, bool sells, bool leaves)
    {
        if (leaves)
            return (state is { IsMissing: false, IsDissolving: false } ? Set(leg, leg with { Book = state.Held }) : this, 0);
        Require(state is { IsMissing: false, IsDissolving: false });
        var chain = Chain;
        if (alpha > 0)
            chain = sells
                ? chain.Sell(leg.Hotkey, Account, leg.Netuid, alpha, 0, allowsPartial: false)
                : chain.Move(Account, to, leg.Hotkey, leg.Hotkey, leg.Netuid, alpha, transfers: true);
        var holds = chain.Stake(leg.Hotkey, Account, leg.Netuid);
        Require(state.Held <= holds + alpha + 1);
        return ((this with { Chain = chain }).Set(leg, leg with { Book = holds }), sells ? chain.TaoOf(Account) - Chain.TaoOf(Account) : 0);
    }

    // ---- inside ------------------------------------------------------------------------------------------------------------------------

    private IndexModel Add(TargetModel target)
    {
        Require(Chain.Subnet(target.Netuid).Registrations > 0);
        var leg = new LegModel(target.Netuid, Chain.Subnet(target.Netuid).Registrations, target.Hotkey) { Weight = target.Weight };
        return this with { Legs = Legs.Add(leg), Revision = Revision + 1 };
    }

    private IndexModel Set(LegModel leg, LegModel changed) =>
        this with
        {
            Legs = Legs.SetItem(Legs.FindIndex(one => one.Netuid == leg.Netuid), changed),
        };

    private LegModel LegOf(int netuid) => Legs.Find(leg => leg.Netuid == netuid) ?? throw new RefusedException("BadComposition");

    private IndexModel MintTo(int account, BigInteger tokens) =>
        this with
        {
            Supply = Supply + tokens,
            Tokens = Tokens.SetItem(account, TokensOf(account) + tokens),
        };

    private IndexModel PayOut(int to, BigInteger rao) =>
        rao < ChainModel.ExistentialDeposit ? this : this with { Chain = Chain.Pay(Account, to, rao) };

    private static BigInteger? Least(BigInteger? one, BigInteger other) => one is null || other < one ? other : one;

    private static BigInteger Up(BigInteger number, BigInteger divisor) => (number + divisor - 1) / divisor;

    private void Require(bool holds)
    {
        if (!holds)
            throw new RefusedException("refused");
    }
}
