using System.Globalization;
using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit;

/// <summary>What proves a miner's place in a ranking on the chain (source: Contracts/Registry/RankingProof.sol).</summary>
/// <param name="Rank">The rank, from 1.</param>
/// <param name="Miner">The miner.</param>
/// <param name="WeightedVolume">Its weighted volume, in wei.</param>
/// <param name="Score">Its score, 18 decimals.</param>
/// <param name="Payout">What it was paid, in rao.</param>
/// <param name="Count">How many miners are ranked.</param>
/// <param name="Root">The ranking root.</param>
/// <param name="Siblings">From the leaf to the root, those that there are.</param>
internal sealed record PlaceProof(
    int Rank,
    string Miner,
    string WeightedVolume,
    string Score,
    string Payout,
    int Count,
    string Root,
    IReadOnlyList<string> Siblings
)
{
    /// <summary>The proof of a miner's place in an epoch.</summary>
    /// <exception cref="NodeException">It is not ranked in it.</exception>
    public static PlaceProof Of(EpochReport report, Address miner)
    {
        var payouts = report.Rewards.Payouts;
        var payout =
            payouts.FirstOrDefault(payout => payout.Miner.Miner == miner)
            ?? throw new NodeException(
                ExitCodes.Failed,
                $"--miner = {miner} is not ranked in epoch {report.Closed.Epoch}: give one that is, or another epoch."
            );
        return new PlaceProof(
            payout.Miner.Rank,
            miner.ToString(),
            payout.Miner.Score.WeightedVolume.ToString(CultureInfo.InvariantCulture),
            payout.Miner.Score.Final.ToString(),
            payout.Payout.ToString(),
            payouts.Count,
            report.RankingRoot.ToString(),
            [.. RankingRoot.ProofOf(payouts, payout.Miner.Rank, Keccak.Hash).Select(sibling => sibling.ToString())]
        );
    }

    /// <summary>Whether it proves what it says.</summary>
    /// <exception cref="FormatException">A part of it is none: an address, a hash, a number.</exception>
    public bool IsRight()
    {
        const int WordBits = 256;
        var (volume, score) = (Number(WeightedVolume, nameof(WeightedVolume)), Number(Score, nameof(Score)));
        if (!ulong.TryParse(Payout, NumberStyles.None, CultureInfo.InvariantCulture, out var rao))
            throw new FormatException($"payout = {Payout} is no amount of rao");
        return RankingRoot.IsRanked(
            Hash256.Parse(Root ?? ""),
            Count,
            Rank,
            RankingRoot.Leaf(
                Rank,
                Address.TryParse(Miner, out var miner) ? miner : throw new FormatException($"miner = {Miner} is no address"),
                volume,
                score,
                new Rao(rao),
                Keccak.Hash
            ),
            [.. (Siblings ?? throw new FormatException("siblings are missing")).Select(Hash256.Parse)],
            Keccak.Hash
        );

        static BigInteger Number(string? text, string name) =>
            BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.GetBitLength() <= WordBits
                ? number
                : throw new FormatException($"{name} = {text} is no number of 256 bits");
    }

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"  place {Rank} of {Count}: {Miner}, weighted volume {WeightedVolume}, score {Score}, payout {Payout} rao";
        foreach (var sibling in Siblings)
            yield return $"              sibling {sibling}";
    }
}
