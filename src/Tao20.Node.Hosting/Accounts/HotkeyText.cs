using Tao20.Chain.Substrate;
using Tao20.Domain.Units;

namespace Tao20.Node.Accounts;

/// <summary>A hotkey as people write it: SS58, or 0x and 64 hex digits.</summary>
internal static class HotkeyText
{
    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Hash256 Parse(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
        && text.Length == 2 + 2 * Hash256.Length
        && text.AsSpan(2).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0
            ? Hash256.Parse(text)
            : Ss58.TryParse(text) ?? throw new FormatException($"'{text}' is no hotkey: give it as SS58 (5...) or as 0x and 64 hex digits");

    /// <summary>That of <c>--hotkey</c>; null when it is not given.</summary>
    /// <exception cref="NodeException">It is none.</exception>
    public static Hash256? OfOption(string? text)
    {
        try
        {
            return text is null ? null : Parse(text);
        }
        catch (FormatException e)
        {
            throw new NodeException(
                ExitCodes.Usage,
                $"--hotkey = {text} is no hotkey: give it as SS58 (5...) or as 0x and 64 hex digits.",
                e
            );
        }
    }
}
