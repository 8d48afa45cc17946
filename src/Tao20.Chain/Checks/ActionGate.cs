using Tao20.Chain.Runtime;
using Tao20.Domain.Checks;

namespace Tao20.Chain.Checks;

/// <summary>
/// Says what may be signed: what the last check of the chain found in order, as long as the chain still runs the version that was checked.
/// Closed before the first check. Safe for several threads.
/// </summary>
public sealed class ActionGate(RuntimeWatch runtime)
{
    private volatile CheckReport? _report;

    /// <summary>The last report; null before the first.</summary>
    public CheckReport? Report => _report;

    /// <summary>Takes the report of a check.</summary>
    public void Take(CheckReport report) => _report = report;

    /// <summary>Why an action must wait; null when it may go on.</summary>
    public string? Closed(ChainAction action) =>
        _report is not { } report ? "the chain has not been checked yet"
        : report.Version != runtime.Version
            ? $"the chain's runtime is {Text(runtime.Version?.ToString())}, and what was checked is {Text(report.Version?.ToString())}: it "
                + "is checked anew first"
        : report.Closed(action);

    private static string Text(string? version) => version ?? "unknown";
}
