using Tao20.Domain.Checks;

namespace Tao20.Chain.Checks;

/// <summary>An assumption about the chain, and what follows where it does not hold (source: the chain reference, section 11).</summary>
/// <param name="Number">Its number: for ever.</param>
/// <param name="Assumption">What is assumed.</param>
/// <param name="Expected">What is expected, at spec 425 and at 473.</param>
/// <param name="Otherwise">What it means when it does not hold, or cannot be found out.</param>
/// <param name="Off">What is off then.</param>
/// <param name="Probe">Finds out.</param>
internal sealed record CheckRow(
    int Number,
    string Assumption,
    string Expected,
    CheckOutcome Otherwise,
    IReadOnlyList<ChainAction> Off,
    Func<CheckProbe, Task<Finding>> Probe
)
{
    /// <summary>The result of a finding.</summary>
    public CheckResult Of(Finding finding)
    {
        var outcome = finding.Outcome ?? Otherwise;
        return new CheckResult(
            Number,
            Assumption,
            outcome,
            Expected,
            finding.Found,
            outcome >= CheckOutcome.Degrade ? finding.Off ?? Off : []
        );
    }
}

/// <summary>What a probe has found.</summary>
/// <param name="Outcome">Whether the assumption holds; null for what the row says of one that does not.</param>
/// <param name="Found">In words.</param>
/// <param name="Off">What is off; null for what the row says.</param>
internal sealed record Finding(CheckOutcome? Outcome, string Found, IReadOnlyList<ChainAction>? Off = null)
{
    public static Finding Ok(string found) => new(CheckOutcome.Ok, found);

    public static Finding NotAsked(string why) => new(CheckOutcome.NotAsked, why);

    public static Finding Warn(string found) => new(CheckOutcome.Warn, found);

    public static Finding Differs(string found, params IReadOnlyList<ChainAction>? off) =>
        new(null, found, off is { Count: > 0 } ? off : null);

    /// <summary>Differs when anything is said, each in its own words.</summary>
    public static Finding Of(IReadOnlyCollection<string> differences, string fine) =>
        differences.Count == 0 ? Ok(fine) : Differs(string.Join("; ", differences));
}
