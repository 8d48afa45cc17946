using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Checks;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>What the chain makes of a transaction, by whom it calls and what.</summary>
/// <param name="registry">The ValidatorRegistry; null for none.</param>
public sealed class IntentKinds(Address? registry)
{
    private static readonly IReadOnlyList<(ReadOnlyMemory<byte> Selector, IntentKind Kind)> OfBaskets =
    [
        (CallData.Selector<MintAndSellFunction>(), new(ChainAction.Mint, GasKind.Basket)),
        (CallData.Selector<MintFunction>(), new(ChainAction.Mint, GasKind.Basket)),
        (CallData.Selector<BuyAndRedeemFunction>(), new(ChainAction.Redeem, GasKind.Basket)),
        (CallData.Selector<RedeemFunction>(), new(ChainAction.Redeem, GasKind.Basket)),
        (CallData.Selector<StepFunction>(), new(ChainAction.Mint, GasKind.Basket)),
        (CallData.Selector<ObserveFunction>(), new(ChainAction.Mint, GasKind.Basket)),
        (CallData.Selector<CloseFunction>(), new(ChainAction.Mint, GasKind.Plain)),
        (CallData.Selector<ProposeFunction>(), new(ChainAction.Deploy, GasKind.Plain)),
        (CallData.Selector<ExecuteProposalFunction>(), new(ChainAction.Deploy, GasKind.Basket)),
        (CallData.Selector<CancelFunction>(), new(ChainAction.Deploy, GasKind.Plain)),
        (CallData.Selector<BindFunction>(), new(ChainAction.Deploy, GasKind.Plain)),
        (CallData.Selector<SeedFunction>(), new(ChainAction.Deploy, GasKind.Basket)),
        (CallData.Selector<GenesisFunction>(), new(ChainAction.Deploy, GasKind.Basket)),
    ];
    private static readonly IReadOnlyList<(ReadOnlyMemory<byte> Selector, IntentKind Kind)> OfStaking =
    [
        (CallData.Selector<AddStakeLimitFunction>(), new(ChainAction.Mint, GasKind.Stake)),
        (CallData.Selector<ApproveStakeFunction>(), new(ChainAction.Mint, GasKind.Stake)),
        (CallData.Selector<RemoveStakeLimitFunction>(), new(ChainAction.Redeem, GasKind.StakeExit)),
    ];
    private static readonly IReadOnlyList<(ReadOnlyMemory<byte> Selector, IntentKind Kind)> OfNeurons =
    [
        (CallData.Selector<SetWeightsFunction>(), new(ChainAction.Weights, GasKind.SetWeights)),
        (CallData.Selector<CommitWeightsFunction>(), new(ChainAction.Weights, GasKind.Neuron)),
        (CallData.Selector<RevealWeightsFunction>(), new(ChainAction.Weights, GasKind.Neuron)),
        (CallData.Selector<AssociateEvmKeyFunction>(), new(ChainAction.Associate, GasKind.Neuron)),
    ];

    /// <summary>What a transaction is.</summary>
    /// <exception cref="ArgumentException">It calls something of a precompile that is not known here.</exception>
    public IntentKind Of(TransactionIntent intent)
    {
        if (intent.MakesContract)
            return new IntentKind(ChainAction.Deploy, GasKind.Creation);
        if (intent.To == Precompiles.Staking)
            return Find(OfStaking) ?? throw Unknown();
        if (intent.To == Precompiles.Neuron)
            return Find(OfNeurons) ?? throw Unknown();
        if (registry is { } listed && intent.To == listed)
            return new IntentKind(ChainAction.Consensus, GasKind.Plain);
        return Find(OfBaskets) ?? new IntentKind(ChainAction.Market, GasKind.Plain);

        IntentKind? Find(IReadOnlyList<(ReadOnlyMemory<byte> Selector, IntentKind Kind)> known) =>
            intent.Data.Length < 4
                ? null
                : known
                    .Where(one => one.Selector.Span.SequenceEqual(intent.Data.Span[..4]))
                    .Select(one => (IntentKind?)one.Kind)
                    .FirstOrDefault();

        ArgumentException Unknown() => new($"{intent.Id} calls something of {intent.To} that is not known.", nameof(intent));
    }
}
