namespace Tao20.Node.Audit.Bundles;

/// <summary>What the verification of a bundle has come to.</summary>
/// <param name="Bundle">The file.</param>
/// <param name="ChainId">The EVM chain id.</param>
/// <param name="Contract">The index.</param>
/// <param name="Registry">The registry; null for none.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Trades">Trades that were folded.</param>
/// <param name="Lines">How many lines it has.</param>
/// <param name="Signer">Who has signed it; null for nobody.</param>
/// <param name="Validator">For which validator that account acts, by the bundle's own history; null for none.</param>
/// <param name="Recomputed">What its history comes to; null where it cannot be folded.</param>
/// <param name="Differences">What differs.</param>
internal sealed record BundleDocument(
    string Bundle,
    ulong ChainId,
    string Contract,
    string? Registry,
    ulong Epoch,
    long Trades,
    long Lines,
    string? Signer,
    string? Validator,
    EpochAudit? Recomputed,
    IReadOnlyList<DifferenceDocument> Differences
)
{
    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Text()
    {
        yield return $"{Bundle}: epoch {Epoch} of {Contract} on chain {ChainId}, {Trades} trades in {Lines} lines";
        yield return Signer is null ? "  not signed" : $"  signed by {Signer}{(Validator is null ? "" : $", for validator {Validator}")}";
        foreach (var line in Recomputed?.Lines() ?? [])
            yield return $"  {line}";
        yield return "  taken as it is written: that the chain has logged this, and its state at the epoch's last block "
            + "('tao20 audit chain' asks it)";
        foreach (var line in Differences.SelectMany(one => one.Lines()))
            yield return line;
        yield return Differences.Count == 0 ? "verified" : $"NOT verified: {Differences.Count} differ";
    }
}
