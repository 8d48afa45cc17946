using System.Globalization;
using System.Text.RegularExpressions;
using Tao20.Actors.Audit;
using Tao20.Dashboard;
using Tao20.Dashboard.Charts;
using Tao20.Dashboard.Reports;
using Tao20.Domain.Audit;
using Tao20.Domain.Settlement;
using Tao20.Node.Audit;

namespace Tao20.Actors.Tests.Audit;

/// <summary>The report of an audit for people: one file that says what the audit has found, and needs nothing else.</summary>
public sealed partial class AuditReportTests : InDirectory
{
    [Fact]
    public async Task A_report_has_all_that_the_audit_has_found_and_nothing_from_elsewhere()
    {
        var journal = AuditedJournal.Golden("validator-2026-11-29", System.IO.Path.Combine(Path, "journal"));
        var settled = new List<EpochReport>();
        var (document, html) = await ReportAsync(journal, settled.Add);
        Assert.Contains("No differences", html, StringComparison.Ordinal);
        Assert.All(document.Epochs, epoch => Assert.Contains(epoch.RankingRoot, html, StringComparison.Ordinal));
        Assert.All(document.Epochs, epoch => Assert.Contains(epoch.Hash!, html, StringComparison.Ordinal));
        Assert.Contains(document.TradesHash!, html, StringComparison.Ordinal);
        foreach (
            var title in (string[])["Volume that counts", "Rewards by tier", "Ranks over epochs", "Lorenz", "NAV: settled and attested"]
        )
            Assert.Contains(title, html, StringComparison.Ordinal);

        // What each miner was paid in all epochs, who was paid most first: all that is given to miners.
        var paid = Paid().Matches(html).Select(one => ulong.Parse(one.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(paid.OrderDescending(), paid);
        Assert.Equal(
            settled.Aggregate(0UL, (sum, one) => sum + one.Rewards.Emission.Value - one.Rewards.ValidatorPool.Value),
            paid.Aggregate(0UL, (sum, one) => sum + one)
        );
        Assert.DoesNotMatch(FromElsewhere(), html);

        // The same journal gives the same bytes.
        Assert.Equal(html, (await ReportAsync(journal)).Html);

        // An epoch in which a payout was raised.
        var changed = Tampering.All().First(way => way.Kind == DifferenceKind.EpochDiffers && way.Journal == "validator-2026-11-29");
        changed.Do(journal);
        var (found, told) = await ReportAsync(journal);
        Assert.Contains($"{found.DifferenceCount} difference", told, StringComparison.Ordinal);
        Assert.Contains(nameof(DifferenceKind.EpochDiffers), told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_has_written_is_shown_as_text()
    {
        const string Hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&";
        var report = new AuditReport(
            Hostile,
            [new ReportFact(Hostile, Hostile)],
            [Hostile],
            [new ReportDifference(Hostile, Hostile, Hostile, [Hostile])],
            1,
            [
                new ReportEpoch(
                    1,
                    DateTimeOffset.UnixEpoch,
                    double.NaN,
                    0,
                    1,
                    0,
                    [0, 0, 0, 0, 0, 0],
                    0,
                    0,
                    [0, 0, 0],
                    0,
                    0,
                    Hostile,
                    Hostile
                ),
            ],
            [new ReportMiner(Hostile, 1, Hostile, 1, new Dictionary<ulong, int> { [1] = 1 })],
            1,
            [(0, 0), (1, 1)],
            [new ReportRound(1, Hostile, 1, [new ReportAttestation(Hostile, null, Hostile, false)])],
            [new ReportSlash(Hostile, 1, 1, Hostile)]
        );
        var html = await Page.RenderAsync<AuditReportPage>(new Dictionary<string, object?> { [nameof(AuditReportPage.Report)] = report });
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0.00012, 0.00019)]
    [InlineData(-5, 17)]
    [InlineData(999, 1_001)]
    [InlineData(0, 2.1e7)]
    [InlineData(1.0014, 1.0024)]
    public void An_axis_shows_all_values_with_a_few_round_numbers(double least, double most)
    {
        foreach (var fromZero in (bool[])[true, false])
        {
            var axis = Axis.Of([least, most, double.NaN], 100, 200, fromZero);
            Assert.InRange(axis.At(least), 99.99, 200.01);
            Assert.InRange(axis.At(most), 99.99, 200.01);
            Assert.InRange(axis.Ticks.Count(), 2, 12);
            Assert.Equal(axis.Ticks.Count(), axis.Ticks.Select(axis.Text).Distinct().Count());
        }
    }

    private static async Task<(AuditDocument Document, string Html)> ReportAsync(
        AuditedJournal journal,
        Action<EpochReport>? settled = null
    )
    {
        var figures = new AuditFigures(0, ulong.MaxValue);
        var listener = new ReplayListener(settled is null ? figures.Take : figures.Take + settled, figures.Take, _ => { });
        var (document, _) = await journal.AuditAsync(listener);
        return (document, await AuditReportFile.RenderAsync(document, figures));
    }

    [GeneratedRegex(@"https?:|<script|<link(?! rel=""icon"" href=""data:,"")|<img|<iframe|@import|url\(")]
    private static partial Regex FromElsewhere();

    [GeneratedRegex(@"<td class=""code"">0x[0-9a-f]{40}</td>\s*<td class=""number"">[\d.,]+</td>\s*<td class=""number"">(\d+)</td>")]
    private static partial Regex Paid();
}
