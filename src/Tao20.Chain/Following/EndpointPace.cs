namespace Tao20.Chain.Following;

/// <summary>
/// What reading has shown of an endpoint: how large its ranges may be, how quickly they come, and how many it bears at once. Pure, so that
/// its behaviour is a table. Of endpoints that are read from at once, one that is much slower is left out: ranges are folded in order, and
/// all would wait for it.
/// </summary>
/// <param name="Planner">How large its next range is.</param>
/// <param name="Most">How many ranges may be downloaded from it at once.</param>
public sealed record EndpointPace(RangePlanner Planner, int Most)
{
    /// <summary>How quick an endpoint was is remembered for so many times as long as its ranges take; then it is tried again.</summary>
    public const int RememberedRanges = 10;

    /// <summary>So long it is remembered at least.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);

    /// <summary>After so many ranges for which it has not asked to wait, one more is downloaded at once.</summary>
    public const int RangesBeforeMore = 16;

    /// <summary>An endpoint that takes so many times as long as the quickest, or gives so much less, is left out.</summary>
    public const int TooSlow = 2;

    // The average of the last half dozen ranges or so.
    private const double NewestShare = 0.3;

    /// <summary>How many are downloaded at once now: halved when it asks to wait, and slowly up again.</summary>
    public int AtOnce { get; init; } = Most;

    /// <summary>How long a range takes on average; null before the first.</summary>
    public TimeSpan? Takes { get; init; }

    /// <summary>How many blocks one download gives in a second, on average.</summary>
    public double BlocksPerSecond { get; init; }

    /// <summary>When its last range came, by the clock of who reads.</summary>
    public TimeSpan MeasuredAt { get; init; }

    /// <summary>When fewer were last downloaded at once, for it had asked to wait; null when it never has.</summary>
    public TimeSpan? LoweredAt { get; init; }

    /// <summary>How many ranges have come since then, or since there was last one more at once.</summary>
    public int Undisturbed { get; init; }

    /// <summary>After a range that came.</summary>
    /// <param name="blocks">How many blocks it has.</param>
    /// <param name="bytes">The size of the reply.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="now">The time by the clock of who reads.</param>
    public EndpointPace Answered(int blocks, int bytes, TimeSpan took, TimeSpan now)
    {
        var speed = blocks / Math.Max(took.TotalSeconds, 1e-6);
        var isKnown = IsMeasured(now);
        var more = AtOnce < Most && Undisturbed + 1 >= RangesBeforeMore;
        return this with
        {
            Planner = Planner.Answered(blocks, bytes, took),
            Takes = isKnown ? Takes!.Value + (took - Takes.Value) * NewestShare : took,
            BlocksPerSecond = isKnown ? BlocksPerSecond + (speed - BlocksPerSecond) * NewestShare : speed,
            MeasuredAt = now,
            AtOnce = more ? AtOnce + 1 : AtOnce,
            Undisturbed = more || AtOnce == Most ? 0 : Undisturbed + 1,
        };
    }

    /// <summary>After it has asked to wait: half as many at once, once for all that were under way together.</summary>
    /// <param name="begun">When the download began that had to wait.</param>
    /// <param name="now">The time by the clock of who reads.</param>
    public EndpointPace AskedToWait(TimeSpan begun, TimeSpan now) =>
        begun < LoweredAt ? this : this with { AtOnce = Math.Max(1, AtOnce / 2), LoweredAt = now, Undisturbed = 0 };

    /// <summary>After a refusal or a time-out of a range of so many blocks (<see cref="RangePlanner.Refused"/>).</summary>
    public EndpointPace Refused(int blocks, bool limits, string hint) => this with { Planner = Planner.Refused(blocks, limits, hint) };

    /// <summary>How many ranges may be downloaded from each endpoint at once, where all can give what is to be read.</summary>
    /// <param name="paces">The endpoints, the preferred one first.</param>
    /// <param name="now">The time by the clock of who reads.</param>
    public static IReadOnlyList<int> Shares(IReadOnlyList<EndpointPace> paces, TimeSpan now)
    {
        var best = paces.Where(pace => pace.IsMeasured(now)).MaxBy(pace => pace.BlocksPerSecond);
        return [.. paces.Select((pace, i) => pace.Share(best, isPreferred: i == 0, now))];
    }

    private int Share(EndpointPace? best, bool isPreferred, TimeSpan now)
    {
        if (this == best || (isPreferred && !IsMeasured(now)))
            return AtOnce;

        // One that is not known is tried with a single range.
        if (best is null || !IsMeasured(now))
            return 1;
        if (Takes > best.Takes * TooSlow)
            return 0;
        if (BlocksPerSecond * TooSlow >= best.BlocksPerSecond)
            return AtOnce;

        // Its ranges are still growing.
        return Planner.Size < Math.Min(Planner.Ceiling, best.Planner.Size) ? 1 : 0;
    }

    private bool IsMeasured(TimeSpan now) =>
        Takes is { } takes && now - MeasuredAt <= (takes * RememberedRanges > Remembered ? takes * RememberedRanges : Remembered);
}
