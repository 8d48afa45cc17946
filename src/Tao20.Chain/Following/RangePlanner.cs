using System.Globalization;
using System.Text.RegularExpressions;

namespace Tao20.Chain.Following;

/// <summary>
/// How large the next range of an endpoint is: pure, so that its behaviour is a table. Grows on small quick answers, halves on refusals.
/// </summary>
/// <param name="Size">The size of the next range, in blocks.</param>
/// <param name="Ceiling">No range is larger than this: the configured most, or less once the endpoint has refused more.</param>
/// <param name="Wanted">The size of a reply that a range should have, in bytes.</param>
public sealed partial record RangePlanner(int Size, int Ceiling, int Wanted)
{
    /// <summary>An answer slower than this does not make the ranges grow.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    /// <summary>After so many answers below what was refused, it is tried again: a provider may have lifted its limit.</summary>
    public const int AnswersBeforeMore = 100;

    /// <summary>The largest range that is configured, in blocks.</summary>
    public int Most { get; init; } = Ceiling;

    /// <summary>The answers since the last refusal.</summary>
    public int Answers { get; init; }

    /// <summary>The planner before the first answer.</summary>
    public static RangePlanner Start(int firstBlocks, int maxBlocks, int wantedBytes) =>
        new(Math.Min(firstBlocks, maxBlocks), maxBlocks, wantedBytes);

    /// <summary>
    /// The range that starts at <paramref name="next"/> and does not pass <paramref name="target"/>, both included. What would be left
    /// over as less than half a range goes along with it: a request, and entries in the journal, for a few blocks are as dear as for many.
    /// </summary>
    public (ulong From, ulong To) Next(ulong next, ulong target)
    {
        var left = target - next + 1;
        var most = (ulong)Math.Min(Size + (Size - 1) / 2, Ceiling);
        return (next, left <= most ? target : next + (ulong)Size - 1);
    }

    /// <summary>After an answer of so many bytes for so many blocks: aims at the wanted size, at most doubling.</summary>
    public RangePlanner Answered(int blocks, int bytes, TimeSpan elapsed)
    {
        if (elapsed > Slow)
            return this with { Size = Math.Max(1, Size / 2) };
        var fitting = (long)blocks * Wanted / Math.Max(1, bytes);
        if (fitting < Size)
            return this with { Size = (int)Math.Max(1, fitting) };
        if (blocks < Size)
            return this;
        var ceiling = Answers + 1 < AnswersBeforeMore ? Ceiling : (int)Math.Min(2L * Ceiling, Most);
        return this with
        {
            Size = (int)Math.Min(Math.Min(fitting, 2L * Size), ceiling),
            Ceiling = ceiling,
            Answers = ceiling == Ceiling ? Answers + 1 : 0,
        };
    }

    /// <summary>After a refusal or a time-out of a range of so many blocks: half of it, and slowly up again from there.</summary>
    /// <param name="blocks">The range refused.</param>
    /// <param name="limits">Whether that tells how large a range may be.</param>
    /// <param name="hint">
    /// The endpoint's words. What looks like a limit in them is tried first when it is less than half; there is no standard for them.
    /// </param>
    public RangePlanner Refused(int blocks, bool limits = true, string hint = "")
    {
        var half = Math.Max(1, blocks / 2);
        return this with
        {
            Size = Math.Min(Size, HintOf(hint) is { } less and > 0 && less < half ? less : half),
            Ceiling = limits ? Math.Max(half, Math.Min(Ceiling, blocks - 1)) : Ceiling,
            Answers = 0,
        };
    }

    private static int? HintOf(string words)
    {
        if (Span().Match(words) is { Success: true } span)
        {
            var (from, to) = (Hex(span.Groups["from"]), Hex(span.Groups["to"]));
            return to >= from && to - from < int.MaxValue ? (int)(to - from + 1) : null;
        }

        return
            Limit().Match(words) is { Success: true } limit
            && int.TryParse(limit.Groups["blocks"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var blocks)
            ? blocks
            : null;

        static ulong Hex(Group digits) => ulong.Parse(digits.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>A range to try instead, such as <c>[0x10, 0x1f]</c>.</summary>
    [GeneratedRegex(@"\[0x(?<from>[0-9a-f]{1,16}), ?0x(?<to>[0-9a-f]{1,16})\]", RegexOptions.IgnoreCase)]
    private static partial Regex Span();

    /// <summary>A limit, such as <c>limit of 10000</c>, <c>max is 1,000</c> or <c>up to a 500 block range</c>.</summary>
    [GeneratedRegex(
        @"\b(limit|limited|max|maximum|up)\b( is| of| to|:| allowed)*( a)? ?(?<blocks>[0-9][0-9,]{0,12})\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Limit();
}
