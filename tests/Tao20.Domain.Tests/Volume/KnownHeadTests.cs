using CsCheck;
using Tao20.Domain.Trades;
using Tao20.Domain.Volume;
using static Tao20.Domain.Tests.Given;

namespace Tao20.Domain.Tests.Volume;

/// <summary>A miner's stream held against what the cursor knows of it.</summary>
[Trait("Category", "Fast")]
public sealed class KnownHeadTests
{
    /// <summary>
    /// Wherever the cursor is, and wherever the stream: what comes again is known for what it is, and what is missing is noticed before
    /// anything is folded on top of it.
    /// </summary>
    [Fact]
    public void A_stream_that_is_level_or_ahead_goes_on_and_one_that_is_behind_does_not() =>
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 12], Gen.Int[1, 12], Gen.Int[0, 12])
            .Sample(
                (cursor, stream, batch, lost) =>
                {
                    var trades = Enumerable.Range(0, 40).Select(i => Mint(1000 + i, i * 60, block: (ulong)(i + 1))).ToArray();
                    var known = cursor == 0 ? (MinerHead?)null : Held(trades[..cursor]).Head;

                    // Whatever the stream has lost of what it had, from its end.
                    var has = Math.Max(0, Math.Max(cursor, stream) - lost);
                    var volume = Held(trades[..has]);
                    var decision = volume.Decide(Command(trades[cursor..(cursor + batch)]) with { Known = known }, Hashing);
                    switch (decision)
                    {
                        case FoldDecision.Incomplete:
                            return has < cursor;
                        case FoldDecision.AlreadyFolded(var head):
                            return has >= cursor + batch && head == Held(trades[..(cursor + batch)]).Head;
                        case FoldDecision.Fold(var folded):
                            return has >= cursor
                                && has < cursor + batch
                                && volume.Evolve(folded).Head == Held(trades[..(cursor + batch)]).Head;
                        default:
                            return false;
                    }
                }
            );

    [Fact]
    public void As_many_trades_that_are_others_are_noticed()
    {
        var (known, other) = (Held([Mint(1000, 0), Mint(1000, 60)]), Held([Mint(1000, 0), Mint(1001, 60)]));
        Assert.True(KnownHead.Of(known.Head).IsHeldBy(known));
        Assert.False(KnownHead.Of(known.Head).IsHeldBy(other));

        // The same among those that come again.
        var again = other.Decide(Command([Mint(1000, 0), Mint(1000, 60)]), Hashing);
        Assert.Equal(known.Head, Assert.IsType<FoldDecision.Incomplete>(again).Known);
    }

    [Fact]
    public void Where_no_hash_is_known_it_is_known_at_least_whether_there_are_trades()
    {
        var old = KnownHead.Of(default);
        Assert.True(old.IsHeldBy(Held([Mint(1000, 0)])));
        Assert.False(old.IsHeldBy(MinerVolume.Initial(Miner)));
    }

    private static FoldTrades Command(Trade[] trades) => new(Miner, EligibilityRules.Default, trades, null);

    private static MinerVolume Held(params Trade[] trades) => Folded(trades).Volume;
}
