using Tao20.Actors.Faults;
using Tao20.Actors.Serialization;
using Tao20.Domain.Transactions;
using static Tao20.Domain.Transactions.OutboxEvent;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Transactions;

/// <summary>The outbox' messages, events and snapshot, to and from their wire form.</summary>
internal static class OutboxWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<OutboxEvent.IntentPlanned, Wire.IntentPlanned>("intent-planned", ToWire, FromWire),
        WireForm.Of<OutboxEvent.TransactionSigned, Wire.TransactionSigned>("transaction-signed", ToWire, FromWire),
        WireForm.Of<OutboxEvent.TransactionBroadcast, Wire.TransactionBroadcast>("transaction-broadcast", ToWire, FromWire),
        WireForm.Of<OutboxEvent.TransactionMined, Wire.TransactionMined>("transaction-mined", ToWire, FromWire),
        WireForm.Of<OutboxEvent.TransactionReorged, Wire.TransactionReorged>("transaction-reorged", ToWire, FromWire),
        WireForm.Of<OutboxEvent.TransactionFinal, Wire.TransactionFinal>("transaction-final", ToWire, FromWire),
        WireForm.Of<OutboxEvent.TransactionDropped, Wire.TransactionDropped>("transaction-dropped", ToWire, FromWire),
        WireForm.Of<OutboxEvent.IntentFailed, Wire.IntentFailed>("intent-failed", ToWire, FromWire),
        WireForm.Of<SubmitIntent, Wire.SubmitIntent>("submit-intent", ToWire, FromWire),
        WireForm.Of<IntentProgress, Wire.IntentProgress>("intent-progress", ToWire, FromWire),
        WireForm.Of<OutboxState, Wire.OutboxSnapshot>("outbox", ToWire, FromWire),
        WireForm.Of<SenderStatus, Wire.SenderStatus>("sender-status", ToWire, FromWire),
        WireForm.OfQuery<GetSenderStatus, Wire.GetSenderStatus>("get-sender-status", GetSenderStatus.Instance),
    ];

    public static Wire.IntentPlanned ToWire(IntentPlanned planned) => new() { Intent = ToWire(planned.Intent) };

    public static IntentPlanned FromWire(Wire.IntentPlanned wire) => new(FromWire(wire.Intent));

    public static Wire.TransactionSigned ToWire(TransactionSigned signed) => new() { Id = signed.Id, Attempt = ToWire(signed.Attempt) };

    public static TransactionSigned FromWire(Wire.TransactionSigned wire) => new(wire.Id, FromWire(wire.Attempt));

    public static Wire.TransactionBroadcast ToWire(TransactionBroadcast sent) =>
        new()
        {
            Id = sent.Id,
            Hash = Values.Bytes(sent.Hash),
            AtBlock = sent.AtBlock,
        };

    public static TransactionBroadcast FromWire(Wire.TransactionBroadcast wire) => new(wire.Id, Values.Hash(wire.Hash), wire.AtBlock);

    public static Wire.TransactionMined ToWire(TransactionMined mined) => new() { Id = mined.Id, Receipt = ToWire(mined.Receipt) };

    public static TransactionMined FromWire(Wire.TransactionMined wire) => new(wire.Id, FromWire(wire.Receipt)!);

    public static Wire.TransactionReorged ToWire(TransactionReorged reorged) =>
        new() { Id = reorged.Id, Hash = Values.Bytes(reorged.Hash) };

    public static TransactionReorged FromWire(Wire.TransactionReorged wire) => new(wire.Id, Values.Hash(wire.Hash));

    public static Wire.TransactionFinal ToWire(TransactionFinal final) => new() { Id = final.Id, Receipt = ToWire(final.Receipt) };

    public static TransactionFinal FromWire(Wire.TransactionFinal wire) => new(wire.Id, FromWire(wire.Receipt)!);

    public static Wire.TransactionDropped ToWire(TransactionDropped dropped) => new() { Id = dropped.Id, Nonce = dropped.Nonce };

    public static TransactionDropped FromWire(Wire.TransactionDropped wire) => new(wire.Id, wire.Nonce);

    public static Wire.IntentFailed ToWire(IntentFailed failed)
    {
        var wire = new Wire.IntentFailed { Id = failed.Id };
        if (failed.Failure is not IntentFailure.Recorded recorded)
        {
            wire.Failure = ToWire(failed.Failure);
            return wire;
        }

        (wire.Reason, wire.Expired) = (recorded.Text, recorded.Expired);
        if (recorded.RevertData is { } data)
            wire.RevertData = data;
        return wire;
    }

    public static IntentFailed FromWire(Wire.IntentFailed wire) =>
        new(
            wire.Id,
            wire.Failure is { } failure
                ? FromWire(failure)
                : new IntentFailure.Recorded(wire.Reason, wire.HasRevertData ? wire.RevertData : null, wire.Expired)
        );

    public static Wire.SubmitIntent ToWire(SubmitIntent submit) => new() { Intent = ToWire(submit.Intent) };

    public static SubmitIntent FromWire(Wire.SubmitIntent wire) => new(FromWire(wire.Intent));

    public static Wire.IntentProgress ToWire(IntentProgress progress)
    {
        var wire = new Wire.IntentProgress
        {
            Id = progress.Id,
            State = (int)progress.State,
            Receipt = ToWire(progress.Receipt),
        };
        if (progress.Failure is IntentFailure.Recorded recorded)
        {
            wire.Reason = recorded.Text;
            if (recorded.RevertData is { } data)
                wire.RevertData = data;
        }
        else if (progress.Failure is { } failure)
        {
            wire.Failure = ToWire(failure);
        }

        return wire;
    }

    public static IntentProgress FromWire(Wire.IntentProgress wire) =>
        new(
            wire.Id,
            (IntentState)wire.State,
            FromWire(wire.Receipt),
            wire.Failure is { } failure ? FromWire(failure)
                : wire.HasReason
                    ? new IntentFailure.Recorded(
                        wire.Reason,
                        wire.HasRevertData ? wire.RevertData : null,
                        (IntentState)wire.State == IntentState.Expired
                    )
                : null
        );

    public static Wire.OutboxSnapshot ToWire(OutboxState state)
    {
        var wire = new Wire.OutboxSnapshot
        {
            Ended = (ulong)state.EndedCount,
            NextNonce = state.NextNonce,
            Foreign = (ulong)state.Foreign,
        };
        wire.Recent.AddRange(state.Recent.Select(ToWire));
        foreach (var entry in state.Open)
        {
            var open = new Wire.OutboxEntry
            {
                Intent = ToWire(entry.Intent),
                State = (int)entry.State,
                SentAt = entry.SentAt,
                Receipt = ToWire(entry.Receipt),
            };
            open.Attempts.AddRange(entry.Attempts.Select(ToWire));
            wire.Open.Add(open);
        }

        return wire;
    }

    public static OutboxState FromWire(Wire.OutboxSnapshot wire) =>
        new(
            [
                .. wire.Open.Select(entry => new OutboxEntry(
                    FromWire(entry.Intent),
                    (IntentState)entry.State,
                    [.. entry.Attempts.Select(FromWire)],
                    entry.SentAt,
                    FromWire(entry.Receipt)
                )),
            ],
            [.. wire.Recent.Select(FromWire)],
            (long)wire.Ended,
            wire.NextNonce,
            (long)wire.Foreign
        );

    public static Wire.SenderStatus ToWire(SenderStatus status)
    {
        var wire = new Wire.SenderStatus
        {
            Account = Values.Bytes(status.Account),
            Ended = (ulong)status.Ended,
            Foreign = (ulong)status.Foreign,
            Fault = FaultWire.ToWire(status.Fault),
        };
        wire.Open.AddRange(status.Open.Select(ToWire));
        if (status.Waiting is { } waiting)
            wire.Waiting = waiting;
        return wire;
    }

    public static SenderStatus FromWire(Wire.SenderStatus wire) =>
        new(
            Values.Address(wire.Account),
            [.. wire.Open.Select(FromWire)],
            (long)wire.Ended,
            wire.HasWaiting ? wire.Waiting : null,
            (long)wire.Foreign,
            FaultWire.FromWire(wire.Fault)
        );

    public static Wire.IntentFailure ToWire(IntentFailure failure)
    {
        switch (failure)
        {
            case IntentFailure.DeadlinePassed passed:
                return new Wire.IntentFailure
                {
                    DeadlinePassed = new Wire.DeadlinePassed { Deadline = passed.Deadline, ChainTime = passed.ChainTime },
                };
            case IntentFailure.BlockPassed passed:
                return new Wire.IntentFailure
                {
                    BlockPassed = new Wire.BlockPassed { LastBlock = passed.LastBlock, Latest = passed.Latest },
                };
            case IntentFailure.SimulationRefused refused:
                var wire = new Wire.SimulationRefused { NodeText = refused.NodeText };
                if (refused.RevertData is { } data)
                    wire.RevertData = data;
                return new Wire.IntentFailure { SimulationRefused = wire };
            case IntentFailure.GasAboveCeiling gas:
                return new Wire.IntentFailure
                {
                    GasAboveCeiling = new Wire.GasAboveCeiling { Limit = gas.Limit, Ceiling = gas.Ceiling },
                };
            case IntentFailure.MaybeSent sent:
                return new Wire.IntentFailure
                {
                    MaybeSent = new Wire.MaybeSent { From = sent.From, To = sent.To },
                };
            case IntentFailure.Recorded recorded:
                var text = new Wire.RecordedFailure { Text = recorded.Text, Expired = recorded.Expired };
                if (recorded.RevertData is { } returned)
                    text.RevertData = returned;
                return new Wire.IntentFailure { Recorded = text };
            default:
                throw new ArgumentException($"A {failure.GetType().Name} has no wire form of its own.", nameof(failure));
        }
    }

    public static IntentFailure FromWire(Wire.IntentFailure wire) =>
        wire.KindCase switch
        {
            Wire.IntentFailure.KindOneofCase.DeadlinePassed => new IntentFailure.DeadlinePassed(
                wire.DeadlinePassed.Deadline,
                wire.DeadlinePassed.ChainTime
            ),
            Wire.IntentFailure.KindOneofCase.BlockPassed => new IntentFailure.BlockPassed(
                wire.BlockPassed.LastBlock,
                wire.BlockPassed.Latest
            ),
            Wire.IntentFailure.KindOneofCase.SimulationRefused => new IntentFailure.SimulationRefused(
                wire.SimulationRefused.NodeText,
                wire.SimulationRefused.HasRevertData ? wire.SimulationRefused.RevertData : null
            ),
            Wire.IntentFailure.KindOneofCase.GasAboveCeiling => new IntentFailure.GasAboveCeiling(
                wire.GasAboveCeiling.Limit,
                wire.GasAboveCeiling.Ceiling
            ),
            Wire.IntentFailure.KindOneofCase.MaybeSent => new IntentFailure.MaybeSent(wire.MaybeSent.From, wire.MaybeSent.To),
            Wire.IntentFailure.KindOneofCase.Recorded => new IntentFailure.Recorded(
                wire.Recorded.Text,
                wire.Recorded.HasRevertData ? wire.Recorded.RevertData : null,
                wire.Recorded.Expired
            ),
            var unknown => throw new InvalidDataException(
                $"The failure of an intent is of the unknown kind {unknown}: it was written by a newer version."
            ),
        };

    private static Wire.Intent ToWire(TransactionIntent intent) =>
        new()
        {
            Id = intent.Id,
            To = Values.Bytes(intent.To),
            ValueWei = Values.Bytes(intent.ValueWei),
            Data = Google.Protobuf.ByteString.CopyFrom(intent.Data.Span),
            Deadline = intent.Deadline,
            Gas = intent.Gas,
            Priority = (uint)intent.Priority,
            LastBlock = intent.LastBlock,
            OutlastsFullBlocks = intent.OutlastsFullBlocks,
            NotDoneAt = intent.NotDoneAt,
        };

    private static TransactionIntent FromWire(Wire.Intent wire) =>
        new(
            wire.Id,
            Values.Address(wire.To),
            Values.UInt128(wire.ValueWei),
            wire.Data.ToByteArray(),
            wire.Deadline,
            wire.Gas,
            (IntentPriority)wire.Priority,
            wire.LastBlock,
            wire.OutlastsFullBlocks,
            wire.NotDoneAt
        );

    private static Wire.Attempt ToWire(Attempt attempt) =>
        new()
        {
            Nonce = attempt.Nonce,
            Hash = Values.Bytes(attempt.Hash),
            Raw = Google.Protobuf.ByteString.CopyFrom(attempt.Raw.Span),
            MaxFee = Values.Bytes(attempt.MaxFee),
            Priority = Values.Bytes(attempt.Priority),
            GasLimit = attempt.GasLimit,
            Cancels = attempt.Cancels,
        };

    private static Attempt FromWire(Wire.Attempt wire) =>
        new(
            wire.Nonce,
            Values.Hash(wire.Hash),
            wire.Raw.ToByteArray(),
            Values.BigInteger(wire.MaxFee),
            Values.BigInteger(wire.Priority),
            wire.GasLimit,
            wire.Cancels
        );

    private static Wire.Receipt? ToWire(Receipt? receipt)
    {
        if (receipt is null)
            return null;
        var wire = new Wire.Receipt
        {
            Hash = Values.Bytes(receipt.Hash),
            Block = receipt.Block,
            BlockHash = Values.Bytes(receipt.BlockHash),
            Success = receipt.Success,
            GasUsed = receipt.GasUsed,
            GasPrice = Values.Bytes(receipt.GasPrice),
        };
        if (receipt.ChargedWei is { } charged)
            wire.Charged = Values.Bytes(charged);
        return wire;
    }

    private static Receipt? FromWire(Wire.Receipt? wire) =>
        wire is null
            ? null
            : new(
                Values.Hash(wire.Hash),
                wire.Block,
                Values.Hash(wire.BlockHash),
                wire.Success,
                wire.GasUsed,
                Values.UInt128(wire.GasPrice)
            )
            {
                ChargedWei = wire.HasCharged ? Values.UInt128(wire.Charged) : null,
            };
}
