namespace Tao20.Actors.Tests.Audit;

/// <summary>Journals that real nodes of each earlier version have written are audited without differences.</summary>
public sealed class GoldenAuditTests : InDirectory
{
    [Theory]
    [InlineData("validator-2026-11", 0)]
    [InlineData("validator-2026-11-28", 0)]
    [InlineData("validator-2026-11-28-heads", 3)]
    [InlineData("validator-2026-11-29", 5)]
    [InlineData("miner-2026-11", 0)]
    [InlineData("miner-2026-11-29", 5)]
    public async Task A_journal_of_an_earlier_version_has_no_differences(string name, int recomputed)
    {
        var (document, differences) = await AuditedJournal.Golden(name, Path).AuditAsync();
        Assert.Equal([], document.Differences.SelectMany(difference => difference.Lines()));
        Assert.Empty(differences);
        Assert.Equal(recomputed, document.EpochsRecomputed);
        Assert.True(document.Trades > 0);

        // What no rules of today can recompute is said to be taken as it was written.
        Assert.Equal(recomputed == 0, document.TakenAsWritten > 0);
    }
}
