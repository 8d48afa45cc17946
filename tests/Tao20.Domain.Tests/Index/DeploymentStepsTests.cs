using System.Collections.Immutable;
using System.Numerics;
using CsCheck;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Xunit.Abstractions;

namespace Tao20.Domain.Tests.Index;

/// <summary>What a deployment does next, by what is on the chain alone.</summary>
[Trait("Category", "Fast")]
public sealed class DeploymentStepsTests(ITestOutputHelper output)
{
    private static readonly BigInteger One = BigInteger.Pow(10, 18);
    private static readonly LegRules Rules = new(2_600_000, 100_000, 2_001_007);
    private static readonly DeploymentPlan Plan = new(
        [Target(1, 300), Target(2, 300, 9), Target(3, 200), Target(4, 195, 9), Target(5, 5)],
        default,
        default,
        IndexTimes.Minutes,
        25 * One
    );

    [Fact]
    public void Whatever_prices_do_a_deployment_that_is_looked_at_anew_each_time_ends_with_the_weights_of_its_plan() =>
        Gen.Int[0, int.MaxValue - 1]
            .Sample(
                seed =>
                {
                    var world = new World(new Random(seed));
                    var made = 0;
                    for (var steps = 0; ; steps++)
                    {
                        Assert.True(steps < 400, "it does not end");
                        var step = DeploymentSteps.Next(Plan, world.View, Rules);
                        if (step is DeploymentStep.Done)
                            break;
                        made += step is DeploymentStep.Make ? 1 : 0;
                        world.Do(step);
                    }

                    Assert.Equal(6, made);
                    Assert.InRange(world.View.Supply, Plan.GenesisWei, Plan.GenesisWei * 1_002 / 1_000);
                },
                iter: 500,
                writeLine: output.WriteLine
            );

    [Fact]
    public void The_contracts_are_made_in_order_and_only_as_the_very_transactions_that_they_name_each_other_by()
    {
        var none = new DeploymentView(10, 7, 7, [null, null, null, null, null, null], false, 0, []);
        Assert.Equal(new DeploymentStep.Make(IndexContract.Means), DeploymentSteps.Next(Plan, none, Rules));
        var two = none with { NextNonce = 9, Made = [true, true, null, null, null, null] };
        Assert.Equal(new DeploymentStep.Make(IndexContract.Index), DeploymentSteps.Next(Plan, two, Rules));
        Assert.Contains(
            "others were sent meanwhile",
            Assert.IsType<DeploymentStep.Stuck>(DeploymentSteps.Next(Plan, two with { NextNonce = 10 }, Rules)).Reason,
            StringComparison.Ordinal
        );
        Assert.IsType<DeploymentStep.Wait>(DeploymentSteps.Next(Plan, two with { NextNonce = 8 }, Rules));
        Assert.Contains(
            "address of the Manager is another contract",
            Assert
                .IsType<DeploymentStep.Stuck>(DeploymentSteps.Next(Plan, two with { Made = [true, false, null, null, null, null] }, Rules))
                .Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Each_hotkey_is_seeded_once_at_the_first_leg_that_names_it()
    {
        Assert.Equal([0, 1], Plan.Seeded);
        var world = new World(new Random(1));
        DeploymentStep step;
        while ((step = DeploymentSteps.Next(Plan, world.View, Rules)) is not DeploymentStep.Seed)
            world.Do(step);
        Assert.Equal(new DeploymentStep.Seed(Rules.LeastPurchase, 2 * Rules.LeastPurchase), step);
    }

    private static LegTarget Target(ushort netuid, ulong perMille, byte hotkey = 8) =>
        new(netuid, perMille * 1_000_000_000_000_000, new Hash256([.. Enumerable.Repeat(hotkey, 32)]));

    /// <summary>A chain on which prices move, and purchases bring a little less than they should.</summary>
    private sealed class World(Random random)
    {
        public DeploymentView View { get; private set; } =
            new(
                random.Next(1, 1_000) is var block ? (ulong)block : 0,
                3,
                3,
                [null, null, null, null, null, null],
                false,
                0,
                [.. Plan.Targets.Select(_ => new DeploymentLeg(null, One / random.Next(2, 200), 0, 0, 0, 0))]
            );

        public void Do(DeploymentStep step)
        {
            var legs = View.Legs.ConvertAll(Moved);
            View = View with { Block = View.Block + 1, NextNonce = View.NextNonce + (step is DeploymentStep.Wait ? 0UL : 1), Legs = legs };
            switch (step)
            {
                case DeploymentStep.Make(var contract):
                    View = View with { Made = View.Made.SetItem((int)contract, true) };
                    break;
                case DeploymentStep.Bind:
                    View = View with { IsBound = true };
                    break;
                case DeploymentStep.Observe(var netuids):
                    Assert.NotEmpty(netuids);
                    foreach (var netuid in netuids)
                        Set(netuid, leg => leg with { ObservedAt = View.Block });
                    break;
                case DeploymentStep.Wait(var until, _):
                    Assert.True(until >= View.Block, "what is waited for has come");
                    View = View with { Block = until, Legs = View.Legs.ConvertAll(leg => leg with { MeanWei = leg.SpotWei }) };
                    break;
                case DeploymentStep.Seed(var rao, _):
                    foreach (var i in Plan.Seeded)
                        Set(Plan.Targets[i].Netuid, leg => leg with { IndexStake = rao * One / leg.SpotWei });
                    break;
                case DeploymentStep.Buy(var netuid, var rao, var limit):
                    Assert.True(rao >= Rules.LeastPurchase);
                    Set(
                        netuid,
                        leg =>
                            limit * 1_000_000_000 < leg.SpotWei
                                ? leg
                                : leg with
                                {
                                    Stake = leg.Stake + rao * One / leg.SpotWei * random.Next(990, 1_000) / 1_000,
                                }
                    );
                    break;
                case DeploymentStep.Approve(var netuid, var alpha):
                    Set(netuid, leg => leg with { Allowance = alpha });
                    break;
                case DeploymentStep.Genesis(var alpha):
                    Mint(alpha);
                    break;
                default:
                    Assert.Fail($"{step}");
                    break;
            }
        }

        /// <summary>What the contract demands of the first mint.</summary>
        private void Mint(ImmutableList<BigInteger> alpha)
        {
            var values = View.Legs.Zip(alpha, (leg, taken) => taken * leg.MeanWei!.Value / 1_000_000_000).ToList();
            var total = values.Aggregate(BigInteger.Zero, (sum, value) => sum + value);
            foreach (var (leg, taken) in View.Legs.Zip(alpha))
                if (leg.Stake < taken || leg.Allowance < taken)
                    return;
            Assert.All(
                Plan.Targets.Zip(values),
                pair =>
                    Assert.InRange(
                        pair.Second * One / total,
                        (BigInteger)pair.First.Weight * 98 / 100,
                        (BigInteger)pair.First.Weight * 102 / 100
                    )
            );
            View = View with { Supply = total };
        }

        private void Set(ushort netuid, Func<DeploymentLeg, DeploymentLeg> change)
        {
            var i = Plan.Targets.FindIndex(target => target.Netuid == netuid);
            View = View with { Legs = View.Legs.SetItem(i, change(View.Legs[i])) };
        }

        private DeploymentLeg Moved(DeploymentLeg leg) =>
            leg with
            {
                SpotWei = leg.SpotWei * random.Next(9_990, 10_011) / 10_000,
                MeanWei = leg.MeanWei * random.Next(9_999, 10_002) / 10_000,
            };
    }
}
