using System.Globalization;
using Tao20.Dashboard;
using Tao20.Dashboard.Reports;

namespace Tao20.Node.Audit;

/// <summary>The report of an audit for people, as one HTML file. The same audit gives the same bytes.</summary>
internal static class AuditReportFile
{
    /// <summary>Writes it, in the place of what is there.</summary>
    /// <exception cref="NodeException">It cannot be written.</exception>
    public static async Task WriteAsync(FileInfo file, AuditDocument audit, AuditFigures figures, CancellationToken cancel)
    {
        var html = await RenderAsync(audit, figures);
        try
        {
            await File.WriteAllTextAsync(file.FullName, html, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(ExitCodes.Usage, $"--html = {file} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>The document.</summary>
    public static Task<string> RenderAsync(AuditDocument audit, AuditFigures figures) =>
        Page.RenderAsync<AuditReportPage>(
            new Dictionary<string, object?> { [nameof(AuditReportPage.Report)] = figures.Report(audit, [.. Facts(audit)]) }
        );

    private static IEnumerable<ReportFact> Facts(AuditDocument audit)
    {
        if (audit.Identity is { } identity)
        {
            yield return Of("chain", $"{identity.ChainId}, genesis {identity.Genesis}");
            yield return Of("index", $"{identity.Contract}, from block {Number((long)identity.FromBlock)}");
            yield return Of("registry", identity.Registry ?? "none");
        }

        yield return Of("up to block", audit.Block is { } block ? Number((long)block) : "none");
        yield return Of(
            "folded again",
            $"{Number(audit.Entries)} entries of {Number(audit.Streams)} streams: {Number(audit.Trades)} trades of "
                + $"{Number(audit.Miners)} miners"
        );
        yield return Of(
            "compared",
            $"{Number(audit.Snapshots)} snapshots, {Number(audit.EpochsRecomputed)} epochs, {Number(audit.Rounds)} rounds"
        );
        if (audit.StreamsFromSnapshot > 0)
            yield return Of(
                "begin with a snapshot",
                $"{Number(audit.StreamsFromSnapshot)} streams: what was before is no longer in the journal"
            );
        if (audit.EpochsAsWritten > 0)
            yield return Of("taken as written", $"{Number(audit.EpochsAsWritten)} epochs, of which some miners' volumes are only known so");
        if (audit.TakenAsWritten > 0)
            yield return Of("taken as written", $"{Number(audit.TakenAsWritten)} entries of earlier versions");
        if (audit.Chain is { } chain)
            yield return Of(
                "by the chain",
                $"{Number(chain.Trades)} trades of {Number(chain.Miners)} miners and {Number(chain.Epochs)} epochs up to block "
                    + $"{Number((long)chain.Block)}; {Number(chain.ContractCounts)} volumes by the contract's count"
            );
        yield return Of("hash of all trades", audit.TradesHash ?? "not known");
        yield return Of("hash of the last epoch", audit.LastEpochHash ?? "none");
        yield return Of("hash of the last round", audit.LastRoundHash ?? "none");
        if (audit.Epochs.Count > AuditFigures.EpochsShown)
            yield return Of("shown", $"the last {AuditFigures.EpochsShown} of {Number(audit.Epochs.Count)} epochs");
    }

    private static ReportFact Of(string name, string value) => new(name, value);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
