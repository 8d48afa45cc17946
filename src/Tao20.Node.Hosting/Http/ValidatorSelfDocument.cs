using Tao20.Actors.Consensus;
using Tao20.Actors.Status;
using Tao20.Actors.Transactions;
using Tao20.Domain.Transactions;
using Tao20.Domain.Weights;

namespace Tao20.Node.Http;

/// <summary>What a node does as a validator, as <c>/status</c> shows it.</summary>
internal sealed record ValidatorSelfDocument(
    string Account,
    bool Paused,
    TransactionsDocument Transactions,
    IReadOnlyList<LocalEpochDocument> Computed,
    IReadOnlyList<WeightsDocument>? Weights
)
{
    public static ValidatorSelfDocument Of(ValidatorStatus status, bool isPaused) =>
        new(
            status.Sender.Account.ToString(),
            isPaused,
            TransactionsDocument.Of(status.Sender),
            [.. status.Computed.Epochs.Select(LocalEpochDocument.Of)],
            status.Weights is { } weights
                ? [.. weights.Recent.Select(progress => WeightsDocument.Of(status.Sender.Account.ToString(), progress))]
                : null
        );
}

/// <summary>An account's transactions.</summary>
internal sealed record TransactionsDocument(IReadOnlyList<OpenIntentDocument> Open, long Ended, string? Waiting, long Foreign)
{
    public static TransactionsDocument Of(SenderStatus sender) =>
        new([.. sender.Open.Select(OpenIntentDocument.Of)], sender.Ended, sender.Waiting, sender.Foreign);
}

internal sealed record OpenIntentDocument(string Id, string State, string? Transaction, ulong? Block)
{
    public static OpenIntentDocument Of(IntentProgress progress) =>
        new(progress.Id, progress.State.ToString(), progress.Receipt?.Hash.ToString(), progress.Receipt?.Block);
}

/// <summary>What was computed here of an epoch.</summary>
internal sealed record LocalEpochDocument(
    ulong Epoch,
    ulong Block,
    string? Nav,
    string? MintPrice,
    string? RedeemPrice,
    string Move,
    string RankingRoot,
    string WeightsHash,
    IReadOnlyList<string> Warnings,
    string? DisagreesWithConsensus
)
{
    public static LocalEpochDocument Of(LocalEpochResult result) =>
        new(
            result.Epoch.Value,
            result.Block,
            result.Nav?.ToString(),
            result.MintPrice?.ToString(),
            result.RedeemPrice?.ToString(),
            result.Move.ToString(),
            result.RankingRoot.ToString(),
            result.WeightsHash.ToString(),
            result.Warnings,
            result.DisagreesWithConsensus
        );
}

/// <summary>The weights of a validator for an epoch.</summary>
internal sealed record WeightsDocument(
    string Validator,
    ulong Epoch,
    string Stage,
    IReadOnlyList<WeightDocument> Weights,
    IReadOnlyList<string> WithoutUid,
    IReadOnlyList<ushort> Recycled,
    ulong? CommittedBlock,
    ulong? CommitEpoch,
    ulong? Block,
    ulong? BlocksAfterEpoch,
    ulong? SecondsAfterEpoch,
    string? Reason
)
{
    public static WeightsDocument Of(string validator, WeightsProgress progress) =>
        new(
            validator,
            progress.Closed.Epoch.Value,
            progress.Stage.ToString(),
            [.. progress.Weights.Select(weight => new WeightDocument(weight.Uid, weight.Weight))],
            [.. progress.WithoutUid.Select(miner => miner.ToString())],
            progress.Recycled,
            progress.CommittedAt > 0 ? progress.CommittedAt : null,
            progress.CommitEpoch,
            progress.DoneAt > 0 ? progress.DoneAt : null,
            progress.DoneAt > 0 ? progress.DoneAt - progress.Closed.ClosedAt.Block : null,
            progress.DoneAt > 0 ? progress.DoneSeconds : null,
            progress.Reason
        );
}

internal sealed record WeightDocument(ushort Uid, ushort Weight);
