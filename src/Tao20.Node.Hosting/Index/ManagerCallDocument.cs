using System.Globalization;
using System.Text.Json.Serialization;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;

namespace Tao20.Node.Index;

/// <summary>What is asked of an index's manager.</summary>
/// <param name="Does">What it does, in a word: propose, apply or cancel.</param>
/// <param name="Kind">The kind of proposal.</param>
/// <param name="Netuid">Its leg; 0 where the kind is of no leg.</param>
/// <param name="Data">The call, as 0x and hex digits.</param>
internal sealed record ManagerCall(string Does, ProposalKind Kind, ushort Netuid, string Data);

/// <summary>What came of it.</summary>
/// <param name="Does">What was asked: propose, apply or cancel.</param>
/// <param name="Kind">The kind of proposal.</param>
/// <param name="Netuid">Its leg; null where the kind is of no leg.</param>
/// <param name="Manager">The manager.</param>
/// <param name="Transaction">The transaction; null when none was sent.</param>
/// <param name="Block">The block it is in.</param>
/// <param name="GasLimit">The gas it was given.</param>
/// <param name="MostWei">What it costs at most, in wei.</param>
/// <param name="CanBeAppliedAfterSeconds">Of what is proposed: how long it waits.</param>
/// <param name="VoidAfterSeconds">And how long it can then be applied.</param>
internal sealed record ManagerCallDocument(
    string Does,
    string Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ushort? Netuid,
    string Manager,
    string? Transaction,
    ulong? Block,
    ulong GasLimit,
    string MostWei,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ulong? CanBeAppliedAfterSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ulong? VoidAfterSeconds
)
{
    public static ManagerCallDocument Of(ManagerCall call, IndexView view, OutboxStep.Sign prepared, Receipt? receipt)
    {
        var proposes = call.Does == "propose";
        return new(
            call.Does,
            call.Kind.ToString(),
            call.Netuid == 0 ? null : call.Netuid,
            view.Owners.Manager.ToString(),
            receipt?.Hash.ToString(),
            receipt?.Block,
            prepared.GasLimit,
            prepared.MostWei.ToString(CultureInfo.InvariantCulture),
            proposes ? view.TimeLock.Delay : null,
            proposes ? view.TimeLock.Expiry : null
        );
    }

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        var about = Netuid is { } netuid ? $"{Kind} of subnet {netuid}" : Kind;
        yield return Transaction is null
            ? $"{Does} {about}: not sent; it would be given {GasLimit} gas and cost {MostWei} wei at most"
            : $"{Does} {about}: done by {Transaction} in block {Block}";
        if (CanBeAppliedAfterSeconds is { } delay && VoidAfterSeconds is { } expiry)
            yield return $"It can be applied {Hours(delay)} after that, by anyone, and is void {Hours(expiry)} later.";
    }

    private static string Hours(ulong seconds) =>
        seconds % 3_600 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3_600} hours")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds} s");
}
