using System.Numerics;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Index.Model;

/// <summary>
/// Whatever is done to an index, by whomever and in whatever order, in a model of it and of the chain (source: the index contract's design,
/// sections 1 and 9).
/// </summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int Length = 30;
    private static readonly int Count = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 20_000 : 2_000;
    private static readonly string[] Rebalancing = ["step", "targets", "time"];

    [Fact]
    public void Per_token_no_holding_falls_balances_sum_to_the_supply_and_nobody_takes_out_more_than_was_put_in()
    {
        var seed = TestSeed.Of(output);
        var (done, tried) = (new SortedDictionary<string, int>(), new SortedDictionary<string, int>());
        for (var i = 0; i < Count; i++)
        {
            var random = new Random(seed + i);
            var sequences = new Sequences(random);
            var index = Sequences.Begun(Sequences.Chain((seed + i) % 2 == 0), Prices());
            for (var step = 0; step < Length; step++)
            {
                var operation = sequences.Next(index, timePasses: true);
                tried[operation.Kind] = tried.GetValueOrDefault(operation.Kind) + 1;
                var after = Try(index, operation);
                if (after is null)
                    continue;
                done[operation.Kind] = done.GetValueOrDefault(operation.Kind) + 1;
                Check(index, after, operation.Kind, $"TAO20_SEED={seed + i}, step {step}");
                index = after;
            }
        }

        output.WriteLine(string.Join(", ", tried.Select(kind => $"{kind.Key} {done.GetValueOrDefault(kind.Key)} of {kind.Value}")));
        Assert.All(tried.Keys, kind => Assert.True(done.GetValueOrDefault(kind) >= Count / 200, $"{kind}: {done.GetValueOrDefault(kind)}"));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task The_contract_does_what_the_model_does_in_every_step_of_a_sequence(uint spec)
    {
        var seed = TestSeed.Of(output);
        await using var chain = await ReplayChain.StartAsync(spec);
        var done = new SortedDictionary<string, int>();

        // The rarest operations succeed once in some 50 sequences: it goes on until each has been done.
        string[] needed = ["mint", "redeem", "step", "follow", "targets", "hotkey"];
        for (var i = 0; i < Count / 20 || (i < Count / 2 && !needed.All(done.ContainsKey)); i++)
        {
            var sequences = new Sequences(new Random(seed + i));
            var index = chain.Model;
            List<(string Kind, bool Succeeds, BigInteger[] Seen)> expected = [];
            List<SequenceCall> calls = [];
            for (var step = 0; step < Length; step++)
            {
                var operation = sequences.Next(index, timePasses: false);
                var after = Try(index, operation);
                calls.Add(operation.Call(chain));
                index = after ?? index;
                expected.Add((operation.Kind, after is not null, chain.Seen(index)));
                if (after is not null)
                    done[operation.Kind] = done.GetValueOrDefault(operation.Kind) + 1;
            }

            var seen = await chain.RunAsync(calls);
            for (var step = 0; step < Length; step++)
            {
                var (kind, succeeds, words) = expected[step];
                var where = $"TAO20_SEED={seed + i}, step {step}, {kind}";
                Assert.True(
                    succeeds == (seen[step][0] == 1),
                    $"{where}: the model {(succeeds ? "does" : "refuses")} it, the contract does not so"
                );
                Assert.True(
                    words.SequenceEqual(seen[step][1..]),
                    $"{where}:\n{string.Join(' ', words)}\n{string.Join(' ', seen[step][1..])}"
                );
            }
        }

        output.WriteLine(string.Join(", ", done.Select(kind => $"{kind.Key} {kind.Value}")));
        Assert.All(needed, kind => Assert.Contains(kind, done.Keys));
    }

    /// <summary>The index after an operation; null when that is refused.</summary>
    internal static IndexModel? Try(IndexModel index, Operation operation)
    {
        try
        {
            return operation.Apply(index);
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    private static Dictionary<int, BigInteger> Prices() =>
        Sequences
            .Netuids.Select((netuid, i) => (netuid, Price: Sequences.MilliPrices[i] * (IndexModel.One / 1_000)))
            .ToDictionary(one => one.netuid, one => one.Price);

    private static void Check(IndexModel before, IndexModel after, string kind, string where)
    {
        Assert.True(
            after.Tokens.Values.Aggregate(BigInteger.Zero, (sum, tokens) => sum + tokens) == after.Supply
                && after.Supply >= 4 * IndexModel.One,
            $"{where}, {kind}: supply {after.Supply}"
        );
        if (kind is "mint" or "redeem" or "given TAO" or "given alpha" or "emission" or "follow" or "write down" or "hotkey" or "sync")
        {
            foreach (var leg in after.Legs)
            {
                if (before.Legs.Find(one => one.Netuid == leg.Netuid) is not { IsActive: true } was)
                    continue;
                var (held, holds) = (before.Held(was), after.Held(leg));
                Assert.True(
                    (holds + 1) * before.Supply >= held * after.Supply,
                    $"{where}, {kind}: subnet {leg.Netuid} held {held} of {before.Supply} and holds {holds} of {after.Supply}"
                );
            }

            var (tao, has) = (before.TaoHeld, after.Chain.TaoOf(IndexModel.Account));
            Assert.True(
                (has + 1) * before.Supply >= tao * after.Supply,
                $"{where}, {kind}: TAO {tao} of {before.Supply} and {has} of {after.Supply}"
            );
        }

        if (kind == "mint")
            RequireNoGain(before, after, where);
        Assert.True(Rebalancing.Contains(kind) || after.Room == before.Room);
    }

    /// <summary>Who has just minted and redeems at once has no more of anything than before.</summary>
    private static void RequireNoGain(IndexModel before, IndexModel minted, string where)
    {
        var actor = Enumerable.Range(0, 3).Single(one => minted.TokensOf(one) > before.TokensOf(one));
        var tokens = minted.TokensOf(actor) - before.TokensOf(actor);
        var redeemed = Try(
            minted,
            new Operation(
                "redeem",
                model => model.Redeem(actor, minted.Revision, tokens, 0, 0, false, 0),
                _ => throw new NotSupportedException()
            )
        );
        if (redeemed is null)
            return;
        foreach (var leg in redeemed.Legs)
        {
            var (had, has) = (before.Chain.Stake(leg.Hotkey, actor, leg.Netuid), redeemed.Chain.Stake(leg.Hotkey, actor, leg.Netuid));
            Assert.True(has <= had, $"{where}: {actor} had {had} of subnet {leg.Netuid} and has {has}");
        }

        Assert.True(redeemed.Chain.TaoOf(actor) <= before.Chain.TaoOf(actor), $"{where}: {actor} has gained TAO");
    }
}
