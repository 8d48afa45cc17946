using Tao20.Chain.Abi;

namespace Tao20.Node.Index;

/// <summary>What a refusal of an index or its manager means (source: Contracts/Index/Index.sol, Manager.sol).</summary>
internal static class ManagerErrors
{
    private static readonly IReadOnlyList<(string Selector, string Meaning)> Known =
    [
        (Keccak.Selector("NotOwner()"), "only the manager's owner may: give the owner's key"),
        (Keccak.Selector("NotGuardian()"), "only the guardian may"),
        (Keccak.Selector("NotDue()"), "it is not its time: see since when it is proposed with 'tao20 index show'"),
        (Keccak.Selector("BadComposition()"), "the composition breaks a rule: 1 to 20 legs of 0.5 to 30 %, summing to 1, each subnet once"),
        (Keccak.Selector("BadProposal()"), "there is no such proposal, or what it is about has changed since it was made"),
        (Keccak.Selector("NoHotkey(bytes32)"), "the chain has no such hotkey, or it is the index's own account"),
        (Keccak.Selector("AlreadyProposed(uint8,uint16)"), "one of this kind is proposed already: cancel it first"),
        (Keccak.Selector("HeldElsewhere(bytes32)"), "another hotkey of the index holds the stake: follow it there"),
        (Keccak.Selector("NoReference(uint16)"), "a subnet is not there, does not trade, is too small, or has no mean price yet"),
        (Keccak.Selector("HoldingMissing(uint16)"), "stake of a leg is missing: follow it first"),
        (Keccak.Selector("LegDissolving(uint16)"), "the subnet of a leg is being dissolved"),
        (Keccak.Selector("TooLittle(uint256,uint256)"), "it is less than the contract takes: the first mint is of 20 tokens at the least"),
        (Keccak.Selector("LegFailed(uint16,bytes32)"), "the chain refuses to move stake of a leg: give more gas by Transactions:LegGas"),
        (Keccak.Selector("BadRules()"), "the chain takes its own times alone: leave 'times' out of the plan"),
    ];

    /// <summary>A refusal with what it means, where that is known.</summary>
    public static string Explain(string refusal) =>
        Known.FirstOrDefault(error => refusal.Contains(error.Selector[2..], StringComparison.OrdinalIgnoreCase)) is { Meaning: { } meaning }
            ? $"{meaning} ({refusal})"
            : refusal;
}
