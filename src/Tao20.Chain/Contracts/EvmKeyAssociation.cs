using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Signing;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>
/// A hotkey's word that an EVM account is its own, signed by that account: an EIP-191 message of the hotkey and the hash of a block's
/// number (source: Subtensor, pallets/subtensor/src/utils/evm.rs, <c>do_associate_evm_key</c>). It names no subnet and no chain: for the
/// same hotkey it can be used again.
/// </summary>
/// <param name="Hotkey">The hotkey.</param>
/// <param name="Account">The EVM account.</param>
/// <param name="Block">The block that is named.</param>
/// <param name="Signature">r, s and v, 65 bytes.</param>
public sealed record EvmKeyAssociation(Hash256 Hotkey, Address Account, ulong Block, ReadOnlyMemory<byte> Signature)
{
    /// <summary>So many blocks lie between two associations of a UID.</summary>
    public const ulong RateLimitBlocks = 7_200;

    private const int MessageLength = 64;
    private const byte SubtensorModule = 7;
    private const byte AssociateEvmKey = 93;

    /// <summary>Signs one.</summary>
    public static EvmKeyAssociation Sign(PrivateKey key, Hash256 hotkey, ulong block) =>
        new(hotkey, key.Address, block, key.Sign(Digest(hotkey, block)).ToBytes());

    /// <summary>The hash that is signed.</summary>
    public static Hash256 Digest(Hash256 hotkey, ulong block) =>
        Keccak.Hash([
            .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\u0019Ethereum Signed Message:\n{MessageLength}")),
            .. hotkey.ToBytes(),
            .. Keccak.Hash(LowFirst(block)).ToBytes(),
        ]);

    /// <summary>The call of INeuron (0x804, from spec 445 on) with which a mapped hotkey says so itself.</summary>
    public string Call(ushort netuid) => new AssociateEvmKeyFunction(netuid, Account, Block, Signature.ToArray()).Encode();

    /// <summary>
    /// The same for the hotkey's own wallet: <c>SubtensorModule.associate_evm_key</c> in SCALE, as 0x and hex digits, for any tool that
    /// signs an encoded call.
    /// </summary>
    public string Extrinsic(ushort netuid)
    {
        byte[] call =
        [
            SubtensorModule,
            AssociateEvmKey,
            (byte)netuid,
            (byte)(netuid >> 8),
            .. Account.ToBytes(),
            .. LowFirst(Block),
            .. Signature.Span,
        ];
        return "0x" + Convert.ToHexStringLower(call);
    }

    private static byte[] LowFirst(ulong number)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return bytes;
    }
}
