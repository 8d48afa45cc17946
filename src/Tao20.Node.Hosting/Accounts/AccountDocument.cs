using System.Globalization;
using System.Numerics;
using Tao20.Chain.Contracts;
using Tao20.Chain.Substrate;

namespace Tao20.Node.Accounts;

/// <summary>An account as the chain sees it: what <c>tao20 account show</c> prints.</summary>
internal sealed record AccountDocument(
    string Account,
    string Coldkey,
    string ColdkeySs58,
    string BalanceWei,
    ushort Netuid,
    bool SubnetExists,
    ushort? Uid,
    ulong? RegisteredAt,
    IReadOnlyList<ushort> AssociatedUids,
    bool Permit,
    string StakeRao,
    ulong ThresholdRao,
    ulong? LastUpdate,
    IReadOnlyList<string> MissingForMiner,
    IReadOnlyList<string> MissingForValidator
)
{
    public static AccountDocument Of(AccountFacts facts) =>
        new(
            facts.Account.ToString(),
            facts.Mapped.ToString(),
            Ss58.Encode(facts.Mapped),
            facts.BalanceWei.ToString(CultureInfo.InvariantCulture),
            facts.Netuid,
            facts.SubnetExists,
            facts.Uid,
            facts.Uid is null ? null : facts.RegisteredAt,
            facts.AssociatedUids,
            facts.Permit,
            facts.StakeRao.ToString(CultureInfo.InvariantCulture),
            facts.ThresholdRao,
            facts.Uid is null ? null : facts.LastUpdate,
            facts.MissingForMiner,
            facts.MissingForValidator
        );

    /// <summary>The same for people.</summary>
    public static IEnumerable<string> Lines(AccountFacts facts)
    {
        yield return $"account      {facts.Account}";
        yield return $"coldkey      {Ss58.Encode(facts.Mapped)}";
        yield return $"             {facts.Mapped}";
        yield return $"balance      {Tao(facts.BalanceWei, 18)} TAO";
        yield return facts.Uid is { } uid
            ? $"own hotkey   UID {uid} of subnet {facts.Netuid} since block {facts.RegisteredAt}, last update in block {facts.LastUpdate}"
            : $"own hotkey   not registered on subnet {facts.Netuid}";
        yield return $"stake        {Tao(facts.StakeRao, 9)} TAO, of {Tao(facts.ThresholdRao, 9)} that are demanded to set weights";
        yield return $"permit       {(facts.Permit ? "validator" : "none")}";
        yield return facts.AssociatedUids.Count > 0
            ? $"associated   UID {string.Join(", ", facts.AssociatedUids)}"
            : $"associated   no UID of subnet {facts.Netuid}";
        foreach (var (role, missing) in new[] { ("miner", facts.MissingForMiner), ("validator", facts.MissingForValidator) })
        {
            yield return missing.Count == 0 ? $"As a {role} it lacks nothing." : $"As a {role} it lacks:";
            foreach (var line in missing)
                yield return $"  {line}";
        }
    }

    /// <summary>An amount of so many decimals, without zeros at the end.</summary>
    internal static string Tao(BigInteger amount, int decimals)
    {
        var digits = amount.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var fraction = digits[^decimals..].TrimEnd('0');
        return fraction.Length == 0 ? digits[..^decimals] : $"{digits[..^decimals]}.{fraction}";
    }
}
