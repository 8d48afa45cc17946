using Tao20.Chain.Abi;

namespace Tao20.Node.Registry;

/// <summary>What a refusal of a registry means (source: Contracts/Registry: Bonds.sol, Parameters.sol, ValidatorRegistry.sol).</summary>
internal static class RegistryErrors
{
    private static readonly IReadOnlyList<(string Selector, string Meaning)> Known =
    [
        (Keccak.Selector("NothingGiven()"), "the amount is 0, or less than a rao"),
        (Keccak.Selector("AttesterNeeded()"), "an attester has to be named: give --attester"),
        (Keccak.Selector("NotTheAttester(address,address)"), "only the validator's attester may: give the attester's key"),
        (Keccak.Selector("TooMuch(uint256,uint256)"), "the bond is less than that: see what 'tao20 validator show' says"),
        (Keccak.Selector("TooLittle(uint256,uint256)"), "there is less than 500 rao to be paid out, which the chain does not pay"),
        (Keccak.Selector("Locked(uint256)"), "what leaves cannot be withdrawn yet: 'tao20 validator show' says when"),
        (Keccak.Selector("NotDormant(address)"), "the validator is not dormant"),
        (Keccak.Selector("NotEligible(address)"), "the account had no effective stake: bond at least the least stake first"),
        (Keccak.Selector("WrongDeposit(uint256,uint256)"), "the deposit is not the registry's"),
        (Keccak.Selector("NotAhead(uint256,uint256,uint256)"), "parameters hold from 48 to 720 epochs ahead: correct --from-epoch"),
        (Keccak.Selector("NotThisProposal(bytes32)"), "the proposal is about another text"),
        (Keccak.Selector("AlreadyEndorsed(address)"), "the account has endorsed it already"),
        (Keccak.Selector("NotOpen(uint256)"), "there is no such proposal, or it is adopted, has lapsed, or is overtaken by another"),
        (Keccak.Selector("NotEndorsed(uint256)"), "two thirds of the eligible stake have not endorsed it"),
        (Keccak.Selector("StillOpen(uint256)"), "it can still be adopted: it lapses 24 epochs after its own, or when another is adopted"),
    ];

    /// <summary>A refusal with what it means, where that is known.</summary>
    public static string Explain(string refusal) =>
        Known.FirstOrDefault(error => refusal.Contains(error.Selector[2..], StringComparison.OrdinalIgnoreCase)) is { Meaning: { } meaning }
            ? $"{meaning} ({refusal})"
            : refusal;
}
