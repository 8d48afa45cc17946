using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

// The functions that only the devnet calls: of its mocks, its keeper and its market maker (source: Contracts/*.sol).

[Function("setRouter")]
internal sealed class SetRouterFunction(Address router, bool allowed) : FunctionMessage
{
    [Parameter("address", "router", 1)]
    public string Router => router.ToString();

    [Parameter("bool", "allowed", 2)]
    public bool Allowed => allowed;
}

[Function("epoch")]
internal sealed class EpochFunction : FunctionMessage;

[Function("advanceEpoch")]
internal sealed class AdvanceEpochFunction : FunctionMessage;

[Function("mint")]
internal sealed class RouterMintFunction(BigInteger minOut, BigInteger deadline) : FunctionMessage
{
    [Parameter("uint256", "minOut", 1)]
    public BigInteger MinOut => minOut;

    [Parameter("uint256", "deadline", 2)]
    public BigInteger Deadline => deadline;
}

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

/// <summary>Deploys the index.</summary>
internal sealed class IndexDeployment(Hash256 hotkey, List<ushort> netuids, List<BigInteger> weights)
    : ContractDeploymentMessage(ContractArtifact.Load("Tao20Index").Bytecode)
{
    [Parameter("bytes32", "hotkey", 1)]
    public byte[] Hotkey => hotkey.ToBytes();

    [Parameter("uint16[]", "netuids", 2)]
    public List<ushort> Netuids => netuids;

    [Parameter("uint256[]", "weights", 3)]
    public List<BigInteger> Weights => weights;
}

/// <summary>Deploys the market pool.</summary>
internal sealed class PoolDeployment(Address token) : ContractDeploymentMessage(ContractArtifact.Load("Tao20Pool").Bytecode)
{
    [Parameter("address", "token", 1)]
    public string Token => token.ToString();
}

/// <summary>Deploys the router.</summary>
internal sealed class RouterDeployment(Address index, Address pool)
    : ContractDeploymentMessage(ContractArtifact.Load("Tao20Router").Bytecode)
{
    [Parameter("address", "index", 1)]
    public string Index => index.ToString();

    [Parameter("address", "pool", 2)]
    public string Pool => pool.ToString();
}

/// <summary>Deploys the validators' registry.</summary>
internal sealed class RegistryDeployment(Address index) : ContractDeploymentMessage(ContractArtifact.Load("ValidatorRegistry").Bytecode)
{
    [Parameter("address", "index", 1)]
    public string Index => index.ToString();
}
