using System.Numerics;
using Tao20.Domain.Units;
using static Tao20.Chain.Tests.Registry.BondScenarios;

namespace Tao20.Chain.Tests.Registry;

/// <summary>By whom and for which epochs parameters change (source: consensus.md, The registry: parameters).</summary>
internal static class ParameterScenarios
{
    private const string Text = "rules=1\nx=2\n";
    private const string Other = "rules=1\nx=3\n";
    private static readonly BigInteger Tao = RegistryChain.Tao;
    private static readonly BigInteger Deposit = 100 * Tao;

    public static async Task A_proposal_is_by_a_validator_with_a_deposit_and_far_enough_ahead(RegistryChain chain)
    {
        await BondAllAsync(chain, 3);
        var (who, at, epoch) = (chain.Of(0), chain.Now + 1, chain.Epoch + 1);
        var propose = RegistryData.Propose(epoch + 48, Text);
        await chain.RequireAsync("NotEligible(address)", at, chain.Of(9), propose, Deposit);
        await chain.RequireAsync("WrongDeposit(uint256,uint256)", at, who, propose, Deposit - 1_000_000_000);
        await chain.RequireAsync("WrongDeposit(uint256,uint256)", at, who, propose, Deposit + 1_000_000_000);
        await chain.RequireAsync("NotAhead(uint256,uint256,uint256)", at, who, RegistryData.Propose(epoch + 47, Text), Deposit);
        await chain.RequireAsync("NotAhead(uint256,uint256,uint256)", at, who, RegistryData.Propose(epoch + 721, Text), Deposit);
        await chain.AllowsAsync(at, who, RegistryData.Propose(epoch + 720, Text), Deposit);
        await chain.AllowsAsync(at, who, propose, Deposit);
    }

    public static async Task Endorsed_is_once_by_what_is_proposed_and_with_the_stake_of_before(RegistryChain chain)
    {
        await BondAllAsync(chain, 3);
        var from = await ProposeAsync(chain, Text, chain.Now + 1);
        var key = RegistryData.KeyOf(from, Text);
        await chain.BondAsync(4, 50_000);
        var at = chain.Now + 1;
        await chain.RequireAsync("NotEligible(address)", at, chain.Of(4), RegistryData.Endorse(1, key));
        await chain.RequireAsync("NotThisProposal(bytes32)", at, chain.Of(0), RegistryData.Endorse(1, RegistryData.KeyOf(from, Other)));
        await chain.RequireAsync("NotThisProposal(bytes32)", at, chain.Of(0), RegistryData.Endorse(1, RegistryData.KeyOf(from + 1, Text)));
        await chain.RequireAsync("NotOpen(uint256)", at, chain.Of(0), RegistryData.Endorse(2, Hash256.Zero));
        await chain.DoAsync(at, chain.Of(0), RegistryData.Endorse(1, key));
        await chain.RequireAsync("AlreadyEndorsed(address)", at + 1, chain.Of(0), RegistryData.Endorse(1, key));
        Assert.Equal(2_000 * Tao, await chain.ViewAsync("proposalOf(uint256)", 8, 1));
    }

