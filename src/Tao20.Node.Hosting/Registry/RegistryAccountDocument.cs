using System.Globalization;
using System.Text.Json.Serialization;
using Tao20.Chain.Contracts;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Node.Registry;

/// <summary>An account in a registry.</summary>
/// <param name="Account">The account.</param>
/// <param name="BondWei">What it has bonded.</param>
/// <param name="EffectiveWei">What of it counts.</param>
/// <param name="LeavingWei">What is leaving, and can still be slashed.</param>
/// <param name="LeavesAt">When that can be withdrawn; null where nothing is leaving.</param>
/// <param name="Attester">The account that commits, signs and wakes for it.</param>
/// <param name="Dormant">Whether it has stayed away for long and does not count.</param>
/// <param name="CreditWei">What else it is owed: 'validator sweep' pays it out.</param>
/// <param name="LeastStakeWei">The least bond that counts.</param>
internal sealed record RegistryAccountDocument(
    string Account,
    string BondWei,
    string EffectiveWei,
    string LeavingWei,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? LeavesAt,
    string Attester,
    bool Dormant,
    string CreditWei,
    string LeastStakeWei
)
{
    public static RegistryAccountDocument Of(Address account, RegistryView view) =>
        new(
            account.ToString(),
            view.Account.Bond.ToString(),
            view.Account.EffectiveStake(view.Rules).ToString(CultureInfo.InvariantCulture),
            view.Account.Leaving.ToString(),
            view.Account.Leaving.Value == 0 ? null : DateTimeOffset.FromUnixTimeSeconds((long)view.Account.LeavesAt),
            (view.Account.Attester ?? account).ToString(),
            view.Account.IsDormant,
            view.CreditWei.ToString(),
            view.Rules.MinStake.ToString()
        );

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"account    {Account}";
        yield return $"bond       {FixedPoint.Tao(BondWei, 18)} TAO{Counting()}";
        if (LeavesAt is { } at)
            yield return $"leaving    {FixedPoint.Tao(LeavingWei, 18)} TAO; it can be withdrawn from {at:yyyy-MM-dd HH:mm:ss} UTC on";
        yield return $"attester   {(Attester == Account ? "the account itself" : Attester)}";
        if (CreditWei != "0")
            yield return $"credit     {FixedPoint.Tao(CreditWei, 18)} TAO: 'tao20 validator sweep' pays it out";
    }

    private string Counting() =>
        Dormant ? ": dormant, counts for nothing until 'tao20 validator wake'"
        : EffectiveWei == "0" ? $": counts for nothing below {FixedPoint.Tao(LeastStakeWei, 18)} TAO"
        : ", all of it counts";
}

/// <summary>What is asked of a registry.</summary>
/// <param name="Does">What it does, in a word.</param>
/// <param name="Data">The call, as 0x and hex digits.</param>
/// <param name="ValueWei">The TAO sent along, in wei.</param>
/// <param name="Notes">What whoever asks for it should know, a line each.</param>
internal sealed record RegistryCall(string Does, string Data, UInt128 ValueWei, IReadOnlyList<string> Notes);

/// <summary>What came of it.</summary>
/// <param name="Does">What was asked.</param>
/// <param name="Registry">The registry.</param>
/// <param name="Transaction">The transaction; null when none was sent.</param>
/// <param name="Block">The block it is in.</param>
/// <param name="ValueWei">The TAO sent along.</param>
/// <param name="GasLimit">The gas it was given.</param>
/// <param name="MostWei">What it costs at most, what is sent along included, in wei.</param>
/// <param name="Notes">What whoever asks for it should know.</param>
/// <param name="Account">The account as it is now.</param>
internal sealed record RegistryCallDocument(
    string Does,
    string Registry,
    string? Transaction,
    ulong? Block,
    string ValueWei,
    ulong GasLimit,
    string MostWei,
    IReadOnlyList<string> Notes,
    RegistryAccountDocument Account
)
{
    public static RegistryCallDocument Of(
        RegistryCall call,
        Address registry,
        OutboxStep.Sign prepared,
        Receipt? receipt,
        RegistryAccountDocument account
    ) =>
        new(
            call.Does,
            registry.ToString(),
            receipt?.Hash.ToString(),
            receipt?.Block,
            call.ValueWei.ToString(CultureInfo.InvariantCulture),
            prepared.GasLimit,
            prepared.MostWei.ToString(CultureInfo.InvariantCulture),
            call.Notes,
            account
        );

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Transaction is null
            ? $"{Does}: not sent; it would be given {GasLimit} gas and cost {FixedPoint.Tao(MostWei, 18)} TAO at most"
                + (ValueWei == "0" ? "" : $", of which {FixedPoint.Tao(ValueWei, 18)} go to the registry")
            : $"{Does}: done by {Transaction} in block {Block}";
        foreach (var note in Notes)
            yield return note;
        foreach (var line in Account.Lines())
            yield return line;
    }
}
