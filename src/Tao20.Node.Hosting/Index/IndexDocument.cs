using System.Globalization;
using System.Numerics;
using Tao20.Chain.Substrate;
using Tao20.Domain.Index;
using Tao20.Node.Accounts;

namespace Tao20.Node.Index;

/// <summary>A leg of an index: what <c>tao20 index show</c> prints.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="State"><c>held</c>, <c>inactive</c> (not bought yet), <c>leaving</c> (not in the composition) or <c>missing</c>.</param>
/// <param name="Hotkey">Where its stake is, as SS58.</param>
/// <param name="Weight">Its weight in the composition, of 1e18.</param>
/// <param name="HeldRao">What is held, in 1e-9 alpha.</param>
/// <param name="TargetRao">What is to be held, in 1e-9 alpha; null while no composition has been applied to it.</param>
/// <param name="IsThere">Whether it is near enough not to be traded any further.</param>
/// <param name="SpotWei">The spot price in wei per alpha; null where there is none.</param>
/// <param name="MeanWei">The mean price in wei per alpha; null where there is none.</param>
/// <param name="SteppedAt">When it was last traded, in Unix seconds; null for never.</param>
internal sealed record IndexLegDocument(
    ushort Netuid,
    string State,
    string Hotkey,
    string Weight,
    string HeldRao,
    string? TargetRao,
    bool IsThere,
    string? SpotWei,
    string? MeanWei,
    ulong? SteppedAt
);

/// <summary>A proposal that waits: what, of which leg, since when, and between which times it can be executed, in Unix seconds.</summary>
internal sealed record ProposalDocument(string Kind, ushort? Netuid, ulong Since, ulong Due, ulong Expires);

/// <summary>An index at a block: what <c>tao20 index show</c> prints.</summary>
internal sealed record IndexDocument(
    ulong Block,
    ulong Time,
    string SupplyWei,
    string TaoRao,
    string NavWei,
    string ReferenceNavWei,
    int FeeBps,
    ulong Revision,
    ulong? PausedUntil,
    ulong? WindowUntil,
    string RoomRao,
    string Manager,
    string Owner,
    string Guardian,
    IReadOnlyList<IndexLegDocument> Legs,
    IReadOnlyList<ProposalDocument> Pending
)
{
    private static readonly ulong LastTime = (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static IndexDocument Of(IndexView index) =>
        new(
            index.Block.Number,
            index.Block.Time,
            Text(index.Supply),
            Text(index.TaoRao),
            Text(index.Nav.Spot),
            Text(index.Nav.Reference),
            index.FeeBps,
            index.Revision,
            index.PausedUntil > index.Block.Time ? index.PausedUntil : null,
            index.IsOpen ? index.WindowUntil : null,
            Text(index.RoomNow),
            index.Owners.Manager.ToString(),
            index.Owners.Owner.ToString(),
            index.Owners.Guardian.ToString(),
            [.. index.Legs.Select(leg => Of(index, leg))],
            [.. index.Pending.Select(proposal => Of(index, proposal))]
        );

    /// <summary>The same for people.</summary>
    public static IEnumerable<string> Lines(IndexView index)
    {
        var document = Of(index);
        yield return $"block        {document.Block}, {At(document.Time)}";
        yield return $"supply       {Amount(index.Supply, 18)} TAO20, NAV {Amount(index.Nav.Spot, 18)} at spot, "
            + $"{Amount(index.Nav.Reference, 18)} at mean prices";
        yield return $"TAO          {Amount(index.TaoRao, 9)}";
        yield return string.Create(CultureInfo.InvariantCulture, $"fee          {index.FeeBps / 100m:0.00} %, at mint and at redemption");
        yield return document.WindowUntil is { } until
            ? $"window       open until {At(until)}; {Amount(index.RoomNow, 9)} TAO may be traded for now"
            : "window       none: nothing is traded";
        if (document.PausedUntil is { } paused)
            yield return $"paused       mint and steps, until {At(paused)}";
        yield return $"manager      {document.Manager}, owner {document.Owner}, guardian {document.Guardian}";
        yield return "";
        yield return "   netuid  state        weight                held              target          spot          mean  hotkey";
        foreach (var (leg, shown) in index.Legs.Zip(document.Legs))
        {
            yield return string.Join(
                "  ",
                leg.Netuid.ToString(CultureInfo.InvariantCulture).PadLeft(9),
                shown.State.PadRight(8),
                ((decimal)leg.Weight / 1e16m).ToString("0.00", CultureInfo.InvariantCulture).PadLeft(7) + " %",
                Amount(leg.Held, 9).PadLeft(18),
                (shown.TargetRao is null ? "-" : Amount(index.TargetOf(leg), 9)).PadLeft(18),
                Price(leg.SpotWei).PadLeft(12),
                Price(leg.MeanWei ?? 0).PadLeft(12),
                shown.Hotkey
            );
        }

        foreach (var proposal in document.Pending)
        {
            yield return $"proposed     {proposal.Kind}{(proposal.Netuid is { } netuid ? $" of subnet {netuid}" : "")}: can be executed "
                + $"from {At(proposal.Due)} to {At(proposal.Expires)}";
        }
    }

    private static IndexLegDocument Of(IndexView index, IndexLeg leg) =>
        new(
            leg.Netuid,
            leg switch
            {
                { IsMissing: true } => "missing",
                { IsActive: false } => "inactive",
                { Weight.IsZero: true } => "leaving",
                _ => "held",
            },
            Ss58.Encode(leg.Hotkey),
            Text(leg.Weight),
            Text(leg.Held),
            leg.Unit.IsZero && leg.Weight > 0 ? null : Text(index.TargetOf(leg)),
            index.IsThere(leg),
            leg.SpotWei.IsZero ? null : Text(leg.SpotWei),
            leg.MeanWei is { } mean ? Text(mean) : null,
            leg.SteppedAt == 0 ? null : leg.SteppedAt
        );

    private static ProposalDocument Of(IndexView index, PendingProposal proposal) =>
        new(
            proposal.Kind.ToString(),
            proposal.Kind is ProposalKind.Hotkey or ProposalKind.WriteDown ? proposal.Netuid : null,
            proposal.Since,
            proposal.Since + index.TimeLock.Delay,
            proposal.Since + index.TimeLock.Delay + index.TimeLock.Expiry
        );

    private static string Text(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Amount(BigInteger number, int decimals) => AccountDocument.Tao(number, decimals);

    private static string Price(BigInteger wei) =>
        wei.IsZero ? "-" : ((decimal)wei / 1e18m).ToString("0.000000", CultureInfo.InvariantCulture);

    private static string At(ulong unix) => $"{DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(unix, LastTime)):u}";
}
