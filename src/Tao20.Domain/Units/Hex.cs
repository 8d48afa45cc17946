using System.Buffers;

namespace Tao20.Domain.Units;

/// <summary>Hex of a known length, with its 0x.</summary>
internal static class Hex
{
    /// <summary>Fills <paramref name="destination"/> from 0x and exactly twice as many hex digits; false for anything else.</summary>
    public static bool TryDecode(string? text, Span<byte> destination) =>
        text is not null
        && text.Length == 2 + destination.Length * 2
        && text[0] == '0'
        && (text[1] is 'x' or 'X')
        && Convert.FromHexString(text.AsSpan(2), destination, out _, out _) == OperationStatus.Done;
}
