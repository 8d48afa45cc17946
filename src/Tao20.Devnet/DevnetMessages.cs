using System.Numerics;
using System.Text;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

// The functions that only the devnet calls: of its mocks, its keeper and its market maker (source: Contracts/*.sol).

[Function("epoch")]
internal sealed class EpochFunction : FunctionMessage;

[Function("advanceEpoch")]
internal sealed class AdvanceEpochFunction : FunctionMessage;

[Function("addLiquidity")]
internal sealed class AddLiquidityFunction(BigInteger tokens, BigInteger minShares, BigInteger deadline) : FunctionMessage
{
    [Parameter("uint256", "tokens", 1)]
    public BigInteger Tokens => tokens;

    [Parameter("uint256", "minShares", 2)]
    public BigInteger MinShares => minShares;

    [Parameter("uint256", "deadline", 3)]
    public BigInteger Deadline => deadline;
}

[Function("spotPrice")]
internal sealed class SpotPriceFunction : FunctionMessage;

/// <summary>Deploys the validators' registry.</summary>
internal sealed class RegistryDeployment(Address index, RegistryRules rules, string parameters)
    : ContractDeploymentMessage(ContractArtifact.Load("ValidatorRegistry").Bytecode)
{
    [Parameter("address", "index", 1)]
    public string Index => index.ToString();

    [Parameter("tuple", "rules", 2)]
    public RegistryRulesStruct Rules { get; } = RegistryRulesStruct.Of(rules);

    [Parameter("bytes", "text", 3)]
    public byte[] Text => Encoding.Latin1.GetBytes(parameters);
}
