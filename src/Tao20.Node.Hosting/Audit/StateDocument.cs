using System.Globalization;
using System.Text.Json.Serialization;
using Tao20.Domain.Audit;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Node.Http;

namespace Tao20.Node.Audit;

/// <summary>A miner at a block.</summary>
/// <param name="Miner">The miner.</param>
/// <param name="Trades">All of its trades.</param>
/// <param name="LifetimeWei">What they were worth, in TAO wei.</param>
/// <param name="EpochTrades">Its trades of the epoch that is open.</param>
/// <param name="MintEligible">What its mints of that epoch count, in TAO wei.</param>
/// <param name="RedeemEligible">What its redemptions of that epoch count, in TAO wei.</param>
/// <param name="Hash">The running hash of all of its trades.</param>
internal sealed record MinerAtDocument(
    string Miner,
    long Trades,
    string LifetimeWei,
    long EpochTrades,
    string MintEligible,
    string RedeemEligible,
    string? Hash
)
{
    /// <summary>A miner, by what its trades have come to.</summary>
    public static MinerAtDocument Of(MinerVolume volume, EpochId open)
    {
        var epoch = volume.Of(open);
        return new MinerAtDocument(
            volume.Miner.ToString(),
            volume.Head.Trades,
            volume.LifetimeWei.ToString(CultureInfo.InvariantCulture),
            epoch.AllTrades,
            epoch.MintEligible.ToString(CultureInfo.InvariantCulture),
            epoch.RedeemEligible.ToString(CultureInfo.InvariantCulture),
            volume.Head.Hash?.ToString()
        );
    }
}

/// <summary>All that a node knows, as it was at a block.</summary>
/// <param name="Block">The block.</param>
/// <param name="OpenEpoch">The epoch that was open.</param>
/// <param name="Trades">All trades up to it.</param>
/// <param name="TradesHash">The hash of these.</param>
/// <param name="Miners">Every miner that had traded, by address.</param>
/// <param name="Settled">The epochs that had ended.</param>
/// <param name="Consensus">The book of validators; null without a registry.</param>
internal sealed record StateDocument(
    ulong Block,
    ulong OpenEpoch,
    long Trades,
    string? TradesHash,
    IReadOnlyList<MinerAtDocument> Miners,
    IReadOnlyList<AuditedEpoch> Settled,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ConsensusDocument? Consensus
)
{
    /// <summary>Reads the state at a block.</summary>
    /// <exception cref="NodeException">The block has not come yet, or what is needed is no longer there.</exception>
    public static async Task<StateDocument> ReadAsync(AuditHistory history, ulong block, CancellationToken cancel)
    {
        await history.BeginAsync(cancel);
        var settled = new List<EpochReport>();
        var replay = new HistoryReplay(history.Schedule, history.Registry is not null, Chain.Abi.Keccak.Hash)
        {
            Until = block,
            Settled = settled.Add,
        };
        await history.FeedAsync([replay], cancel);
        return new StateDocument(
            block,
            replay.Open.Value,
            replay.Volumes.Values.Sum(volume => volume.Head.Trades),
            HeadsHash
                .Of(block, replay.Volumes.Select(one => KeyValuePair.Create(one.Key, one.Value.Head)), Chain.Abi.Keccak.Hash)
                ?.ToString(),
            [.. replay.Volumes.Values.OrderBy(volume => volume.Miner).Select(volume => MinerAtDocument.Of(volume, replay.Open))],
            [.. settled.Select(one => new AuditedEpoch(one.Closed.Epoch.Value, one.RankingRoot.ToString(), one.Chain?.Hash.ToString()))],
            history.Registry is { } registry ? ConsensusDocument.Of(registry, replay.Book, null) : null
        );
    }

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"At block {Block}: epoch {OpenEpoch} is open, {Trades} trades of {Miners.Count} miners, hash {TradesHash}";
        foreach (var epoch in Settled)
            yield return $"  epoch {epoch.Epoch} had ended: ranking root {epoch.RankingRoot}";
        foreach (var miner in Miners)
            yield return $"  {miner.Miner}: {miner.Trades} trades worth {miner.LifetimeWei} wei; of this epoch {miner.EpochTrades}, "
                + "mints count "
                + $"{miner.MintEligible}, redemptions {miner.RedeemEligible}";
        foreach (var validator in Consensus?.Validators ?? [])
            yield return $"  validator {validator.Address}: {validator.Standing}, bonded {validator.StakeWei} wei";
    }
}
