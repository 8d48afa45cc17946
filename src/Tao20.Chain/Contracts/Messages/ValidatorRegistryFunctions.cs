using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts.Messages;

// The functions of the ValidatorRegistry (source: Contracts/Registry in Tao20.Devnet).

[Function("bond")]
internal sealed class RegistryBondFunction(Address attester) : FunctionMessage
{
    [Parameter("address", "attester", 1)]
    public string Attester => attester.ToString();
}

[Function("setAttester")]
internal sealed class RegistrySetAttesterFunction(Address attester) : FunctionMessage
{
    [Parameter("address", "attester", 1)]
    public string Attester => attester.ToString();
}

[Function("unbond")]
internal sealed class RegistryUnbondFunction(BigInteger amount) : FunctionMessage
{
    [Parameter("uint256", "amount", 1)]
    public BigInteger Amount => amount;
}

[Function("withdraw")]
internal sealed class WithdrawFunction : FunctionMessage;

[Function("sweep")]
internal sealed class RegistrySweepFunction(Address account) : FunctionMessage
{
    [Parameter("address", "account", 1)]
    public string Account => account.ToString();
}

[Function("commit")]
internal sealed class RegistryCommitFunction(Address validator, ulong epoch, Hash256 commitment) : FunctionMessage
{
    [Parameter("address", "validator", 1)]
    public string Validator => validator.ToString();

    [Parameter("uint256", "epoch", 2)]
    public BigInteger Epoch => epoch;

    [Parameter("bytes32", "commitment", 3)]
    public byte[] Commitment => commitment.ToBytes();
}

[Function("markDormant")]
internal sealed class RegistryMarkDormantFunction(Address validator) : FunctionMessage
{
    [Parameter("address", "validator", 1)]
    public string Validator => validator.ToString();
}

[Function("wake")]
internal sealed class RegistryWakeFunction(Address validator) : FunctionMessage
{
    [Parameter("address", "validator", 1)]
    public string Validator => validator.ToString();
}

[Function("propose")]
internal sealed class RegistryProposeFunction(ulong fromEpoch, byte[] text) : FunctionMessage
{
    [Parameter("uint256", "fromEpoch", 1)]
    public BigInteger FromEpoch => fromEpoch;

    [Parameter("bytes", "text", 2)]
    public byte[] Text => text;
}

[Function("endorse")]
internal sealed class RegistryEndorseFunction(ulong number, Hash256 key) : FunctionMessage
{
    [Parameter("uint256", "number", 1)]
    public BigInteger Number => number;

    [Parameter("bytes32", "key", 2)]
    public byte[] Key => key.ToBytes();
}

[Function("adopt")]
internal sealed class RegistryAdoptFunction(ulong number, byte[] text) : FunctionMessage
{
    [Parameter("uint256", "number", 1)]
    public BigInteger Number => number;

    [Parameter("bytes", "text", 2)]
    public byte[] Text => text;
}

[Function("lapse")]
internal sealed class RegistryLapseFunction(ulong number) : FunctionMessage
{
    [Parameter("uint256", "number", 1)]
    public BigInteger Number => number;
}

[Function("attest")]
internal sealed class RegistryAttestFunction(Address validator, Stated stated, Hash256 salt, byte[] signature) : FunctionMessage
{
    [Parameter("address", "validator", 1)]
    public string Validator => validator.ToString();

    [Parameter("tuple", "stated", 2)]
    public StatedStruct Stated { get; } = new(stated);

    [Parameter("bytes32", "salt", 3)]
    public byte[] Salt => salt.ToBytes();

    [Parameter("bytes", "signature", 4)]
    public byte[] Signature => signature;
}

[Function("punishDeviation")]
internal sealed class RegistryPunishDeviationFunction(long number, Address accused, Stated settled, Stated other) : FunctionMessage
{
    [Parameter("uint256", "number", 1)]
    public BigInteger Number => number;

    [Parameter("address", "accused", 2)]
    public string Accused => accused.ToString();

    [Parameter("tuple", "settled", 3)]
    public StatedStruct Settled { get; } = new(settled);

    [Parameter("tuple", "other", 4)]
    public StatedStruct Other { get; } = new(other);
}
