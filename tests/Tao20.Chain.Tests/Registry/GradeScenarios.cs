using System.Numerics;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using static Tao20.Chain.Tests.Registry.BondScenarios;

namespace Tao20.Chain.Tests.Registry;

/// <summary>How the contract grades, and that the domain grades alike (source: consensus.md, Grades).</summary>
internal static class GradeScenarios
{
    private const int Liars = 6;
    private static readonly BigInteger Tao = RegistryChain.Tao;

    public static async Task The_contract_and_the_domain_grade_alike_at_every_bound(RegistryChain chain)
    {
        await BondAsync(chain);
        foreach (var (settled, others) in Cases())
            await GradedAsync(chain, settled, others);
    }

    public static async Task Each_grade_takes_its_share(RegistryChain chain)
    {
        foreach (var (thousandths, percent) in new[] { (3, 1), (10, 5), (30, 15), (100, 50) })
        {
            await chain.AnewWithAsync(chain.Rules);
            var lie = await PunishScenarios.LiarAsync(chain, chain.Truth(nav: Tao + Tao * thousandths / 1_000));
            await chain.DoAsync(chain.Now + 1, chain.Anyone, chain.Punish(3, chain.Truth(), lie));
            Assert.Equal(2_000 * Tao * (100 - percent) / 100, await chain.BondOfAsync(3));
        }
    }

    /// <summary>Three that settle whatever they state, and six that state something else.</summary>
    private static Task BondAsync(RegistryChain chain) =>
        chain.DoAsync(
            chain.Now + 1,
            [
                .. Enumerable.Range(0, 3).Select(i => (chain.Of(i), RegistryData.Bond(), 30_000 * Tao)),
                .. Enumerable.Range(3, Liars).Select(i => (chain.Of(i), RegistryData.Bond(), 2_048 * Tao)),
            ]
        );

    private static async Task GradedAsync(RegistryChain chain, Func<Stated, Stated> settle, IReadOnlyList<Func<Stated, Stated>> lies)
    {
        await chain.AdvanceAsync();
        var settled = settle(chain.Truth());
        (int Validator, Stated Said)[] all = [.. All(settled, 0, 1, 2), .. lies.Select((lie, i) => (i + 3, lie(settled)))];
        await chain.CommitAsync(chain.ClosedAt + 1, all);
        await chain.AttestAsync(chain.RevealsAt, all);
        var round = await chain.ViewAsync("roundCount()", 0);
        foreach (var (validator, said) in all[3..])
        {
            var (bond, grade) = (await chain.BondOfAsync(validator), Grades.Between(settled, said));
            var punish = chain.Punish(validator, settled, said, round);
            if (grade == Severity.None)
            {
                await chain.RequireAsync("NoDeviation()", chain.Now + 1, chain.Anyone, punish);
                continue;
            }

            await chain.DoAsync(chain.Now + 1, chain.Anyone, punish);
            var taken = bond * Grades.Percent(grade) / 100;
            Assert.Equal(bond - (taken - taken % 1_000_000_000), await chain.BondOfAsync(validator));
            await chain.DoAsync(chain.Now + 1, (chain.Of(validator), RegistryData.Bond(), taken - taken % 1_000_000_000));
        }
    }

    /// <summary>Statements at each bound, a step before and a step behind it.</summary>
    private static IEnumerable<(Func<Stated, Stated> Settled, Func<Stated, Stated>[] Others)> Cases()
    {
        var nav = (BigInteger)1_000_000;
        foreach (var thousandths in new[] { 1, 5, 20, 50 })
        {
            var off = nav * thousandths / 1_000;
            yield return (
                said => With(said, nav: nav),
                [
                    .. new[] { off - 1, off, off + 1, -off + 1, -off, -off - 1 }.Select(by =>
                        (Func<Stated, Stated>)(said => With(said, nav: nav + by))
                    ),
                ]
            );
        }

        // Of weights that sum to 1,000 each, off by a part of 2,000.
        foreach (var thousandths in new[] { 50, 100, 150, 300 })
            yield return (
                said => With(said, weights: [new(1, 500), new(2, 500)]),
                [
                    .. new[] { thousandths - 1, thousandths, thousandths + 1 }.Select(by =>
                        (Func<Stated, Stated>)(said => With(said, weights: [new(1, (ushort)(500 - by)), new(2, (ushort)(500 + by))]))
                    ),
                    said => With(said, weights: [new(1, (ushort)(500 - thousandths)), new(2, 500), new(3, (ushort)thousandths)]),
                    said => With(said, weights: [new(0, (ushort)(thousandths + 1)), new(1, 500), new(2, (ushort)(499 - thousandths))]),
                    said => With(said, weights: []),
                ]
            );
        yield return (
            said => With(said, nav: 0),
            [
                said => With(said, nav: 1),
                said => With(said, nav: BigInteger.Pow(2, 96)),
                said => With(said, root: 8),
                said => With(said, supply: 1),
                said => With(said, block: 1_001),
                said => With(said, blockHash: 10),
            ]
        );
        yield return (
            said => With(said, weights: []),
            [
                said => With(said, nav: 0),
                said => With(said, weights: [new(1, 1)]),
                said => With(said, nav: 2 * Tao, block: 1_001),
                said => With(said, nav: Tao + Tao / 100, root: 8),
                said => With(said, weights: [new(9, 0)]),
                said => With(said, root: 8, blockHash: 10),
            ]
        );
    }

    private static Stated With(
        Stated said,
        BigInteger? nav = null,
        BigInteger? supply = null,
        ulong? root = null,
        ulong? block = null,
        ulong? blockHash = null,
        IReadOnlyList<SubnetWeight>? weights = null
    )
    {
        var statement = said.Statement;
        weights ??= said.Weights;
        return new Stated(
            statement with
            {
                Nav = nav is { } value ? TaoPerToken.From((UInt128)value) : statement.Nav,
                TotalSupply = supply is { } tokens ? Wei.From((UInt128)tokens) : statement.TotalSupply,
                RankingRoot = root is { } number ? RegistryChain.Number(number) : statement.RankingRoot,
                BlockNumber = block ?? statement.BlockNumber,
                BlockHash = blockHash is { } hash ? RegistryChain.Number(hash) : statement.BlockHash,
                WeightsHash = Tao20.Chain.Signing.Eip712.WeightsHash(weights),
            },
            weights
        );
    }
}
