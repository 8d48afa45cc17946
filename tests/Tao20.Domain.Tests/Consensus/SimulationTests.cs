using System.Numerics;
using CsCheck;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Xunit.Abstractions;

namespace Tao20.Domain.Tests.Consensus;

/// <summary>
/// Thousands of seeded networks: 3 to 64 validators, stakes from equal to extremely skewed, liars with up to just under half of the
/// stake, attestations delayed, lost, doubled and out of order.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Honest_validators_are_never_accused_and_agree_liars_are_and_nothing_is_lost() =>
        EachSeed(seed =>
        {
            var (story, honest) = Simulate(seed);
            NobodyHonestIsAccused(story, honest);
            AnotherReaderComesToTheSame(story, seed);
            NothingIsLostAndNoRoundEndsTwice(story);
            WhoIsOffIsAccused(story, honest);
        });

    private static void NobodyHonestIsAccused(Story story, HashSet<Address> honest)
    {
        Assert.DoesNotContain(story.Found, found => honest.Contains(found.Case.Accused));
        Assert.All(honest, validator => Assert.Equal(StandingLevel.Active, story.Book.Validators[validator].Standing.Level));
    }

    private static void AnotherReaderComesToTheSame(Story story, int seed)
    {
        // Another validator reads the same chain in other pieces: it sees blocks go by at other moments.
        var random = new Random(seed + 1);
        var other = new Story();
        foreach (var fact in story.Facts)
        {
            if (fact is ChainFact.BlockReached && random.Next(2) == 0)
                continue;
            other.Tell(fact);
        }

        other.Tell(story.Facts.OfType<ChainFact.BlockReached>().Last());
        Assert.Equal(Dump(story.Events), Dump(other.Events));
    }

    private static void NothingIsLostAndNoRoundEndsTwice(Story story)
    {
        var bonded = story
            .Facts.OfType<ChainFact.BondChanged>()
            .Where(bond => bond.Position.Block == 100)
            .Aggregate(BigInteger.Zero, (sum, bond) => sum + bond.Bond.Value);
        var held = story.Book.Validators.Values.Aggregate(BigInteger.Zero, (sum, record) => sum + record.Stake.Value + record.SlashedWei);
        Assert.Equal(bonded, held);
        Assert.Equal(story.Concluded.Count, story.Concluded.Select(concluded => concluded.Epoch).Distinct().Count());
        var paid = story
            .Concluded.SelectMany(concluded => concluded.Judgements)
            .Aggregate(0UL, (sum, judgement) => sum + judgement.Payout.Value);
        Assert.Equal(Story.Pool.Value * (ulong)story.Concluded.Count, paid + story.Book.Unpaid.Value);
    }

    private static void WhoIsOffIsAccused(Story story, HashSet<Address> honest)
    {
        foreach (var concluded in story.Concluded.Where(concluded => concluded.State == RoundState.Settled))
        {
            foreach (
                var judgement in concluded.Judgements.Where(judgement => judgement.Nav > Severity.None || judgement.Weights > Severity.None)
            )
            {
                Assert.DoesNotContain(judgement.Validator, honest);
                Assert.Contains(story.Found, found => found.Case.Accused == judgement.Validator && found.Case.Epoch == concluded.Epoch);
            }
        }
    }

    private void EachSeed(Action<int> test)
    {
        var first = Environment.GetEnvironmentVariable("TAO20_SEED") is { } given ? int.Parse(given, null) : Random.Shared.Next();
        var runs =
            Environment.GetEnvironmentVariable("TAO20_SEED") is not null ? 1
            : Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 50_000
            : 2_000;
        for (var seed = first; seed != first + runs; seed++)
        {
            try
            {
                test(seed);
            }
            catch (Exception)
            {
                output.WriteLine($"To see it again: TAO20_SEED={seed}");
                throw;
            }
        }

        output.WriteLine($"{runs} networks from seed {first}");
    }

    private static (Story Story, HashSet<Address> Honest) Simulate(int seed)
    {
        var random = new Random(seed);
        var count = random.Next(3, 65);
        var skew = random.Next(4);
        var bonds = Enumerable
            .Range(0, count)
            .Select(_ =>
                1_000
                + (ulong)(
                    skew switch
                    {
                        0 => 0,
                        1 => random.Next(1_000),
                        2 => Math.Pow(10, random.NextDouble() * 4),
                        _ => Math.Pow(10, random.NextDouble() * 7),
                    }
                )
            )
            .ToArray();
        var total = bonds.Aggregate(0UL, (sum, bond) => sum + bond);

        // Liars as long as they hold less than half of the stake.
        var share = random.Next(3) switch
        {
            0 => 0.2,
            1 => 0.4,
            _ => 0.5,
        };
        var liars = new HashSet<int>();
        var lying = 0UL;
        foreach (var i in Enumerable.Range(0, count).OrderBy(_ => random.Next()))
        {
            if (lying + bonds[i] < total * share)
            {
                liars.Add(i + 1);
                lying += bonds[i];
            }
        }

        var story = new Story();
        for (var i = 0; i < count; i++)
            story.Bond(i + 1, bonds[i]);
        var missed = new int[count + 1];
        for (var epoch = 0; epoch < 6; epoch++)
        {
            story.Pass(random.Next(40, 300)).Close();
            var late = 0UL;
            var sent = new List<(int Delay, SignedAttestation Signed)>();
            for (var validator = 1; validator <= count; validator++)
            {
                // What is attested in time stays in honest hands: that is the bound of the promise.
                var honestlyLate =
                    !liars.Contains(validator)
                    && missed[validator] < 3
                    && random.Next(20) == 0
                    && total - lying - late - bonds[validator - 1] > lying;
                late += honestlyLate ? bonds[validator - 1] : 0;
                missed[validator] += honestlyLate ? 1 : 0;
                if (liars.Contains(validator))
                    Lie(random, story, validator, sent);
                else
                    sent.Add((honestlyLate ? random.Next(30, 60) : random.Next(0, 24), story.Says(validator)));
                if (random.Next(10) == 0 && sent.Count > 0)
                    sent.Add((sent[^1].Delay + random.Next(5), sent[^1].Signed));
            }

            // An honest validator's window opens with the first attestation; a liar cannot open it before the others could attest.
            var now = 0;
            foreach (var (delay, signed) in sent.OrderBy(message => message.Delay).ThenBy(_ => random.Next()))
            {
                if (delay > now)
                    story.Pass(delay - now);
                now = Math.Max(now, delay);
                story.Hear(signed);
            }

            story.Pass(30);
            foreach (var found in story.Book.Cases.Where(progress => progress.State == CaseState.Found).ToList())
            {
                var voters = story
                    .Book.Validators.Values.Where(record =>
                        record.Validator != found.Case.Accused && record.Stake.Value >= ConsensusRules.Default.MinStakeWei.Value
                    )
                    .ToList();
                var support = voters
                    .Where(voter => !liars.Contains(Index(voter.Validator)))
                    .Aggregate(BigInteger.Zero, (sum, voter) => sum + voter.Stake.Value);
                var all = voters.Aggregate(BigInteger.Zero, (sum, voter) => sum + voter.Stake.Value);
                if (support * 100 >= all * 67)
                    story.Punish(found.Id);
            }
        }

        return (story.Pass(400), [.. Enumerable.Range(1, count).Where(i => !liars.Contains(i)).Select(Story.Account)]);
    }

    private static void Lie(Random random, Story story, int validator, List<(int Delay, SignedAttestation Signed)> sent)
    {
        var delay = random.Next(0, 24);
        var nav = (decimal)(random.NextDouble() * 20 - 10);
        SubnetWeight[] shuffled = [new(1, (ushort)random.Next(1, 65535)), new((ushort)random.Next(2, 9), (ushort)random.Next(1, 65535))];
        switch (random.Next(8))
        {
            case 0:
                break;
            case 1:
                sent.Add((random.Next(30, 60), story.Says(validator, nav)));
                break;
            case 2:
                sent.Add((delay, story.Says(validator, nav)));
                sent.Add((delay + random.Next(40), story.Says(validator, nav + 1)));
                break;
            case 3:
                sent.Add((delay, story.Says(validator, weights: shuffled)));
                break;
            case 4:
                sent.Add((delay, story.Says(validator, nav, shuffled, Story.Hash("lie"u8))));
                break;
            case 5:
                sent.Add((delay, story.Says(validator, nav, parameters: Story.Root)));
                break;
            case 6:
                sent.Add((delay, story.Says(validator, nav, blockHash: Story.Root)));
                break;
            default:
                sent.Add((delay, story.Says(validator, nav)));
                break;
        }
    }

    private static int Index(Address validator) => int.Parse(validator.ToString()[^8..], System.Globalization.NumberStyles.HexNumber, null);

    private static string Dump(IEnumerable<ConsensusEvent> events) =>
        string.Join(
            '\n',
            events.Select(e =>
                e switch
                {
                    ConsensusEvent.RoundConcluded concluded =>
                        $"{concluded.Epoch} {concluded.State} {concluded.AtBlock} {concluded.Reference?.Nav} "
                            + $"{string.Join(';', concluded.Judgements)} {concluded.Unpaid}",
                    ConsensusEvent.CaseFound found => $"found {found.Id}",
                    ConsensusEvent.RoundOpened opened => $"opened {opened.Round.Epoch} {string.Join(';', opened.Round.Eligible)}",
                    ConsensusEvent.AttestationTaken taken => $"taken {taken.Position} {taken.Verdict} {taken.Signed.Digest}",
                    _ => e.ToString(),
                }
            )
        );
}
