using System.Reflection;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.ABI.Model;

namespace Tao20.Chain.Abi;

/// <summary>
/// The encoded parameters of a message type (Nethereum), in order; of an event those in its data. Read once: left to Nethereum,
/// attributes are read by reflection at every call, which takes ten times as long as the encoding.
/// </summary>
internal static class MessageShape<T>
{
    private static readonly List<(PropertyInfo Property, Parameter Parameter)> Encoded =
    [
        .. typeof(T)
            .GetProperties()
            .Select(property => (property, attribute: property.GetCustomAttribute<ParameterAttribute>(true)!))
            .Where(one => one.attribute is not null && !one.attribute.Parameter.Indexed)
            .OrderBy(one => one.attribute.Order)
            .Select(one => (one.property, one.attribute.Parameter)),
    ];

    /// <summary>Their types; of a struct without its fields, which only Nethereum's registry of functions and events knows.</summary>
    public static readonly Parameter[] Parameters = [.. Encoded.Select(one => one.Parameter)];

    /// <summary>Their values in a message.</summary>
    public static object[] Values(T message) => [.. Encoded.Select(one => one.Property.GetValue(message)!)];
}
