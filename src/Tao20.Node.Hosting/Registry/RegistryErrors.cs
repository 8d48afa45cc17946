using Tao20.Node.Accounts;

namespace Tao20.Node.Registry;

/// <summary>What a refusal of a registry means (source: Contracts/Registry: Bonds.sol, Parameters.sol, ValidatorRegistry.sol).</summary>
internal static class RegistryErrors
{
    private static readonly ContractErrors Known = new(
        ("NothingGiven()", "the amount is 0, or less than a rao"),
        ("AttesterNeeded()", "an attester has to be named: give --attester"),
        ("NotTheAttester(address,address)", "only the validator's attester may: give the attester's key"),
        ("TooMuch(uint256,uint256)", "the bond is less than that: see what 'tao20 validator show' says"),
        ("TooLittle(uint256,uint256)", "there is less than 500 rao to be paid out, which the chain does not pay"),
        ("Locked(uint256)", "what leaves cannot be withdrawn yet: 'tao20 validator show' says when"),
        ("NotDormant(address)", "the validator is not dormant"),
        ("NotEligible(address)", "the account had no effective stake: bond at least the least stake first"),
        ("WrongDeposit(uint256,uint256)", "the deposit is not the registry's"),
        ("NotAhead(uint256,uint256,uint256)", "parameters hold from 48 to 720 epochs ahead: correct --from-epoch"),
        ("NotThisProposal(bytes32)", "the proposal is about another text"),
        ("AlreadyEndorsed(address)", "the account has endorsed it already"),
        ("NotOpen(uint256)", "there is no such proposal, or it is adopted, has lapsed, or is overtaken by another"),
        ("NotEndorsed(uint256)", "two thirds of the eligible stake have not endorsed it"),
        ("StillOpen(uint256)", "it can still be adopted: it lapses 24 epochs after its own, or when another is adopted")
    );

    /// <summary>A refusal with what it means, where that is known.</summary>
    public static string Explain(string refusal) => Known.Explain(refusal);
}
