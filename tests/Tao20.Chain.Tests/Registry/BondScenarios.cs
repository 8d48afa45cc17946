using System.Numerics;
using Tao20.Domain.Registry;

namespace Tao20.Chain.Tests.Registry;

/// <summary>What the registry does with money and keys (source: consensus.md, The registry: two keys, money, stake).</summary>
internal static class BondScenarios
{
    private static readonly BigInteger Tao = RegistryChain.Tao;

    public static async Task Bonds_are_whole_rao_and_more_than_nothing(RegistryChain chain)
    {
        var (who, at) = (chain.Of(0), chain.Now + 1);
        await chain.RequireAsync("NotWholeRao(uint256)", at, who, RegistryData.Bond(), 1_000 * Tao + 1);
        await chain.RequireAsync("NothingGiven()", at, who, RegistryData.Bond());
        await chain.BondAsync(0, 999);
        Assert.Equal(0, await chain.StakeAtAsync(0, chain.Now));
        await chain.BondAsync(0, 1);
        Assert.Equal(1_000 * Tao, await chain.StakeAtAsync(0, chain.Now));
        Assert.Equal(0, await chain.StakeAtAsync(0, chain.Now - 1));
    }

    public static async Task A_contract_names_an_attester(RegistryChain chain)
    {
        var (owner, at) = (chain.Of(1), chain.Now + 1);
        await chain.Chain.Client.SendAsync("anvil_setCode", $"[\"{owner}\",\"0x00\"]", CancellationToken.None);
        await chain.RequireAsync("AttesterNeeded()", at, owner, RegistryData.Bond(), 1_000 * Tao);
        await chain.AllowsAsync(at, owner, RegistryData.Bond(chain.Of(2)), 1_000 * Tao);
        await chain.RequireAsync("AttesterNeeded()", at, owner, RegistryData.SetAttester(default));
    }

    public static async Task Only_the_attester_commits_and_wakes_and_it_moves_no_money(RegistryChain chain)
    {
        await BondAllAsync(chain, 4);
        await chain.DoAsync(chain.Now + 1, chain.Of(0), RegistryData.SetAttester(chain.Of(9)));
        await chain.AdvanceAsync();
        var said = chain.Truth();
        var commit = chain.Commit(0, said, chain.Keys[9]);
        await chain.RequireAsync("NotTheAttester(address,address)", chain.ClosedAt + 1, chain.Of(0), commit);
        await chain.RequireAsync("NotTheAttester(address,address)", chain.ClosedAt + 1, chain.Of(0), RegistryData.Wake(chain.Of(0)));
        await chain.RequireAsync("TooMuch(uint256,uint256)", chain.ClosedAt + 1, chain.Of(9), RegistryData.Unbond(Tao));
        await chain.DoAsync(chain.ClosedAt + 1, chain.Of(9), commit);
        await chain.CommitAsync(chain.ClosedAt + 2, (1, said), (2, said));

        // Its own key signs nothing any more.
        var own = chain.Attest(0, said, chain.Keys[9], chain.Keys[0]);
        await chain.RequireAsync("WrongSigner(address,address)", chain.RevealsAt, chain.Anyone, own);
        await chain.DoAsync(chain.RevealsAt, chain.Anyone, chain.Attest(0, said, chain.Keys[9]));
    }

    public static async Task A_stolen_key_is_stopped_at_once(RegistryChain chain)
    {
        await BondAllAsync(chain, 4);
        await chain.AdvanceAsync();
        var (lie, truth) = (chain.Truth(nav: 2 * Tao), chain.Truth());
        await chain.CommitAsync(chain.ClosedAt + 1, (0, lie));
        await chain.DoAsync(chain.ClosedAt + 2, chain.Of(0), RegistryData.SetAttester(chain.Of(9)));
        await chain.DoAsync(chain.ClosedAt + 3, chain.Of(9), chain.Commit(0, truth, chain.Keys[9]));

        // Back to the first key: what it has committed to does not come back.
        await chain.DoAsync(chain.ClosedAt + 4, chain.Of(0), RegistryData.SetAttester(chain.Of(0)));
        await chain.RequireAsync("WrongCommitment(bytes32)", chain.RevealsAt, chain.Anyone, chain.Attest(0, lie));

        // To name the present one again voids nothing, nor what has been stated.
        await chain.CommitAsync(chain.ClosedAt + 5, (0, truth));
        await chain.DoAsync(chain.ClosedAt + 6, chain.Of(0), RegistryData.SetAttester(chain.Of(0)));
        await chain.AttestAsync(chain.RevealsAt, (0, truth));
        await chain.DoAsync(chain.RevealsAt + 1, chain.Of(0), RegistryData.SetAttester(chain.Of(9)));
        await chain.RequireAsync("AlreadyAttested(bytes32)", chain.RevealsAt + 2, chain.Anyone, chain.Attest(0, truth));
        Assert.NotEqual(0, await chain.ViewAsync("entryOf(uint256,address)", 0, 1, chain.Of(0)));
    }