    public static async Task Two_thirds_and_three_accounts_adopt_and_the_deposit_goes_back(RegistryChain chain)
    {
        await BondAllAsync(chain, 5);
        var from = await ProposeAsync(chain, Text, chain.Now + 1, chain.Epoch + 101);
        var key = RegistryData.KeyOf(from, Text);
        await chain.DoAsync(
            chain.Now + 1,
            [.. Enumerable.Range(0, 3).Select(i => (chain.Of(i), RegistryData.Endorse(1, key), BigInteger.Zero))]
        );
        await chain.RequireAsync("NotEndorsed(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Adopt(1, Text));

        // What has left since then still counts as what was to be reached.
        await chain.DoAsync(chain.Now + 1, chain.Of(4), RegistryData.Unbond(2_000 * Tao));
        await chain.RequireAsync("NotEndorsed(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Adopt(1, Text));
        await chain.DoAsync(chain.Now + 1, chain.Of(3), RegistryData.Endorse(1, key));
        await chain.RequireAsync("NotThisProposal(bytes32)", chain.Now + 1, chain.Anyone, RegistryData.Adopt(1, Other));
        await chain.RequireAsync("StillOpen(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Lapse(1));
        await chain.DoAsync(chain.Now + 1, chain.Anyone, RegistryData.Adopt(1, Text));
        await chain.RequireAsync("NotOpen(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Adopt(1, Text));
        await chain.RequireAsync("NotOpen(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Lapse(1));
        Assert.Equal(Deposit, await chain.CreditOfAsync(chain.Of(0)));
        await HoldsAsync(chain, from - 1, RegistryChain.FirstText);
        await HoldsAsync(chain, from, Text);

        // A later one takes the place of all that was to hold from its first epoch on.
        var earlier = await ProposeAsync(chain, Other, chain.Now + 1, from - 50, 1);
        await AdoptAsync(chain, 2, earlier, Other);
        await HoldsAsync(chain, earlier - 1, RegistryChain.FirstText);
        await HoldsAsync(chain, from + 100, Other);
    }

    public static async Task A_minority_of_accounts_adopts_nothing_whatever_it_holds(RegistryChain chain)
    {
        await chain.BondAsync(0, 50_000);
        await BondAllAsync(chain, 3);
        var from = await ProposeAsync(chain, Text, chain.Now + 1);
        var key = RegistryData.KeyOf(from, Text);
        await chain.DoAsync(chain.Now + 1, (chain.Of(0), RegistryData.Endorse(1, key), 0), (chain.Of(1), RegistryData.Endorse(1, key), 0));
        await chain.RequireAsync("NotEndorsed(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Adopt(1, Text));
    }

    public static async Task Of_two_proposals_the_first_adopted_wins_and_what_is_late_lapses(RegistryChain chain)
    {
        await chain.AnewWithAsync(new RegistryRules { Treasury = chain.Of(11) });
        await BondAllAsync(chain, 3);
        var first = await ProposeAsync(chain, Text, chain.Now + 1, chain.Epoch + 101);
        var second = await ProposeAsync(chain, Other, chain.Now + 1, chain.Epoch + 51, 1);
        await EndorseAsync(chain, 2, second, Other);
        await AdoptAsync(chain, 1, first, Text);
        await chain.RequireAsync("NotOpen(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Adopt(2, Other));
        await chain.RequireAsync("NotOpen(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Lapse(3));
        await chain.DoAsync(chain.Now + 1, chain.Anyone, RegistryData.Lapse(2));
        await chain.RequireAsync("NotOpen(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Lapse(2));
        Assert.Equal((Deposit, 0), (await chain.CreditOfAsync(chain.Of(11)), await chain.CreditOfAsync(chain.Of(1))));

        // 24 epochs after the proposal it can still be adopted, and then no more.
        var third = await ProposeAsync(chain, Other, chain.Now + 1, chain.Epoch + 60);
        await EndorseAsync(chain, 3, third, Other);
        for (var i = 0; i < 24; i++)
            await chain.AdvanceAsync();
        await chain.AllowsAsync(chain.Now + 1, chain.Anyone, RegistryData.Adopt(3, Other));
        await chain.RequireAsync("StillOpen(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Lapse(3));
        await chain.AdvanceAsync();
        await chain.RequireAsync("NotOpen(uint256)", chain.Now + 1, chain.Anyone, RegistryData.Adopt(3, Other));
        await chain.RequireAsync("NotOpen(uint256)", chain.Now + 1, chain.Of(0), RegistryData.Endorse(3, RegistryData.KeyOf(third, Other)));
        await chain.AllowsAsync(chain.Now + 1, chain.Anyone, RegistryData.Lapse(3));
    }

    private static async Task<ulong> ProposeAsync(RegistryChain chain, string text, ulong at, ulong? from = null, int by = 0)
    {
        var epoch = from ?? chain.Epoch + 1 + 48;
        await chain.DoAsync(at, (chain.Of(by), RegistryData.Propose(epoch, text), Deposit));
        return epoch;
    }

    private static Task EndorseAsync(RegistryChain chain, int number, ulong from, string text) =>
        chain.DoAsync(
            chain.Now + 1,
            [
                .. Enumerable
                    .Range(0, 3)
                    .Select(i => (chain.Of(i), RegistryData.Endorse(number, RegistryData.KeyOf(from, text)), BigInteger.Zero)),
            ]
        );

    private static async Task AdoptAsync(RegistryChain chain, int number, ulong from, string text)
    {
        await EndorseAsync(chain, number, from, text);
        await chain.DoAsync(chain.Now + 1, chain.Anyone, RegistryData.Adopt(number, text));
    }

    private static async Task HoldsAsync(RegistryChain chain, ulong epoch, string text) =>
        Assert.Equal(
            RegistryData.HashOf(text).ToString(),
            "0x" + (await chain.ViewAsync("parametersOf(uint256)", 0, epoch)).ToString("x64", null)[^64..]
        );
}
