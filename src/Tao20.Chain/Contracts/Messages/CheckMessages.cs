using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts.Messages;

// The functions of Subtensor's precompiles that only a check of the chain calls, or a person through a command.

[Precompile(0x80C)]
[Function("addressMapping")]
internal sealed class AddressMappingFunction(Address account) : FunctionMessage
{
    [Parameter("address", "account", 1)]
    public string Account => account.ToString();
}

[Precompile(0x802)]
[Function("getStake")]
internal sealed class GetNeuronStakeFunction(ushort netuid, ushort uid) : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;

    [Parameter("uint16", "uid", 2)]
    public ushort Uid => uid;
}

[Precompile(0x803)]
[Function("getMaxWeightLimit")]
internal sealed class GetMaxWeightLimitFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x803)]
[Function("getNetworkRegistrationBlock")]
internal sealed class GetNetworkRegistrationBlockFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x803)]
[Function("isSubnetDissolving")]
internal sealed class IsSubnetDissolvingFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x803)]
[Function("getSubnetDissolutionStatus")]
internal sealed class GetSubnetDissolutionStatusFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x804)]
[Function("associateEvmKey")]
internal sealed class AssociateEvmKeyFunction(ushort netuid, Address evmKey, ulong block, byte[] signature) : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;

    [Parameter("address", "evmKey", 2)]
    public string EvmKey => evmKey.ToString();

    [Parameter("uint64", "blockNumber", 3)]
    public ulong Block => block;

    [Parameter("bytes", "signature", 4)]
    public byte[] Signature => signature;
}

[Precompile(0x805)]
[Function("transferStake")]
internal sealed class TransferStakeFunction(Hash256 to, Hash256 hotkey, BigInteger from, BigInteger into, BigInteger amount)
    : FunctionMessage
{
    [Parameter("bytes32", "destination", 1)]
    public byte[] To => to.ToBytes();

    [Parameter("bytes32", "hotkey", 2)]
    public byte[] Hotkey => hotkey.ToBytes();

    [Parameter("uint256", "fromNetuid", 3)]
    public BigInteger From => from;

    [Parameter("uint256", "toNetuid", 4)]
    public BigInteger Into => into;

    [Parameter("uint256", "amount", 5)]
    public BigInteger Amount => amount;
}

[Precompile(0x805)]
[Function("getDefaultMinStake")]
internal sealed class GetDefaultMinStakeFunction : FunctionMessage;

[Precompile(0x805)]
[Function("getNominatorMinRequiredStake")]
internal sealed class GetNominatorMinRequiredStakeFunction : FunctionMessage;

[Precompile(0x805)]
[Function("getHotkeySuccessor")]
internal sealed class GetHotkeySuccessorFunction(Hash256 hotkey, ushort netuid) : FunctionMessage
{
    [Parameter("bytes32", "hotkey", 1)]
    public byte[] Hotkey => hotkey.ToBytes();

    [Parameter("uint16", "netuid", 2)]
    public ushort Netuid => netuid;
}

[Precompile(0x805)]
[Function("getRejectLockedAlpha")]
internal sealed class GetRejectLockedAlphaFunction(Hash256 coldkey) : FunctionMessage
{
    [Parameter("bytes32", "coldkey", 1)]
    public byte[] Coldkey => coldkey.ToBytes();
}

[Precompile(0x805)]
[Function("getColdkeyLock")]
internal sealed class GetColdkeyLockFunction(Hash256 coldkey, BigInteger netuid) : FunctionMessage
{
    [Parameter("bytes32", "coldkey", 1)]
    public byte[] Coldkey => coldkey.ToBytes();

    [Parameter("uint256", "netuid", 2)]
    public BigInteger Netuid => netuid;
}

[Precompile(0x808)]
[Function("getSwapState")]
internal sealed class GetSwapStateFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x813)]
[Function("getPrecompileStatus")]
internal sealed class GetPrecompileStatusFunction(Address precompile, ReadOnlyMemory<byte> selector) : FunctionMessage
{
    [Parameter("address", "precompile", 1)]
    public string Target => precompile.ToString();

    [Parameter("bytes4", "selector", 2)]
    public byte[] Selector => selector.ToArray();
}
