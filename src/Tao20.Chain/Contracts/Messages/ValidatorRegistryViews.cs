using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts.Messages;

// What the ValidatorRegistry is asked (source: Contracts/Registry in Tao20.Devnet).

[Function("index")]
internal sealed class IndexFunction : FunctionMessage;

[Function("rules")]
internal sealed class RegistryRulesFunction : FunctionMessage;

[Function("accountOf")]
internal sealed class RegistryAccountOfFunction(Address validator) : FunctionMessage
{
    [Parameter("address", "validator", 1)]
    public string Validator => validator.ToString();
}

[Function("creditOf")]
internal sealed class RegistryCreditOfFunction(Address account) : FunctionMessage
{
    [Parameter("address", "account", 1)]
    public string Account => account.ToString();
}

[Function("latestVersion")]
internal sealed class RegistryLatestVersionFunction : FunctionMessage;

[Function("proposalCount")]
internal sealed class RegistryProposalCountFunction : FunctionMessage;

[Function("proposalOf")]
internal sealed class RegistryProposalOfFunction(BigInteger number) : FunctionMessage
{
    [Parameter("uint256", "number", 1)]
    public BigInteger Number => number;
}

[Function("hasEndorsed")]
internal sealed class RegistryHasEndorsedFunction(BigInteger number, Address validator) : FunctionMessage
{
    [Parameter("uint256", "number", 1)]
    public BigInteger Number => number;

    [Parameter("address", "validator", 2)]
    public string Validator => validator.ToString();
}
