using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Tao20.Domain.Units;

namespace Tao20.Chain.Abi;

/// <summary>Reads the hex strings of JSON-RPC from the reader's own bytes, without making a string of them.</summary>
public static class HexText
{
    /// <summary>A quantity such as 0x1f.</summary>
    /// <exception cref="FormatException">Not a quantity, or above 2^64-1.</exception>
    public static ulong Quantity(ref Utf8JsonReader reader)
    {
        var digits = Digits(ref reader);
        if (digits.Length is 0 or > 16)
            throw new FormatException($"a quantity of {digits.Length} hex digits");
        ulong value = 0;
        foreach (var digit in digits)
            value = value << 4 | (uint)Digit(digit);
        return value;
    }

    /// <summary>A quantity of any size.</summary>
    /// <exception cref="FormatException">Not a quantity.</exception>
    public static BigInteger BigQuantity(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : throw new FormatException($"'{text}' is no quantity");

    /// <summary>A hash of 32 bytes.</summary>
    /// <exception cref="FormatException">Not 32 bytes of hex.</exception>
    public static Hash256 Hash(ref Utf8JsonReader reader)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        Exactly(ref reader, bytes);
        return new Hash256(bytes);
    }

    /// <summary>An address of 20 bytes.</summary>
    /// <exception cref="FormatException">Not 20 bytes of hex.</exception>
    public static Address Address(ref Utf8JsonReader reader)
    {
        Span<byte> bytes = stackalloc byte[Domain.Units.Address.Length];
        Exactly(ref reader, bytes);
        return new Address(bytes);
    }

    /// <summary>Bytes of any length into <paramref name="buffer"/>; the count, or -1 when there are more than it holds.</summary>
    /// <exception cref="FormatException">Not hex.</exception>
    public static int Bytes(ref Utf8JsonReader reader, scoped Span<byte> buffer)
    {
        var digits = Digits(ref reader);
        if (digits.Length % 2 != 0)
            throw new FormatException("an odd number of hex digits");
        if (digits.Length / 2 > buffer.Length)
            return -1;
        return Convert.FromHexString(digits, buffer, out _, out var written) == OperationStatus.Done
            ? written
            : throw new FormatException("a character that is no hex digit");
    }

    /// <summary>Bytes of any length.</summary>
    /// <exception cref="FormatException">Not hex.</exception>
    public static byte[] Bytes(ref Utf8JsonReader reader)
    {
        var digits = Digits(ref reader);
        return digits.Length % 2 == 0 ? Convert.FromHexString(digits) : throw new FormatException("an odd number of hex digits");
    }

    /// <summary>The quantity <paramref name="value"/> as JSON-RPC writes it.</summary>
    public static string Quantity(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    private static void Exactly(ref Utf8JsonReader reader, scoped Span<byte> bytes)
    {
        if (Bytes(ref reader, bytes) != bytes.Length)
            throw new FormatException($"not {bytes.Length} bytes of hex");
    }

    /// <summary>The hex digits after the 0x.</summary>
    /// <exception cref="FormatException">Not a text that begins with 0x.</exception>
    public static ReadOnlySpan<byte> Digits(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped)
            throw new FormatException($"a {reader.TokenType} where hex was expected");
        var text = reader.ValueSpan;
        return text.Length >= 2 && text[0] == '0' && text[1] == 'x' ? text[2..] : throw new FormatException("no 0x");
    }

    /// <summary>The value of a hex digit.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static int Digit(byte digit) =>
        digit switch
        {
            >= (byte)'0' and <= (byte)'9' => digit - '0',
            >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
            _ => throw new FormatException("a character that is no hex digit"),
        };
}
