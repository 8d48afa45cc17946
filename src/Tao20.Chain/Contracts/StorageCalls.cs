using Tao20.Chain.JsonRpc;

namespace Tao20.Chain.Contracts;

/// <summary>Reads of the runtime's storage through the precompile 0x807: the data is the key, the answer the raw value.</summary>
public static class StorageCalls
{
    /// <summary>The raw value of a key at a block; empty when it has none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="block">The block.</param>
    /// <param name="take">Takes the value.</param>
    public static RpcCall At(byte[] key, ulong block, Action<byte[]> take) => At(Data(key), block, take);

    /// <summary>The same with the call's data.</summary>
    /// <param name="data">What <see cref="Data"/> gives.</param>
    /// <param name="block">The block.</param>
    /// <param name="take">Takes the value.</param>
    public static RpcCall At(string data, ulong block, Action<byte[]> take) => EthCalls.CallAt(Precompiles.StorageQuery, data, block, take);

    /// <summary>A key as the data of a call, as 0x and hex digits.</summary>
    public static string Data(byte[] key) => "0x" + Convert.ToHexStringLower(key);
}
