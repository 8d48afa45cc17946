using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Registry;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>
/// What was done to the first protocol, with success, done to this one (docs/adr/0033-settled-by-comparison.md names the commit that shows
/// it, and where the rest of it is tried).
/// </summary>
public sealed class FirstProtocolTests() : OnOneChain(Count)
{
    private const int Count = 4;

    /// <summary>The first one slashed who was said to have been absent, and 40 % could say so of anybody.</summary>
    [Fact]
    public async Task Who_is_away_for_six_rounds_loses_its_standing_and_no_stake()
    {
        await StartAsync();
        await EpochAsync();
        await Nodes[3].DisposeAsync();
        Nodes.RemoveAt(3);
        for (var epoch = 0; epoch < 6; epoch++)
            await EpochAsync();
        await CloseAsync();
        var away = Validators.Keys[3].Address;
        foreach (var book in await BooksAsync(book => book.Validators[away].Missed.Count(missed => missed) == 6))
        {
            var account = book.Validators[away].Account;
            Assert.Equal((StandingLevel.Probation, 0L), (book.Validators[away].Standing.Level, book.Validators[away].Slashes));
            Assert.Equal((UInt128)(ValidatorSet.BondTao * Tao), account.Bond.Value);
        }
    }

    /// <summary>In the first one they were the median, and those that were right were voted to be slashed, by each other too.</summary>
    [Fact]
    public async Task Half_that_lie_together_have_nobody_slashed_and_nobody_paid()
    {
        for (var i = 0; i < Count; i++)
            Nodes.Add(await StartAsync(i, i < 2 ? new SkewedNav(3) : null));
        await TradeAsync();
        await CloseAsync();
        await BooksAsync(book => book.Rounds is [var round] && round.Entries.Values.Count(entry => entry.Stated is not null) == Count);
        await TradeAsync();
        await CloseAsync();
        foreach (var book in await BooksAsync(book => book.Rounds.Count > 0 && book.Rounds[0].IsOver))
        {
            Assert.Equal(RoundStanding.Disputed, book.Rounds[0].Standing);
            Assert.All(book.Validators.Values, one => Assert.Equal((0L, StandingLevel.Active), (one.Slashes, one.Standing.Level)));
            Assert.NotEqual(Domain.Units.Rao.Zero, book.Unpaid);
        }
    }

    /// <summary>In the first one nobody attested then, and everybody was absent.</summary>
    [Fact]
    public async Task A_nav_that_nobody_can_compute_is_stated_as_none_by_all_and_the_round_settles()
    {
        await StartAsync();
        await TradeAsync();
        await Anvil.Client.ExecuteAsync([SubtensorMock.Set(Economy.Keeper, "setDisabled", Economy.Staking, true)], ++Time, None);
        await CloseAsync();
        foreach (var book in await BooksAsync(book => book.Rounds is [{ SettledHash: not null }]))
            Assert.Equal((UInt128)0, book.Rounds[0].Settled!.Statement.Nav.Value);
        await BooksAsync(book => book.Rounds[0].Entries.Keys.Count(book.Rounds[0].Agreed) == Count);
    }

    /// <summary>In the first one nobody judged what was said by parameters of one's own.</summary>
    [Fact]
    public async Task What_is_stated_by_made_up_parameters_is_not_taken()
    {
        await StartAsync(new MadeUpParameters(Keccak.Hash("made up"u8)));
        await EpochAsync();
        await TradeAsync();
        await CloseAsync();
        var liar = Validators.Keys[0].Address;
        foreach (var book in await BooksAsync(book => book.Rounds[0].IsOver))
        {
            Assert.Null(book.Rounds[0].Entries[liar].Stated);
            Assert.Equal(RoundStanding.Settled, book.Rounds[0].Standing);
            Assert.Equal(3, book.Rounds[0].Entries.Values.Count(entry => entry.Payout.Value > 0));
        }
    }
}
