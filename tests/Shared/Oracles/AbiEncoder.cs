using System.Globalization;
using System.Numerics;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Tests.Oracles;

/// <summary>Encodes the arguments of a call, as the contract ABI has it: a head of one word per argument, then the tails.</summary>
/// <remarks>
/// Arguments are <see cref="BigInteger"/> or any integer (uintN, and negative intN), <see cref="bool"/>, <see cref="Address"/>,
/// <see cref="Hash256"/> (bytes32), <c>byte[]</c> (bytes), <see cref="string"/>, lists of these (T[]), <see cref="AbiStruct"/> and
/// <see cref="AbiTuple"/>.
/// </remarks>
internal static class AbiEncoder
{
    /// <summary>The call data of a function: its selector and its arguments, as 0x and hex digits.</summary>
    /// <exception cref="ArgumentException">An argument of a type that is not encoded here.</exception>
    public static string Call(string signature, params object[] arguments) => Keccak.Selector(signature) + Encode(arguments);

    /// <summary>The encoded arguments as hex digits, without 0x.</summary>
    /// <exception cref="ArgumentException">An argument of a type that is not encoded here.</exception>
    public static string Encode(params object[] arguments)
    {
        var head = new StringBuilder();
        var tail = new StringBuilder();
        var headLength = 32 * arguments.Sum(argument => argument is AbiStruct words ? words.Words.Count : 1);
        foreach (var argument in arguments)
        {
            if (IsDynamic(argument))
            {
                head.Append(Word(headLength + tail.Length / 2));
                tail.Append(Dynamic(argument));
            }
            else
            {
                head.Append(Static(argument));
            }
        }

        return head.Append(tail).ToString();
    }

    private static bool IsDynamic(object value) => value is byte[] or string or AbiTuple or IEnumerable<object>;

    private static string Dynamic(object value) =>
        value switch
        {
            byte[] bytes => Word(bytes.Length) + Padded(bytes),
            AbiTuple tuple => Encode([.. tuple.Fields]),
            string text => Dynamic(Encoding.UTF8.GetBytes(text)),
            IEnumerable<object> list => Word(list.Count()) + Encode([.. list]),
            _ => throw Unknown(value),
        };

    private static string Static(object value) =>
        value switch
        {
            AbiStruct words => string.Concat(words.Words.Select(Static)),
            bool flag => Word(flag ? 1 : 0),
            Address address => new string('0', 24) + address.ToString()[2..],
            Hash256 hash => hash.ToString()[2..],
            BigInteger number => Word(number),
            UInt128 number => Word(number),
            IConvertible number => Word(BigInteger.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
            _ => throw Unknown(value),
        };

    private static string Word(BigInteger value)
    {
        if (value.Sign < 0)
            value += BigInteger.One << 256;
        var digits = value.ToString("x64", CultureInfo.InvariantCulture);
        return digits.Length > 64 ? digits[^64..] : digits;
    }

    private static string Padded(byte[] bytes) => Convert.ToHexStringLower(bytes).PadRight((bytes.Length + 31) / 32 * 64, '0');

    private static ArgumentException Unknown(object value) => new($"A {value.GetType().Name} is not encoded here.", nameof(value));
}

/// <summary>A struct whose fields are all a word long: it stands in its place, field after field.</summary>
/// <param name="Words">The fields.</param>
internal sealed record AbiStruct(IReadOnlyList<object> Words);

/// <summary>A struct with a field that is longer: its place has where it stands.</summary>
/// <param name="Fields">The fields.</param>
internal sealed record AbiTuple(IReadOnlyList<object> Fields);
