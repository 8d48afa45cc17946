using CsCheck;
using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Transactions;

/// <summary>How much gas a transaction is given (source: the chain reference, sections 9, point 25, and 10, rule 2).</summary>
[Trait("Category", "Fast")]
public sealed class GasLimitsTests
{
    private static readonly FeePolicy Fees = new();

    [Theory]
    [InlineData(RuntimeProfile.Unknown, GasKind.Basket, 412_345, 515_432)]
    [InlineData(RuntimeProfile.Unknown, GasKind.Basket, 2_307_111, 2_883_889)]
    [InlineData(RuntimeProfile.Spec425, GasKind.StakeExit, 64_123, 100_000)]
    [InlineData(RuntimeProfile.Spec425, GasKind.Neuron, 20_000, 150_000)]
    [InlineData(RuntimeProfile.Spec425, GasKind.SetWeights, 2_000, 3_200_000)]
    [InlineData(RuntimeProfile.Spec473, GasKind.StakeExit, 64_123, 2_600_000)]
    [InlineData(RuntimeProfile.Spec473, GasKind.Basket, 2_307_111, 2_883_889)]
    [InlineData(RuntimeProfile.Spec473, GasKind.Stake, 64_123, 150_000)]
    [InlineData(RuntimeProfile.Spec473, GasKind.SetWeights, 3_000_000, 3_750_000)]
    [InlineData(RuntimeProfile.Unknown, GasKind.StakeExit, 64_123, 80_154)]
    public void A_limit_is_five_quarters_of_the_estimate_or_what_the_spec_demands_to_be_there(
        RuntimeProfile profile,
        GasKind kind,
        ulong estimate,
        ulong limit
    ) => Assert.Equal(limit, GasLimits.Of(Fees, profile, kind, estimate));

    [Fact]
    public void A_limit_is_never_below_what_succeeded_and_a_floor_that_is_set_holds_for_every_spec() =>
        Gen.Select(Gen.ULong[0, 1UL << 40], Gen.Enum<GasKind>(), Gen.Enum<RuntimeProfile>(), Gen.ULong[0, 64_000_000])
            .Sample(
                (estimate, kind, profile, floor) =>
                {
                    var limit = GasLimits.Of(Fees with { GasFloor = floor }, profile, kind, estimate);
                    return limit >= estimate && limit >= floor && limit == Math.Max(floor, (estimate * 5 + 3) / 4);
                }
            );

    [Fact]
    public void What_would_need_more_than_its_ceiling_is_refused_before_anything_is_signed()
    {
        var fees = Fees with { GasCeilingPerCall = 2_000_000, MaxFeePerGas = 1_000_000_000 };
        var rules = new Ruled(fees);
        var decider = new OutboxDecider(default, fees, rules);
        var intent = new TransactionIntent("a", default, 0, default);
        var state = OutboxState.Initial.Evolve(new OutboxEvent.IntentPlanned(intent));
        var view = new AccountView(new Dictionary<Hash256, Receipt>(), 5, 5, 100, 1_000, 98, 1);
        var step = decider.OnSimulated(state, view, intent, new Simulation(1_700_001));
        Assert.Equal(
            new OutboxStep.Record(new OutboxEvent.IntentFailed("a", new IntentFailure.GasAboveCeiling(2_125_002, 2_000_000))),
            step
        );
        Assert.IsType<OutboxStep.Sign>(decider.OnSimulated(state, view, intent, new Simulation(1_600_000)));

        // What is off waits, also when that is announced while it is simulated; what is not goes on past it.
        rules.Why = "checked anew first";
        Assert.IsType<OutboxStep.Idle>(decider.OnSimulated(state, view, intent, new Simulation(1_600_000)));
        Assert.Equal(
            new OutboxStep.Idle(new OutboxWait.Closed("a", "checked anew first")),
            decider.Next(state, view, new UnknownTransactions(5, []))
        );
        var other = new TransactionIntent("free", default, 0, default);
        Assert.Equal(
            new OutboxStep.Simulate(other),
            decider.Next(state.Evolve(new OutboxEvent.IntentPlanned(other)), view, new UnknownTransactions(5, []))
        );
    }

    private sealed class Ruled(FeePolicy fees) : ITransactionRules
    {
        public string? Why { get; set; }

        public string? Closed(TransactionIntent intent) => intent.Id == "free" ? null : Why;

        public string? Closed(ChainAction action) => Why;

        public ulong GasLimit(TransactionIntent intent, ulong estimate) =>
            GasLimits.Of(fees, RuntimeProfile.Unknown, GasKind.Stake, estimate);

        public ulong GasCeiling(TransactionIntent intent) => GasLimits.Ceiling(fees, GasKind.Stake);
    }
}
