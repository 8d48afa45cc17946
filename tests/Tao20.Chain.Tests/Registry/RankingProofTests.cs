using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Tests;
using Tao20.Tests.Oracles;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Registry;

/// <summary>One place of a ranking, proved on the chain by the ranking's root alone.</summary>
public sealed class RankingProofTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Function = "isRanked(bytes32,uint256,(uint256,address,uint256,uint256,uint256),bytes32[])";
    private const int MostMiners = 33;
    private readonly CancellationToken _none = CancellationToken.None;
    private Anvil _anvil = null!;
    private Address _proof;

    public async Task InitializeAsync()
    {
        _anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, _none), new AnvilOptions { Accounts = 1 }, _none);
        var account = (await _anvil.Client.AccountsAsync(_none))[0];
        var deployment = new DevnetTransaction(account, null, ContractArtifact.Load("RankingProof").Bytecode);
        _proof = (await _anvil.Client.ExecuteAsync([deployment], new AnvilOptions().GenesisTimestamp + 1, _none))[0]!.Value;
    }

    public async Task DisposeAsync() => await _anvil.DisposeAsync();

    [Fact]
    public async Task Every_place_of_every_ranking_is_proved()
    {
        var random = new Random(TestSeed.Of(output));
        List<string> calls = [];
        for (var count = 1; count <= MostMiners; count++)
        {
            var payouts = Payouts(random, count);
            var root = RankingRoot.Of(payouts, Keccak.Hash);
            for (var rank = 1; rank <= count; rank++)
                calls.Add(Call(root, count, LeafOf(payouts[rank - 1]), RankingRoot.ProofOf(payouts, rank, Keccak.Hash)));
        }

        Assert.All(await AskAsync(calls), Assert.True);
    }

    [Fact]
    public async Task Nothing_that_the_ranking_does_not_say_is_proved_whatever_siblings_and_count_are_given()
    {
        var random = new Random(TestSeed.Of(output));
        List<string> calls = [];
        for (var i = 0; i < 40; i++)
        {
            var count = random.Next(1, MostMiners + 1);
            var payouts = Payouts(random, count);
            var root = RankingRoot.Of(payouts, Keccak.Hash);
            var rank = random.Next(1, count + 1);
            var (leaf, siblings) = (LeafOf(payouts[rank - 1]), RankingRoot.ProofOf(payouts, rank, Keccak.Hash));

            // Something else of the miner, also its place, with any count.
            for (var field = 0; field < leaf.Length; field++)
            {
                foreach (var claimed in Enumerable.Range(0, 2 * count + 2))
                    calls.Add(Call(root, claimed, Changed(leaf, field), siblings));
            }

            // The right thing with siblings that are not those.
            Hash256 other = Keccak.Hash(BitConverter.GetBytes(i));
            calls.Add(Call(root, count, leaf, [.. siblings, other]));
            calls.Add(Call(other, count, leaf, siblings));
            for (var at = 0; at < siblings.Count; at++)
            {
                calls.Add(Call(root, count, leaf, [.. siblings.Select((sibling, j) => j == at ? other : sibling)]));
                calls.Add(Call(root, count, leaf, [.. siblings.Where((_, j) => j != at)]));
            }
        }

        Assert.All(await AskAsync(calls), Assert.False);
    }

    private async Task<IReadOnlyList<bool>> AskAsync(List<string> calls)
    {
        var answers = await _anvil.Client.CallAsync([.. calls.Select(call => (_proof, call))], _none);
        return [.. answers.Select(answer => AbiWords.BigInteger(answer, 0) == 1)];
    }

    private static string Call(Hash256 root, int count, object[] leaf, IReadOnlyList<Hash256> siblings) =>
        AbiEncoder.Call(Function, root, count, new AbiStruct(leaf), siblings.Select(sibling => (object)sibling));

    private static object[] LeafOf(MinerPayout payout) =>
        [
            payout.Miner.Rank,
            payout.Miner.Miner,
            payout.Miner.Score.WeightedVolume,
            (BigInteger)payout.Miner.Score.Final.Value,
            (BigInteger)payout.Payout.Value,
        ];

    private static object[] Changed(object[] leaf, int field)
    {
        var changed = (object[])leaf.Clone();
        changed[field] = leaf[field] switch
        {
            int rank => rank + 1,
            BigInteger number => number + 1,
            _ => Address.Parse("0x00000000000000000000000000000000000000ff"),
        };
        return changed;
    }

    private static List<MinerPayout> Payouts(Random random, int count) =>
        [
            .. Enumerable
                .Range(1, count)
                .Select(rank =>
                {
                    var miner = MinerVolume.Initial(Address.Parse($"0x{random.NextInt64():x40}")).Of(new EpochId(3));
                    var score = new MinerScore(random.NextInt64(), Some(random), Some(random), Some(random), Some(random));
                    return new MinerPayout(
                        new RankedMiner(rank, miner, score),
                        RewardRules.TierOf(rank),
                        new Rao((ulong)random.NextInt64())
                    );
                }),
        ];

    private static Ratio Some(Random random) => new(random.NextInt64());
}
