using Tao20.Chain.Abi;

namespace Tao20.Node.Accounts;

/// <summary>The errors of a contract, each by its signature, and what it means to who has called.</summary>
/// <param name="errors">Signature and meaning of each.</param>
internal sealed class ContractErrors(params (string Signature, string Meaning)[] errors)
{
    private readonly (string Selector, string Meaning)[] _known =
    [
        .. errors.Select(error => (Keccak.Selector(error.Signature)[2..], error.Meaning)),
    ];

    /// <summary>A refusal with what it means, where that is known.</summary>
    public string Explain(string refusal) =>
        _known.FirstOrDefault(error => refusal.Contains(error.Selector, StringComparison.OrdinalIgnoreCase)) is { Meaning: { } meaning }
            ? $"{meaning} ({refusal})"
            : refusal;
}
