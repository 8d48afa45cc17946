using System.Diagnostics;
using Tao20.Chain.Abi;
using Tao20.Chain.Signing;
using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Rewards;
using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Domain.Weights;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>One line of <c>epoch</c>; times in milliseconds, the middle of the runs.</summary>
internal sealed record EpochResult(int Validators, int Miners, double SettleMilliseconds, double WeightsMilliseconds, double RoundMilliseconds, double TotalMilliseconds);

/// <summary>
/// The close of an epoch, from the miners' volumes to the settled round: scores, ranking root, rewards, weights, and every validator's
/// attestation checked (its signature recovered) and judged.
/// </summary>
internal static class EpochRun
{
    private const int Warmup = 2;
    private const int Runs = 5;

    public static EpochResult Run(int validators, int miners)
    {
        var keys = Enumerable.Range(1, validators).Select(i => PrivateKey.FromBytes(Keccak.Hash(BitConverter.GetBytes(i)).ToBytes())).ToList();
        var volumes = Enumerable.Range(0, miners).Select(Volume).ToList();
        var uids = volumes.Select((volume, i) => (volume.Miner, Uid: (ushort)i)).ToDictionary(pair => pair.Miner, pair => pair.Uid);
        var results = Enumerable.Range(0, Warmup + Runs).Select(_ => Once(keys, volumes, uids)).Skip(Warmup).ToList();
        return new EpochResult(
            validators, miners, Middle(results, r => r.Settle), Middle(results, r => r.Weights), Middle(results, r => r.Round), Middle(results, r => r.Settle + r.Weights + r.Round));
    }

    private static (double Settle, double Weights, double Round) Once(List<PrivateKey> keys, List<EpochVolume> volumes, Dictionary<Address, ushort> uids)
    {
        var closed = new ClosedEpoch(new EpochId(0), new EpochId(1), new Position(1_000, 0), 1_700_003_600) { LastBlockHash = Keccak.Hash([1]) };
        var parameters = new ParametersVersion(1, new EpochId(0), DomainParameters.Default);
        var registry = new RegistryIdentity(964, keys[0].Address);
        var book = ConsensusBook.Initial(registry);
        for (var i = 0; i < keys.Count; i++)
            Tell(new ChainFact.BondChanged(new Position(1, (uint)i), keys[i].Address, Wei.From((2_000 + (ulong)i) * Wei.OneTao.Value)));

        var started = Stopwatch.GetTimestamp();
        var report = EpochReport.Settle(closed, volumes, parameters, Rao.Zero, Keccak.Hash);
        var settle = Lap(ref started);
        var weights = SubnetWeights.Of(report.Rewards.Payouts, uids).Weights;
        var said = new NavAttestation(
            closed.Epoch, closed.LastBlock, closed.LastBlockHash, TaoPerToken.From(Wei.OneTao.Value), Wei.OneTao, report.RankingRoot, Eip712.WeightsHash(weights), parameters.Parameters.Hash(Keccak.Hash), default);
        var weighed = Lap(ref started);
        var attestations = keys.Select(key => Sign(key, said with { Validator = key.Address })).ToList();
        started = Stopwatch.GetTimestamp();
        Tell(new ChainFact.EpochClosed(closed, said.Parameters, parameters.Parameters.Consensus, report.Rewards.ValidatorPool));
        for (var i = 0; i < attestations.Count; i++)
        {
            var signed = attestations[i];
            if (Signature.TryParse(signed.Signature.Span)?.Signer(Eip712.Digest(signed.Attestation, registry)) != signed.Attestation.Validator)
                throw new InvalidOperationException("A signature is not its signer's.");
            Tell(new ChainFact.Attested(new Position(1_001, (uint)i), signed));
        }

        if (book.Rounds[0].State != RoundState.Settled)
            throw new InvalidOperationException("The round is not settled.");
        return (settle, weighed, Lap(ref started));

        SignedAttestation Sign(PrivateKey key, NavAttestation attestation)
        {
            var digest = Eip712.Digest(attestation, registry);
            return new SignedAttestation(attestation, digest, weights, key.Sign(digest).ToBytes());
        }

        void Tell(ChainFact fact)
        {
            foreach (var e in book.Decide(fact, Keccak.Hash))
                book = book.Evolve(e);
        }
    }

    private static EpochVolume Volume(int miner)
    {
        var volume = MinerVolume.Initial(SyntheticTrades.Miner(miner));
        var trades = Enumerable.Range(0, 4).Select(i => new Trade(
            new Position((ulong)(i + 1), (uint)miner), new EpochId(0), Hash256.Zero, SyntheticTrades.Miner(miner), TradeSide.Mint, Wei.OneTao, Wei.From(Wei.OneTao.Value * (ulong)(1 + miner % 97)), TaoPerToken.From(1), 1_700_000_000UL + (ulong)i * 600)).ToArray();
        var folded = ((FoldDecision.Fold)volume.Decide(new FoldTrades(volume.Miner, EligibilityRules.Default, trades, null))).Event;
        return volume.Evolve(folded).Of(new EpochId(0));
    }

    private static double Lap(ref long started)
    {
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        started = Stopwatch.GetTimestamp();
        return elapsed;
    }

    private static double Middle(List<(double Settle, double Weights, double Round)> results, Func<(double Settle, double Weights, double Round), double> value) =>
        Math.Round(results.Select(value).Order().ElementAt(results.Count / 2), 1);
}
