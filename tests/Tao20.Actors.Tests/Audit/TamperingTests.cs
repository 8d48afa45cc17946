using Xunit.Abstractions;

namespace Tao20.Actors.Tests.Audit;

/// <summary>
/// A journal that somebody has changed: whatever it was, an audit finds it, says what kind of difference it is, and names the entry at
/// which it first shows. The journals are those of a real validator and a real miner.
/// </summary>
public sealed class TamperingTests(ITestOutputHelper output) : InDirectory
{
    [Fact]
    public async Task Each_way_to_change_a_journal_is_found_and_its_entry_named()
    {
        var (ways, wrong) = (Tampering.All().ToList(), new List<string>());
        foreach (var (way, i) in ways.Select((way, i) => (way, i)))
        {
            var journal = AuditedJournal.Golden(way.Journal, System.IO.Path.Combine(Path, $"{i}"));
            var row = way.Do(journal);
            var (document, differences) = await journal.AuditAsync();
            var found = differences.Count > 0 ? differences[0] : null;
            output.WriteLine(
                $"{way.Name}: {string.Join(" ", document.Differences.Take(1).SelectMany(one => one.Lines()).Select(line => line.Trim()))}"
            );
            var isNamed =
                row is not { } expected
                || (found?.Row?.Stream == expected.Stream && (expected.SequenceNr == 0 || found.Row?.SequenceNr == expected.SequenceNr));
            if (found?.Kind != way.Kind || !isNamed)
                wrong.Add($"{way.Name}: {way.Kind} at {row} is expected, {found?.Kind} at {found?.Row} is found");
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
        Assert.True(ways.Count >= 50, $"only {ways.Count} ways");
    }
}
