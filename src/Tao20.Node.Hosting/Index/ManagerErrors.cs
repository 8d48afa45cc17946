using Tao20.Node.Accounts;

namespace Tao20.Node.Index;

/// <summary>What a refusal of an index or its manager means (source: Contracts/Index/Index.sol, Manager.sol).</summary>
internal static class ManagerErrors
{
    private static readonly ContractErrors Known = new(
        ("NotOwner()", "only the manager's owner may: give the owner's key"),
        ("NotGuardian()", "only the guardian may"),
        ("NotDue()", "it is not its time: see since when it is proposed with 'tao20 index show'"),
        ("BadComposition()", "the composition breaks a rule: 1 to 20 legs of 0.5 to 30 %, summing to 1, each subnet once"),
        ("BadProposal()", "there is no such proposal, or what it is about has changed since it was made"),
        ("NoHotkey(bytes32)", "the chain has no such hotkey, or it is the index's own account"),
        ("AlreadyProposed(uint8,uint16)", "one of this kind is proposed already: cancel it first"),
        ("HeldElsewhere(bytes32)", "another hotkey of the index holds the stake: follow it there"),
        ("NoReference(uint16)", "a subnet is not there, does not trade, is too small, or has no mean price yet"),
        ("HoldingMissing(uint16)", "stake of a leg is missing: follow it first"),
        ("LegDissolving(uint16)", "the subnet of a leg is being dissolved"),
        ("TooLittle(uint256,uint256)", "it is less than the contract takes: the first mint is of 20 tokens at the least"),
        ("LegFailed(uint16,bytes32)", "the chain refuses to move stake of a leg: give more gas by Transactions:LegGas"),
        ("BadRules()", "the chain takes its own times alone: leave 'times' out of the plan")
    );

    /// <summary>A refusal with what it means, where that is known.</summary>
    public static string Explain(string refusal) => Known.Explain(refusal);
}
