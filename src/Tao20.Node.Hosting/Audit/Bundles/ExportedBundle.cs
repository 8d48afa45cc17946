using Tao20.Chain.Signing;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit.Bundles;

/// <summary>Writes the bundle of an epoch.</summary>
internal static class ExportedBundle
{
    /// <summary>Folds a history, and writes what of it the epoch follows from, and what it comes to.</summary>
    /// <param name="history">The history.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="until">The last block of which statements are taken; null for all that is known.</param>
    /// <param name="netuid">The subnet whose UIDs weights are of.</param>
    /// <param name="signer">Who signs it; null for nobody.</param>
    /// <param name="file">The file.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">The epoch cannot be recomputed, or the file not be written.</exception>
    /// <exception cref="Chain.ChainException">The chain cannot be read.</exception>
    public static Task<ExportDocument> WriteAsync(
        AuditHistory history,
        EpochId epoch,
        ulong? until,
        ushort netuid,
        PrivateKey? signer,
        FileInfo file,
        CancellationToken cancel
    ) =>
        BundleFile.WriteAsync(
            file,
            async stream =>
            {
                using var bundle = new BundleWriter(stream);
                var folded = await FoldedEpoch.ReadAsync(
                    history,
                    () =>
                    {
                        bundle.Begin(BundleHead.Of(history.Identity, epoch, netuid), history.Schedule);
                        return new EpochFold(history.Identity, history.Schedule, epoch)
                        {
                            Until = until,
                            Scheduled = bundle.Take,
                            Traded = bundle.Take,
                            Passed = bundle.Take,
                        };
                    },
                    cancel
                );
                var inputs = await history.ReadInputsAsync(folded, netuid, cancel);
                var audit = EpochAudit.Of(folded, inputs);
                bundle.Finish(inputs, audit, signer);
                return new ExportDocument(file.FullName, bundle.Trades, signer?.Address.ToString(), audit);
            }
        );
}

/// <summary>What has been written.</summary>
/// <param name="File">The file.</param>
/// <param name="Trades">The trades in it.</param>
/// <param name="Signer">Who has signed it; null for nobody.</param>
/// <param name="Epoch">What it comes to.</param>
internal sealed record ExportDocument(string File, long Trades, string? Signer, EpochAudit Epoch)
{
    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"{File}: {Trades} trades, {(Signer is null ? "not signed" : $"signed by {Signer}")}";
        foreach (var line in Epoch.Lines())
            yield return line;
    }
}
