using System.Numerics;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>The contract does what the model does, in networks of up to eight validators.</summary>
public sealed class ReplayTests(RegistryTests.Chains chains, ITestOutputHelper output) : IClassFixture<RegistryTests.Chains>
{
    private const int Keys = 6;

    // What does not happen in every network.
    private static readonly string[] Rare = ["Punish", "MarkDormant", "Wake", "Withdraw"];
    private static readonly int Count = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 100 : 10;

    [Fact]
    public async Task The_contract_takes_and_refuses_what_the_model_does_and_holds_what_it_holds()
    {
        var seed = TestSeed.Of(output);
        var chain = chains.Chain;
        var (counts, settled) = (new SortedDictionary<string, int>(), 0);
        for (var i = 0; i < Count || (i < 5 * Count && Rare.Any(kind => !counts.ContainsKey(kind))); i++)
        {
            var random = new Random(seed + i);
            await chain.AnewAsync();
            var size = new NetworkSize(random.Next(3, 9), random.Next(10, 16), Keys);
            var rules = Network.RulesOf(random) with { Treasury = chain.Of(size.Validators) };
            await chain.AnewWithAsync(rules);
            var model = new RegistryModel(rules, size.Validators + Keys, (int)chain.Epoch + 1, (long)chain.StartedAt)
            {
                Treasury = size.Validators,
                AddressOf = chain.Of,
                Now = (long)chain.Now,
            };
            var network = new Network(random, size, model, keepsRecord: true);
            network.Run();
            await ReplayAsync(chain, network.Record!, $"TAO20_SEED={seed + i}");
            await CompareAsync(chain, network, $"TAO20_SEED={seed + i}");
            IsSame(network.Book.Book, await chain.BookAsync());
            settled += network.Promises.Settled;
            foreach (var done in network.Record!.Where(done => done.Error is null))
                counts[done.Operation.GetType().Name] = counts.GetValueOrDefault(done.Operation.GetType().Name) + 1;
        }

        output.WriteLine($"From seed {seed}; {settled} rounds settled");
        output.WriteLine(string.Join(", ", counts.Select(kind => $"{kind.Key} {kind.Value}")));
        Assert.True(settled > 0);
        Assert.All(Rare, kind => Assert.Contains(kind, counts.Keys));
    }

    /// <summary>The book of the logs is the book of the model, but for the commitments, which are hashes only there.</summary>
    private static void IsSame(RegistryBook expected, RegistryBook seen)
    {
        Assert.Equal(
            (expected.Rules, expected.RoundCount, expected.Unpaid, expected.Newest?.Epoch, expected.Newest?.Eligible),
            (seen.Rules, seen.RoundCount, seen.Unpaid, seen.Newest?.Epoch, seen.Newest?.Eligible)
        );
        Assert.Equal(expected.Parameters.Schedule, seen.Parameters.Schedule);
        Assert.Equal(expected.Parameters.Proposals.Select(one => one.Number), seen.Parameters.Proposals.Select(one => one.Number));
        Assert.Equal(expected.Validators.Keys, seen.Validators.Keys);
        foreach (var (validator, one) in expected.Validators)
        {
            Assert.Equal(one.Missed, seen.Validators[validator].Missed);
            Assert.Equal(one with { Missed = [] }, seen.Validators[validator] with { Missed = [] });
        }

        Assert.Equal(expected.Rounds.Count, seen.Rounds.Count);
        foreach (var (one, other) in expected.Rounds.Zip(seen.Rounds))
        {
            Assert.Equal(
                (one.Number, one.Epoch, one.ClosedAt, one.Eligible, one.SettledHash, one.Standing),
                (other.Number, other.Epoch, other.ClosedAt, other.Eligible, other.SettledHash, other.Standing)
            );
            Assert.Equal(one.Stakes, other.Stakes);
            Assert.Equal(one.Entries.Select(Said), other.Entries.Select(Said));
        }

        static object Said(KeyValuePair<Address, RoundEntry> entry) =>
            (entry.Key, entry.Value.Commitment is null, entry.Value.Hash, entry.Value.Punished, entry.Value.Payout);
    }

    private static async Task ReplayAsync(RegistryChain chain, IReadOnlyList<Done> record, string seed)
    {
        var hashes = new List<string>();
        foreach (var second in record.GroupBy(done => done.Time))
            hashes.AddRange(await chain.TryAsync((ulong)second.Key, [.. second.Select(done => done.Operation)]));
        var succeeded = await chain.SucceededAsync(hashes);
        foreach (var (done, succeeds) in record.Zip(succeeded))
        {
            var model = done.Error ?? "does it";
            Assert.True(
                done.Error is null == succeeds,
                $"{seed}: {done}: the model {model}, the contract {(succeeds ? "does it" : "does not")}"
            );
        }
    }

    private static async Task CompareAsync(RegistryChain chain, Network network, string seed)
    {
        var model = network.Model;
        for (var i = 0; i < model.Accounts.Count; i++)
        {
            var (account, seen) = (model.Accounts[i], await chain.WordsAsync("accountOf(address)", chain.Of(i)));
            BigInteger[] expected =
            [
                (BigInteger)account.Bond * RegistryModel.Tao,
                (BigInteger)account.Leaving * RegistryModel.Tao,
                account.Attester < 0
                    ? 0
                    : BigInteger.Parse("0" + chain.Of(account.Attester).ToString()[2..], System.Globalization.NumberStyles.HexNumber, null),
                account.LeavesAt,
                account.IsDormant ? 1 : 0,
                account.LastSeen,
            ];
            Assert.True(
                expected.SequenceEqual(seen),
                $"{seed}, account {i}: {string.Join(' ', expected)} and not {string.Join(' ', seen)}"
            );
            Assert.Equal((BigInteger)model.Credits[i] * RegistryModel.Tao, await chain.CreditOfAsync(chain.Of(i)));
        }

        foreach (var round in model.Rounds)
        {
            var seen = await chain.WordsAsync("roundAt(uint256)", round.Number);
            BigInteger[] expected = [round.Epoch, round.ClosedAt, (BigInteger)round.TwiceEligible * RegistryModel.Tao / 2];
            Assert.True(
                expected.SequenceEqual(seen[..3]),
                $"{seed}, round {round.Number}: {string.Join(' ', expected)} and not {string.Join(' ', seen)}"
            );
            Assert.Equal(round.Settled is null, seen[3].IsZero);
            foreach (var (validator, entry) in round.Entries)
            {
                var words = await chain.WordsAsync("entryOf(uint256,address)", round.Number, chain.Of(validator));
                Assert.Equal((entry.Commitment is null, entry.Stated is null), (words[0].IsZero, words[1].IsZero));
                Assert.Equal(entry.IsPunished, words[2].IsOne);
            }
        }

        Assert.Equal((BigInteger)model.Held * RegistryModel.Tao + 500 * RegistryModel.Tao, await chain.BalanceAsync(chain.Registry));
        Assert.Equal(model.LatestVersion, (int)await chain.ViewAsync("latestVersion()", 0));
    }
}
