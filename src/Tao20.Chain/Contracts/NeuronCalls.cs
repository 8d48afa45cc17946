using System.Buffers.Binary;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Contracts;

/// <summary>The calls of the INeuron precompile (0x804), as 0x and hex digits.</summary>
public static class NeuronCalls
{
    /// <summary>Sets weights in the clear.</summary>
    public static string SetWeights(ushort netuid, IReadOnlyList<SubnetWeight> weights, ulong versionKey) =>
        new SetWeightsFunction(netuid, Uids(weights), Values(weights), versionKey).Encode();

    /// <summary>Commits to weights without telling them.</summary>
    public static string CommitWeights(ushort netuid, Hash256 commit) => new CommitWeightsFunction(netuid, commit).Encode();

    /// <summary>Tells the weights that were committed to.</summary>
    public static string RevealWeights(ushort netuid, IReadOnlyList<SubnetWeight> weights, IReadOnlyList<ushort> salt, ulong versionKey) =>
        new RevealWeightsFunction(netuid, Uids(weights), Values(weights), [.. salt], versionKey).Encode();

    /// <summary>
    /// What is committed to: BLAKE2b-256 of the SCALE encoding of <c>(hotkey, netuid, uids, values, salt, version key)</c>
    /// (source: Subtensor, <c>do_reveal_weights</c>). The hotkey of an EVM account is its <see cref="Coldkey"/>.
    /// </summary>
    public static Hash256 Commit(
        Address account,
        ushort netuid,
        IReadOnlyList<SubnetWeight> weights,
        IReadOnlyList<ushort> salt,
        ulong versionKey
    )
    {
        using var scale = new MemoryStream();
        scale.Write(Coldkey.Of(account).ToBytes());
        Write(scale, netuid);
        Write(scale, [.. weights.Select(weight => weight.Uid)]);
        Write(scale, [.. weights.Select(weight => weight.Weight)]);
        Write(scale, salt);
        Span<byte> version = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(version, versionKey);
        scale.Write(version);
        return Blake2b.Hash(scale.ToArray());
    }

    /// <summary>A SCALE vector: its length as a compact integer, then each number, the low byte first.</summary>
    private static void Write(MemoryStream scale, IReadOnlyList<ushort> numbers)
    {
        var length = (uint)numbers.Count;
        if (length < 1 << 6)
            scale.WriteByte((byte)(length << 2));
        else if (length < 1 << 14)
            Write(scale, (ushort)((length << 2) | 1));
        else
            throw new ArgumentException($"{length} numbers are more than a subnet has neurons.", nameof(numbers));
        foreach (var number in numbers)
            Write(scale, number);
    }

    private static void Write(MemoryStream scale, ushort number)
    {
        scale.WriteByte((byte)number);
        scale.WriteByte((byte)(number >> 8));
    }

    private static List<ushort> Uids(IReadOnlyList<SubnetWeight> weights) => [.. weights.Select(weight => weight.Uid)];

    private static List<ushort> Values(IReadOnlyList<SubnetWeight> weights) => [.. weights.Select(weight => weight.Weight)];
}