    public static async Task What_leaves_waits_and_no_second_time_is_outrun(RegistryChain chain)
    {
        var who = chain.Of(0);
        await chain.BondAsync(0, 3_000);
        await chain.RequireAsync("NothingGiven()", chain.Now + 1, who, RegistryData.Unbond(0));
        await chain.RequireAsync("NotWholeRao(uint256)", chain.Now + 1, who, RegistryData.Unbond(Tao + 1));
        await chain.RequireAsync("TooMuch(uint256,uint256)", chain.Now + 1, who, RegistryData.Unbond(3_000 * Tao + 1_000_000_000));
        await chain.DoAsync(chain.Now + 1, who, RegistryData.Unbond(500 * Tao));
        var first = chain.Now;
        await chain.DoAsync(first + chain.Rules.Unbonding - 10, who, RegistryData.Unbond(2_000 * Tao));
        var second = chain.Now;
        await chain.RequireAsync("Locked(uint256)", first + chain.Rules.Unbonding, who, RegistryData.Withdraw());
        await chain.RequireAsync("Locked(uint256)", second + chain.Rules.Unbonding - 1, who, RegistryData.Withdraw());
        var before = await chain.BalanceAsync(who);
        await chain.DoAsync(second + chain.Rules.Unbonding, who, RegistryData.Withdraw());
        Assert.Equal(2_500 * Tao, await chain.BalanceAsync(who) - before);
        Assert.Equal((500 * Tao, 0), (await chain.BondOfAsync(0), await chain.LeavingOfAsync(0)));
        await chain.RequireAsync("TooLittle(uint256,uint256)", chain.Now + 1, who, RegistryData.Withdraw());
    }

    public static async Task Less_than_an_account_must_have_stays(RegistryChain chain)
    {
        var who = chain.Of(0);
        await chain.BondAsync(0, 1_000);
        await chain.DoAsync(chain.Now + 1, who, RegistryData.Unbond(499 * (BigInteger)1_000_000_000));
        var over = chain.Now + chain.Rules.Unbonding;
        await chain.RequireAsync("TooLittle(uint256,uint256)", over, who, RegistryData.Withdraw());
        Assert.Equal(499 * (BigInteger)1_000_000_000, await chain.LeavingOfAsync(0));
    }

    public static async Task A_bond_under_the_least_does_not_count_and_half_of_all_bonds_is_the_floor(RegistryChain chain)
    {
        // Ten that count, of which eight leave together: the two that stay are no two thirds of what there was.
        await BondAllAsync(chain, 10);
        Assert.Equal(20_000 * Tao, await chain.EligibleAtAsync(chain.Now));
        await chain.DoAsync(chain.Now + 1, chain.Of(0), RegistryData.Unbond(1_001 * Tao));
        Assert.Equal(0, await chain.StakeAtAsync(0, chain.Now));
        Assert.Equal(18_000 * Tao, await chain.EligibleAtAsync(chain.Now));
        Assert.Equal(20_000 * Tao, await chain.EligibleAtAsync(chain.Now - 1));
    }

    public static async Task What_is_swept_is_paid_once_to_who_is_owed_it(RegistryChain chain)
    {
        var owner = chain.Of(11);
        await chain.AnewWithAsync(new RegistryRules { Treasury = owner });
        await PunishScenarios.LiarAsync(chain, chain.Truth(nav: 2 * Tao));
        await chain.DoAsync(chain.Now + 1, chain.Anyone, chain.Punish(3, chain.Truth(), chain.Truth(nav: 2 * Tao)));
        Assert.Equal(1_000 * Tao, await chain.CreditOfAsync(owner));
        var before = await chain.BalanceAsync(owner);
        await chain.DoAsync(chain.Now + 1, chain.Anyone, RegistryData.Sweep(owner));
        Assert.Equal(1_000 * Tao, await chain.BalanceAsync(owner) - before);
        await chain.RequireAsync("TooLittle(uint256,uint256)", chain.Now + 1, chain.Anyone, RegistryData.Sweep(owner));
    }

    public static async Task Rules_that_promise_nothing_are_refused(RegistryChain chain)
    {
        RegistryRules[] bad =
        [
            new() { Commit = 119 },
            new() { Reveal = 119 },
            new() { Commit = 1_800, Reveal = 1_801 },
            new() { Evidence = 1_199 },
            new() { Evidence = 36 * 3_600 },
            new() { MinStake = 0 },
            new() { MinStake = 1_000 * Tao + 1 },
            new() { ProposalDeposit = 1 },
            new() { MinAttesters = 0 },
            new() { DormantRounds = 0 },
        ];
        foreach (var rules in bad)
            Assert.Equal("BadRules()", await chain.CreationFailureAsync(rules, "BadRules()"));
        Assert.Equal(
            "TooLittle(uint256,uint256)",
            await chain.CreationFailureAsync(new RegistryRules(), "TooLittle(uint256,uint256)", 499)
        );
        Assert.Null(
            await chain.CreationFailureAsync(
                new RegistryRules
                {
                    Commit = 120,
                    Reveal = 120,
                    Evidence = 240,
                },
                ""
            )
        );

        // Without a treasury it is nobody's.
        Assert.Equal(0xdead, await chain.ViewAsync("rules()", 8));
    }

    /// <summary>Validators bond 2,000 TAO each.</summary>
    public static Task BondAllAsync(RegistryChain chain, int count) =>
        chain.DoAsync(chain.Now + 1, [.. Enumerable.Range(0, count).Select(i => (chain.Of(i), RegistryData.Bond(), 2_000 * Tao))]);

    /// <summary>The same statement of all.</summary>
    public static (int, Stated)[] All(Stated said, params int[] validators) => [.. validators.Select(validator => (validator, said))];
}
