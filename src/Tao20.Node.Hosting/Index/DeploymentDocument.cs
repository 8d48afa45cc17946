using System.Globalization;
using System.Text.Json.Serialization;
using Tao20.Chain.Contracts;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;

namespace Tao20.Node.Index;

/// <summary>How far a deployment is.</summary>
/// <param name="Founder">Who deploys.</param>
/// <param name="Contracts">The contracts' addresses, by name.</param>
/// <param name="Block">The block this was read at.</param>
/// <param name="Left">What is left to do, in words; empty when all is done.</param>
/// <param name="SupplyWei">Tokens there are.</param>
/// <param name="NextGasLimit">The gas that the next transaction would be given; null where none is next, or none was asked for.</param>
/// <param name="NextMostWei">What it costs at most, in wei.</param>
internal sealed record DeploymentDocument(
    string Founder,
    IReadOnlyDictionary<string, string> Contracts,
    ulong Block,
    IReadOnlyList<string> Left,
    string SupplyWei,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ulong? NextGasLimit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextMostWei
)
{
    public static DeploymentDocument Of(
        DeploymentAddresses addresses,
        DeploymentView view,
        IReadOnlyList<string> left,
        OutboxStep.Sign? next
    ) =>
        new(
            addresses.Founder.ToString(),
            Enum.GetValues<IndexContract>()
                .ToDictionary(contract => contract.ToString().ToLowerInvariant(), contract => addresses.Of(contract).ToString()),
            view.Block,
            left,
            view.Supply.ToString(CultureInfo.InvariantCulture),
            next?.GasLimit,
            next?.MostWei.ToString(CultureInfo.InvariantCulture)
        );

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var (name, address) in Contracts)
            yield return $"{name.PadRight(8)} {address}";
        if (Left.Count == 0)
            yield return $"All is done: there are {SupplyWei} wei of the token. 'tao20 contracts verify' holds it against this version.";
        foreach (var step in Left)
            yield return $"to do: {step}";
        if (NextGasLimit is { } gas)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"not sent; the next transaction would be given {gas} gas and cost {NextMostWei} wei at most"
            );
    }
}
