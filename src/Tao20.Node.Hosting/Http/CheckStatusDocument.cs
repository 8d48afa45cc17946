using Tao20.Actors.Checks;
using Tao20.Node.Checks;

namespace Tao20.Node.Http;

/// <summary>The check of the chain, as <c>/status</c> shows it: all rows that do not hold.</summary>
internal sealed record CheckStatusDocument(
    string? Node,
    uint? Spec,
    string? Profile,
    ulong? Block,
    DateTimeOffset? At,
    string? Worst,
    long Checks,
    string? Problem,
    IReadOnlyList<string> Off,
    IReadOnlyList<CheckRowDocument> Rows
)
{
    public static CheckStatusDocument? Of(ChainCheckStatus? status)
    {
        if (status is null)
            return null;
        var report = status.Report is { } made ? CheckDocument.Of(made) : null;
        return new CheckStatusDocument(
            report?.Node,
            report?.Spec,
            report?.Profile,
            report?.Block,
            report?.At,
            report?.Worst,
            status.Checks,
            status.Problem,
            report?.Off ?? [],
            [.. (status.Report?.Results ?? []).Where(row => !row.Holds).Select(CheckRowDocument.Of)]
        );
    }
}
