using System.Globalization;
using Tao20.Chain.Contracts;
using Tao20.Chain.Substrate;
using Tao20.Domain.Transactions;

namespace Tao20.Node.Accounts;

/// <summary>What an association has come to, or would: what <c>tao20 account associate</c> prints.</summary>
internal sealed record AssociationDocument(
    string State,
    string Account,
    string Hotkey,
    string HotkeySs58,
    ushort Netuid,
    ushort Uid,
    ulong? SignedBlock,
    string? Signature,
    string? Call,
    string? Transaction,
    ulong? Block,
    ulong? GasLimit,
    string? MaxFeePerGasWei,
    string? MostWei,
    IReadOnlyList<string> Follows
)
{
    private const string Wallet = "to be sent by the hotkey's wallet";

    public static AssociationDocument Done(AccountFacts facts, Receipt? receipt) =>
        Of("associated", facts, null) with
        {
            Transaction = receipt?.Hash.ToString(),
            Block = receipt?.Block ?? facts.Associated?.Block,
            Follows = ["trades of the account count for this UID from now on"],
        };

    public static AssociationDocument Planned(AccountFacts facts, EvmKeyAssociation association, OutboxStep.Sign prepared) =>
        Of("planned", facts, association) with
        {
            GasLimit = prepared.GasLimit,
            MaxFeePerGasWei = prepared.Fees.MaxFee.ToString(CultureInfo.InvariantCulture),
            MostWei = prepared.MostWei.ToString(CultureInfo.InvariantCulture),
            Follows =
            [
                "nothing has been sent",
                $"the account is charged the gas that is used, at most {AccountDocument.Tao(prepared.MostWei, 18)} TAO",
                $"trades of the account count for this UID from then on; another account can be associated after "
                    + $"{EvmKeyAssociation.RateLimitBlocks} blocks",
            ],
        };

    public static AssociationDocument ForWallet(AccountFacts facts, EvmKeyAssociation association) =>
        Of(Wallet, facts, association) with
        {
            Call = association.Extrinsic(facts.Netuid),
            Follows =
            [
                "sign the call with the hotkey: its wallet pays nothing for it",
                "trades of the account count for this UID from then on",
            ],
        };

    private static AssociationDocument Of(string state, AccountFacts facts, EvmKeyAssociation? association) =>
        new(
            state,
            facts.Account.ToString(),
            facts.Hotkey.ToString(),
            Ss58.Encode(facts.Hotkey),
            facts.Netuid,
            facts.Uid!.Value,
            association?.Block,
            association is null ? null : "0x" + Convert.ToHexStringLower(association.Signature.Span),
            null,
            null,
            null,
            null,
            null,
            null,
            []
        );

    /// <summary>The same for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"UID {Uid} of subnet {Netuid}, hotkey {HotkeySs58}: {State} with {Account}"
            + (Transaction is { } hash ? $", transaction {hash} in block {Block}" : "");
        if (State == Wallet)
        {
            yield return "SubtensorModule.associate_evm_key";
            yield return $"  netuid        {Netuid}";
            yield return $"  evm_key       {Account}";
            yield return $"  block_number  {SignedBlock}";
            yield return $"  signature     {Signature}";
            yield return $"  encoded       {Call}";
        }
        else if (GasLimit is { } limit)
        {
            yield return $"  gas           at most {limit}, for at most {MaxFeePerGasWei} wei each";
        }

        foreach (var line in Follows)
            yield return $"  {line}";
    }
}
