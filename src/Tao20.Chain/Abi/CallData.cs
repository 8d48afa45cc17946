using System.Reflection;
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
    /// <typeparam name="T">A message with a <see cref="FunctionAttribute"/> and a <see cref="ParameterAttribute"/> for each argument.</typeparam>
    public static string Encode<T>(this T message)
        where T : FunctionMessage =>
        Encoder.EncodeRequest(Shape<T>.Selector, Shape<T>.Parameters, Shape<T>.Values(message));

    /// <summary>The code that deploys a contract, followed by the encoded arguments of its constructor.</summary>
    /// <typeparam name="T">A message with a <see cref="ParameterAttribute"/> for each argument.</typeparam>
    public static string EncodeDeployment<T>(this T deployment)
        where T : ContractDeploymentMessage =>
        deployment.ByteCode + Convert.ToHexStringLower(new ParametersEncoder().EncodeParameters(Shape<T>.Parameters, Shape<T>.Values(deployment)));

    /// <summary>
    /// The ABI of a message type, read once: left to Nethereum, its attributes are read by reflection at every call, which takes ten times
    /// as long as the encoding.
    /// </summary>
    private static class Shape<T>
    {
        private static readonly List<(PropertyInfo Property, ParameterAttribute Parameter)> Properties =
        [
            .. typeof(T).GetProperties()
                .Select(property => (property, parameter: property.GetCustomAttribute<ParameterAttribute>(true)!))
                .Where(one => one.parameter is not null)
                .OrderBy(one => one.parameter.Order),
        ];

        public static readonly Parameter[] Parameters = typeof(T).IsAssignableTo(typeof(FunctionMessage))
            ? ABITypedRegistry.GetFunctionABI<T>().InputParameters
            : [.. Properties.Select(one => one.Parameter.Parameter)];

        public static readonly string Selector = typeof(T).IsAssignableTo(typeof(FunctionMessage)) ? ABITypedRegistry.GetFunctionABI<T>().Sha3Signature : "";

        public static object[] Values(T message) => [.. Properties.Select(one => one.Property.GetValue(message)!)];
    }
}
