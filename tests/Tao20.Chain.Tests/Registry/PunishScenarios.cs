using System.Numerics;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using static Tao20.Chain.Tests.Registry.BondScenarios;

namespace Tao20.Chain.Tests.Registry;

/// <summary>Who can be slashed, when, and by how much (source: consensus.md, The registry: punishDeviation, amounts).</summary>
internal static class PunishScenarios
{
    private static readonly BigInteger Tao = RegistryChain.Tao;

    /// <summary>A round of which three state the truth and a fourth something else.</summary>
    public static async Task<Stated> LiarAsync(RegistryChain chain, Stated? lie = null, int bonded = 4)
    {
        await BondAllAsync(chain, bonded);
        await chain.AdvanceAsync();
        var other = (lie ?? chain.Truth(nav: 2 * Tao)) is var said
            ? said with
            {
                Statement = said.Statement with { Epoch = new EpochId(chain.Epoch) },
            }
            : said;
        (int, Stated)[] all = [.. All(chain.Truth(), 0, 1, 2), (3, other)];
        await chain.CommitAsync(chain.ClosedAt + 1, all);
        await chain.AttestAsync(chain.RevealsAt, all);
        return other;
    }

    public static async Task A_deviation_is_punished_once_by_its_grade_from_what_leaves_and_then_from_the_bond(RegistryChain chain)
    {
        var lie = await LiarAsync(chain);
        await chain.DoAsync(chain.Now + 1, chain.Of(3), RegistryData.Unbond(700 * Tao));
        var punish = chain.Punish(3, chain.Truth(), lie);
        await chain.DoAsync(chain.Now + 1, chain.Anyone, punish);
        Assert.Equal((0, 1_000 * Tao), (await chain.LeavingOfAsync(3), await chain.BondOfAsync(3)));
        await chain.RequireAsync("AlreadyPunished(address)", chain.Now + 1, chain.Anyone, punish);
        Assert.Equal(1_000 * Tao, await chain.CreditOfAsync(Address.Parse("0x000000000000000000000000000000000000dEaD")));
        Assert.Equal(1_000 * Tao, await chain.StakeAtAsync(3, chain.Now));
    }

    public static async Task What_is_taken_is_whole_rao_and_no_more_than_there_is(RegistryChain chain)
    {
        await chain.DoAsync(chain.Now + 1, (chain.Of(3), RegistryData.Bond(), 1_000 * Tao + 1_000_000_000));
        await BondAllAsync(chain, 3);
        await chain.AdvanceAsync();
        var lie = chain.Truth(root: 8);
        (int, Stated)[] all = [.. All(chain.Truth(), 0, 1, 2), (3, lie)];
        await chain.CommitAsync(chain.ClosedAt + 1, all);
        await chain.AttestAsync(chain.RevealsAt, all);
        await chain.DoAsync(chain.Now + 1, chain.Anyone, chain.Punish(3, chain.Truth(), lie));

        // 1 % of 1,000.000000001 TAO.
        Assert.Equal(990 * Tao + 1_000_000_000, await chain.BondOfAsync(3));
    }

    public static async Task Nobody_is_punished_for_what_was_not_settled_or_not_said(RegistryChain chain)
    {
        var lie = await LiarAsync(chain);
        var (truth, anyone, at) = (chain.Truth(), chain.Anyone, chain.Now + 1);
        await chain.RequireAsync("NoDeviation()", at, anyone, chain.Punish(0, truth, truth));
        await chain.RequireAsync("NotStated(bytes32)", at, anyone, chain.Punish(0, truth, lie));
        await chain.RequireAsync("NotStated(bytes32)", at, anyone, chain.Punish(0, lie, truth));
        await chain.RequireAsync("NotStated(bytes32)", at, anyone, chain.Punish(7, truth, lie));
        await chain.RequireAsync("WrongWeights(bytes32,bytes32)", at, anyone, chain.Punish(3, truth with { Weights = [new(9, 9)] }, lie));
        await chain.RequireAsync("WrongWeights(bytes32,bytes32)", at, anyone, chain.Punish(3, truth, lie with { Weights = [new(9, 9)] }));
        await chain.RequireAsync("NotSettled(uint256)", at, anyone, chain.Punish(3, truth, lie, 2));

        // A round that has not settled: two of four.
        await chain.RoundAsync(i => i < 2 ? chain.Truth() : chain.Truth(nav: 2 * Tao), 0, 1, 2, 3);
        var (one, other) = (chain.Truth(), chain.Truth(nav: 2 * Tao));
        await chain.RequireAsync("NotSettled(uint256)", chain.Now + 1, anyone, chain.Punish(3, one, other, 2));
    }

    public static async Task Within_tolerance_is_no_deviation(RegistryChain chain)
    {
        var near = await LiarAsync(chain, chain.Truth(nav: Tao + Tao / 1_000));
        await chain.RequireAsync("NoDeviation()", chain.Now + 1, chain.Anyone, chain.Punish(3, chain.Truth(), near));
    }

    public static async Task Evidence_has_its_time_and_leaving_does_not_outrun_it(RegistryChain chain)
    {
        var lie = await LiarAsync(chain);
        var punish = chain.Punish(3, chain.Truth(), lie);
        await chain.DoAsync(chain.Now + 1, chain.Of(3), RegistryData.Unbond(2_000 * Tao));
        var last = chain.ClosedAt + chain.Rules.Evidence - 1;
        await chain.AllowsAsync(last, chain.Anyone, punish);
        await chain.RequireAsync("OutsideWindow(uint256,uint256)", last + 1, chain.Anyone, punish);
        await chain.RequireAsync("Locked(uint256)", last, chain.Of(3), RegistryData.Withdraw());
    }
}
