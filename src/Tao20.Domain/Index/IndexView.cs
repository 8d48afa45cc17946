using System.Collections.Immutable;
using System.Numerics;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Domain.Index;

/// <summary>What can be proposed to an index's manager, numbered as the contract numbers it.</summary>
public enum ProposalKind : byte
{
    /// <summary>Other targets.</summary>
    Composition = 0,

    /// <summary>Another hotkey of a leg.</summary>
    Hotkey = 1,

    /// <summary>A leg that is missing is taken for what is left of it.</summary>
    WriteDown = 2,

    /// <summary>A router is listed, or no longer.</summary>
    Router = 3,

    /// <summary>Another fee.</summary>
    Fee = 4,

    /// <summary>Another owner.</summary>
    Owner = 5,

    /// <summary>Another guardian.</summary>
    Guardian = 6,
}

/// <summary>A proposal that waits.</summary>
/// <param name="Kind">What is proposed.</param>
/// <param name="Netuid">The leg; 0 where the kind is of no leg.</param>
/// <param name="Since">Since when, in Unix seconds.</param>
public readonly record struct PendingProposal(ProposalKind Kind, ushort Netuid, ulong Since);

/// <summary>A leg of an index, and what its subnet's price is.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="IsActive">Whether it has been bought or minted for: before, stake on it is not counted.</param>
/// <param name="Book">What was held at the end of the last operation that found it whole, in 1e-9 alpha.</param>
/// <param name="SteppedAt">When it was last traded towards its target, in Unix seconds; 0 for never.</param>
/// <param name="Hotkey">Where its stake is.</param>
/// <param name="Unit">What a token is to have of it, in 1e-9 alpha for 1e18; 0 of a leg that is left.</param>
/// <param name="Anchor">Its mean price when the composition was applied, in wei per alpha.</param>
/// <param name="Weight">Its weight in the composition, of 1e18.</param>
/// <param name="Held">What is held now, in 1e-9 alpha.</param>
/// <param name="SpotWei">The spot price in wei per alpha; 0 where there is none.</param>
/// <param name="MeanWei">The mean price in wei per alpha; null where there is none.</param>
/// <param name="ObservedAt">The block of the newest reading of its moving price; 0 for none.</param>
public sealed record IndexLeg(
    ushort Netuid,
    bool IsActive,
    BigInteger Book,
    ulong SteppedAt,
    Hash256 Hotkey,
    BigInteger Unit,
    BigInteger Anchor,
    BigInteger Weight,
    BigInteger Held,
    BigInteger SpotWei,
    BigInteger? MeanWei,
    ulong ObservedAt = 0
)
{
    /// <summary>What counts of it.</summary>
    public BigInteger Counted => IsActive ? Held : 0;

    /// <summary>Whether stake has gone that the index has not given.</summary>
    public bool IsMissing => IsActive && IsLess(Held, Book);

    /// <summary>
    /// Whether less is held than by the book, beyond what the chain rounds away: <c>held + 2 + book / 1e9 &lt; book</c> (source:
    /// Holdings.sol, isLess).
    /// </summary>
    public static bool IsLess(BigInteger held, BigInteger book) => held + 2 + book / 1_000_000_000 < book;
}

/// <summary>
/// An index at a block: its holdings, what they are to be, and how far it is on the way (source: Contracts/Index/Targets.sol).
/// </summary>
public sealed record IndexView
{
    /// <summary>How far a leg's spot price may be from its mean for a step, in hundredths of a percent.</summary>
    public const int BandBps = 200;

    /// <summary>How far its mean may be from what it was when the window opened, in hundredths of a percent.</summary>
    public const int AnchorBps = 2_000;

    /// <summary>TAO below this, in rao, buys nothing (source: Contracts/Index/Holdings.sol, MIN_TAO).</summary>
    public const ulong LeastTao = NavInputs.LeastTao;

    private const int Bps = 10_000;
    private const int NearBps = 50;
    private const int RoomBps = 600;
    private const int RoomParts = 8;
    private static readonly BigInteger One = BigInteger.Pow(10, 18);
    private static readonly BigInteger Rao = 1_000_000_000;
    private static readonly BigInteger Crumbs = 50_000_000;

    /// <summary>The block, and its time in Unix seconds.</summary>
    public required (ulong Number, ulong Time) Block { get; init; }

    /// <summary>Tokens there are, in 1e-18.</summary>
    public required BigInteger Supply { get; init; }

    /// <summary>The index's TAO in rao.</summary>
    public required BigInteger TaoRao { get; init; }

    /// <summary>Raised whenever positions in the list of legs change.</summary>
    public required ulong Revision { get; init; }

    /// <summary>The fee of a mint and of a redemption, in hundredths of a percent.</summary>
    public required int FeeBps { get; init; }

    /// <summary>NAV at spot prices, and at mean prices, in wei per token.</summary>
    public required (BigInteger Spot, BigInteger Reference) Nav { get; init; }

    /// <summary>Until when mint and steps are paused; 0 or past when they are not.</summary>
    public required ulong PausedUntil { get; init; }

    /// <summary>Until when the window is open; 0 when there is none.</summary>
    public required ulong WindowUntil { get; init; }

    /// <summary>What could be traded for in rao, and at which time; 0 when nothing has been traded yet.</summary>
    public required (BigInteger Rao, ulong Time) Room { get; init; }

    /// <summary>Seconds between two steps of a leg, and in which the room refills.</summary>
    public required (ulong Gap, ulong Day) Rules { get; init; }

    /// <summary>What keeps the mean prices.</summary>
    public required Address Means { get; init; }

    /// <summary>The blocks of the shortest span of a mean: after so many a moving price is read again.</summary>
    public required ulong ShortestSpan { get; init; }

    /// <summary>Who may propose, and who may take back and pause.</summary>
    public required (Address Manager, Address Owner, Address Guardian) Owners { get; init; }

    /// <summary>Seconds until a proposal can be executed, and from then until it is void.</summary>
    public required (ulong Delay, ulong Expiry) TimeLock { get; init; }

    /// <summary>Its legs, in the contract's order.</summary>
    public required ImmutableList<IndexLeg> Legs { get; init; }

    /// <summary>What is proposed.</summary>
    public required ImmutableList<PendingProposal> Pending { get; init; }

    /// <summary>Whether a window is open at the block's time.</summary>
    public bool IsOpen => WindowUntil > Block.Time;

    /// <summary>What is to be held of a leg, in 1e-9 alpha: <c>unit * supply / 1e18</c>.</summary>
    public BigInteger TargetOf(IndexLeg leg) => leg.Unit * Supply / One;

    /// <summary>
    /// Whether a leg is within half a percent of its target, or less than 0.05 TAO off: then it is not traded any further.
    /// </summary>
    public bool IsThere(IndexLeg leg)
    {
        var target = TargetOf(leg);
        var off = BigInteger.Abs(leg.Counted - target);
        return off * Bps <= target * NearBps || off * leg.Anchor / One < Crumbs;
    }

    /// <summary>
    /// What may be traded for now, in rao: 6 % of the value at mean prices a day, refilled evenly, and an eighth of it at the most.
    /// </summary>
    public BigInteger RoomNow
    {
        get
        {
            var ofDay = Nav.Reference * Supply / One / Rao * RoomBps / Bps;
            var most = ofDay / RoomParts;
            if (Room.Time == 0 || Rules.Day == 0)
                return most;
            var elapsed = Block.Time > Room.Time ? Block.Time - Room.Time : 0;
            return BigInteger.Min(most, Room.Rao + ofDay * elapsed / Rules.Day);
        }
    }
}
