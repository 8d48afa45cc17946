using Nethereum.ABI.FunctionEncoding;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.ABI.Model;
using Nethereum.Contracts;

namespace Tao20.Chain.Abi;

/// <summary>Encodes typed function messages (Nethereum) as call data: the selector and the arguments, as 0x and hex digits.</summary>
public static class CallData
{
    private static readonly FunctionCallEncoder Encoder = new();

    /// <summary>The call data of a function message.</summary>
    /// <typeparam name="T">A message with a <see cref="FunctionAttribute"/> and a <see cref="ParameterAttribute"/> for each
    /// argument.</typeparam>
    public static string Encode<T>(this T message)
        where T : FunctionMessage =>
        Encoder.EncodeRequest(Function<T>.Abi.Sha3Signature, Function<T>.Abi.InputParameters, MessageShape<T>.Values(message));

    /// <summary>The selector of a function message: its first four bytes.</summary>
    /// <typeparam name="T">The message.</typeparam>
    public static ReadOnlyMemory<byte> Selector<T>()
        where T : FunctionMessage => Convert.FromHexString(Function<T>.Abi.Sha3Signature);

    /// <summary>The code that deploys a contract, followed by the encoded arguments of its constructor.</summary>
    /// <typeparam name="T">A message with a <see cref="ParameterAttribute"/> for each argument.</typeparam>
    public static string EncodeDeployment<T>(this T deployment)
        where T : ContractDeploymentMessage =>
        deployment.ByteCode
        + Convert.ToHexStringLower(
            new ParametersEncoder().EncodeParameters(
                new AttributesToABIExtractor().ExtractParametersFromAttributes(typeof(T)),
                MessageShape<T>.Values(deployment)
            )
        );

    private static class Function<T>
    {
        public static readonly FunctionABI Abi = ABITypedRegistry.GetFunctionABI<T>();
    }
}
