using System.Numerics;
using Tao20.Chain.Substrate;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using static Tao20.Chain.Tests.Index.IndexChain;

namespace Tao20.Chain.Tests.Index;

/// <summary>The calls of an index's manager, and their way through its time lock.</summary>
internal static class Proposals
{
    public static string Propose(ProposalKind kind, byte[] data) => AbiEncoder.Call("propose(uint8,bytes)", (byte)kind, data);

    public static string Execute(ProposalKind kind, byte[] data) =>
        AbiEncoder.Call("execute(uint8,bytes,uint256)", (byte)kind, data, LegGas);

    public static string Cancel(ProposalKind kind, ushort netuid = 0) => AbiEncoder.Call("cancel(uint8,uint16)", (byte)kind, netuid);

    /// <summary>A composition: weights in thousandths; and the prices named for legs that are left.</summary>
    public static byte[] Composition(
        IEnumerable<(ushort Netuid, ulong Weight, Hash256 Hotkey)> targets,
        params (ushort Netuid, BigInteger Price)[] references
    ) =>
        Data(
            targets.Select(target => (object)TargetOf(target.Netuid, target.Weight, target.Hotkey)).ToList(),
            targets.Select(target => (object)HashOf(target.Hotkey)).ToList(),
            references.Select(reference => (object)new AbiStruct([reference.Netuid, reference.Price])).ToList()
        );

    /// <summary>The data of a proposal of another kind.</summary>
    public static byte[] Data(params object[] arguments) => Convert.FromHexString(AbiEncoder.Encode(arguments));

    /// <summary>The BLAKE2b-128 of an account, as a bytes16.</summary>
    public static Hash256 HashOf(Hash256 account)
    {
        Span<byte> word = stackalloc byte[Hash256.Length];
        RuntimeStorage.Owner.Key(account).AsSpan(32, 16).CopyTo(word);
        return new Hash256(word);
    }

    /// <summary>Proposes something, waits, and has it done.</summary>
    public static async Task PassAsync(this IndexChain index, ProposalKind kind, byte[] data)
    {
        await index.CallAsync(index.Founder, Propose(kind, data), to: index.Manager);
        await index.WaitAsync(Delay);
        await index.CallAsync(index.Alice, Execute(kind, data), to: index.Manager);
    }
}
