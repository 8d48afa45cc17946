using Google.Protobuf;
using Tao20.Actors.Serialization;
using Tao20.Actors.Transactions;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Arbitrage;

/// <summary>The events and the snapshot of a miner's account, to and from their wire form.</summary>
internal static class ArbitrageWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<AccountMoved, Wire.AccountMoved>("account-moved", ToWire, FromWire),
        WireForm.Of<ArbitrageState, Wire.AccountSnapshot>("account", ToWire, FromWire),
    ];

    public static Wire.AccountMoved ToWire(AccountMoved moved)
    {
        var wire = new Wire.AccountMoved();
        wire.Events.AddRange(moved.Events.Select(ToWire));
        return wire;
    }

    public static AccountMoved FromWire(Wire.AccountMoved wire) => new([.. wire.Events.Select(FromWire)]);

    public static Wire.AccountSnapshot ToWire(ArbitrageState state)
    {
        var totals = state.Totals;
        var wire = new Wire.AccountSnapshot
        {
            Tao = Values.Bytes(state.Inventory.Tao.Value),
            Tokens = Values.Bytes(state.Inventory.Tokens.Value),
            Cost = Values.Bytes(state.Inventory.Cost.Value),
            Open = state.Open is { } open ? ToWire(open) : null,
            Numbers = state.TradesOpened,
            FailuresInRow = state.FailuresInRow,
            NotBefore = state.NotBefore,
            LastArbitrage = state.LastArbitrage,
            Unwinding = state.Unwinding,
            Totals = new Wire.TradingTotals
            {
                Confirmed = totals.Confirmed,
                Failed = totals.Failed,
                Expired = totals.Expired,
                Missed = totals.Missed,
                Minted = Values.Bytes(totals.Minted.Value),
                Redeemed = Values.Bytes(totals.Redeemed.Value),
                Gas = Values.Bytes(totals.Gas.Value),
                Profit = Values.Bytes(totals.Profit),
                DepositedTao = Values.Bytes(totals.DepositedTao),
                DepositedCost = Values.Bytes(totals.DepositedCost),
            },
        };
        wire.Breakers.AddRange(state.Breakers.Select(ToWire));
        wire.Hours.AddRange(state.Hours.Select(AccountHistoryWire.ToWire));
        wire.Recent.AddRange(state.Recent.Select(AccountHistoryWire.ToWire));
        return wire;
    }

    public static ArbitrageState FromWire(Wire.AccountSnapshot wire) =>
        new(
            new Inventory(Values.Amount(wire.Tao), Values.Amount(wire.Tokens), Values.Amount(wire.Cost)),
            wire.Open is { } open ? FromWire(open) : null,
            wire.Numbers,
            [.. wire.Breakers.Select(FromWire)],
            wire.FailuresInRow,
            wire.NotBefore,
            wire.LastArbitrage,
            wire.Unwinding,
            [.. wire.Hours.Select(AccountHistoryWire.FromWire)],
            new TradingTotals(
                wire.Totals.Confirmed,
                wire.Totals.Failed,
                wire.Totals.Expired,
                wire.Totals.Missed,
                Values.Amount(wire.Totals.Minted),
                Values.Amount(wire.Totals.Redeemed),
                Values.Amount(wire.Totals.Gas),
                Values.Delta(wire.Totals.Profit),
                Values.Delta(wire.Totals.DepositedTao),
                Values.Delta(wire.Totals.DepositedCost)
            )
        )
        {
            Recent = [.. wire.Recent.Select(AccountHistoryWire.FromWire)],
        };

    private static Wire.ArbitrageEvent ToWire(ArbitrageEvent e) =>
        e switch
        {
            ArbitrageEvent.BalancesMoved moved => new()
            {
                BalancesMoved = new Wire.BalancesMoved
                {
                    Tao = Values.Bytes(moved.Tao),
                    Tokens = Values.Bytes(moved.Tokens),
                    Nav = Values.Bytes(moved.Nav.Value),
                    Block = moved.Block,
                    Time = moved.Time,
                },
            },
            ArbitrageEvent.TradeOpened opened => new() { TradeOpened = ToWire(opened.Trade) },
            ArbitrageEvent.TradeClosed closed => new() { TradeClosed = ToWire(closed) },
            ArbitrageEvent.BreakerTripped tripped => new() { BreakerTripped = ToWire(tripped.Breaker) },
            ArbitrageEvent.BreakerCleared cleared => new()
            {
                BreakerCleared = new Wire.BreakerCleared
                {
                    Breaker = (uint)cleared.Breaker,
                    Time = cleared.Time,
                    ByOperator = cleared.ByOperator,
                },
            },
            ArbitrageEvent.StepsPlanned planned => new() { StepsPlanned = ToWire(planned) },
            ArbitrageEvent.UnwindBegan began => new() { UnwindBegan = began.Time },
            ArbitrageEvent.UnwindEnded ended => new() { UnwindEnded = ended.Time },
            _ => throw new ArgumentException($"A {e.GetType().Name} has no wire form.", nameof(e)),
        };

    private static ArbitrageEvent FromWire(Wire.ArbitrageEvent wire) =>
        wire.EventCase switch
        {
            Wire.ArbitrageEvent.EventOneofCase.BalancesMoved => new ArbitrageEvent.BalancesMoved(
                Values.Delta(wire.BalancesMoved.Tao),
                Values.Delta(wire.BalancesMoved.Tokens),
                Price(wire.BalancesMoved.Nav),
                wire.BalancesMoved.Block,
                wire.BalancesMoved.Time
            ),
            Wire.ArbitrageEvent.EventOneofCase.TradeOpened => new ArbitrageEvent.TradeOpened(FromWire(wire.TradeOpened)),
            Wire.ArbitrageEvent.EventOneofCase.TradeClosed => new ArbitrageEvent.TradeClosed(
                FromWire(wire.TradeClosed.Trade),
                FromWire(wire.TradeClosed.Result),
                wire.TradeClosed.HasNotBefore ? wire.TradeClosed.NotBefore : null
            ),
            Wire.ArbitrageEvent.EventOneofCase.BreakerTripped => new ArbitrageEvent.BreakerTripped(FromWire(wire.BreakerTripped)),
            Wire.ArbitrageEvent.EventOneofCase.BreakerCleared => new ArbitrageEvent.BreakerCleared(
                (Breaker)wire.BreakerCleared.Breaker,
                wire.BreakerCleared.Time,
                wire.BreakerCleared.ByOperator
            ),
            Wire.ArbitrageEvent.EventOneofCase.StepsPlanned => new ArbitrageEvent.StepsPlanned(
                wire.StepsPlanned.Number,
                [.. wire.StepsPlanned.Steps.Select(FromWire)],
                [.. wire.StepsPlanned.AlphaBefore.Select(FromWire)]
            ),
            Wire.ArbitrageEvent.EventOneofCase.UnwindBegan => new ArbitrageEvent.UnwindBegan(wire.UnwindBegan),
            Wire.ArbitrageEvent.EventOneofCase.UnwindEnded => new ArbitrageEvent.UnwindEnded(wire.UnwindEnded),
            var unknown => throw new InvalidDataException($"an event of an account of kind {unknown}"),
        };

    private static Wire.OpenTrade ToWire(OpenTrade trade)
    {
        var wire = ToWireWithoutSteps(trade);
        wire.Steps.AddRange(trade.Steps.Select(ToWire));
        wire.AlphaBefore.AddRange(trade.AlphaBefore.Select(ToWire));
        return wire;
    }

    private static Wire.StepsPlanned ToWire(ArbitrageEvent.StepsPlanned planned)
    {
        var wire = new Wire.StepsPlanned { Number = planned.Number };
        wire.Steps.AddRange(planned.Steps.Select(ToWire));
        wire.AlphaBefore.AddRange(planned.AlphaBefore.Select(ToWire));
        return wire;
    }

    private static Wire.TradeStep ToWire(TradeStep step) =>
        new()
        {
            Name = step.Name,
            To = Values.Bytes(step.To),
            Value = Values.Bytes(step.Value.Value),
            Data = ByteString.CopyFrom(step.Data.Span),
            Gas = step.Gas,
            Expires = step.Expires,
        };

    private static TradeStep FromWire(Wire.TradeStep wire) =>
        new(wire.Name, Values.Address(wire.To), Values.Amount(wire.Value), wire.Data.ToByteArray(), wire.Gas, wire.Expires);

    private static Wire.AlphaHeld ToWire(AlphaHeld held) => new() { Netuid = held.Netuid, Alpha = held.Alpha };

    private static AlphaHeld FromWire(Wire.AlphaHeld wire) => new((ushort)wire.Netuid, wire.Alpha);

    private static Wire.OpenTrade ToWireWithoutSteps(OpenTrade trade) =>
        new()
        {
            Number = trade.Number,
            Proposal = new Wire.TradeProposal
            {
                Kind = (uint)trade.Proposal.Kind,
                Purpose = (uint)trade.Proposal.Purpose,
                Size = Values.Bytes(trade.Proposal.Size.Value),
                MinProceeds = Values.Bytes(trade.Proposal.MinProceeds.Value),
                Deadline = trade.Proposal.Deadline,
                ExpectedNet = Values.Bytes(trade.Proposal.ExpectedNet),
                GasUnits = trade.Proposal.GasUnits,
                Tokens = Values.Bytes(trade.Proposal.Tokens.Value),
                Order = trade.Proposal.Order is { } order ? BasketOrderWire.ToWire(order) : null,
            },
            Block = trade.Block,
            Time = trade.Time,
        };

    private static OpenTrade FromWire(Wire.OpenTrade wire) =>
        new(
            wire.Number,
            new TradeProposal(
                (TradeKind)wire.Proposal.Kind,
                (TradePurpose)wire.Proposal.Purpose,
                Values.Amount(wire.Proposal.Size),
                Values.Amount(wire.Proposal.MinProceeds),
                wire.Proposal.Deadline,
                Values.Delta(wire.Proposal.ExpectedNet),
                wire.Proposal.GasUnits,
                Values.Amount(wire.Proposal.Tokens),
                wire.Proposal.Order is { } order ? BasketOrderWire.FromWire(order) : null
            ),
            wire.Block,
            wire.Time
        )
        {
            Steps = [.. wire.Steps.Select(FromWire)],
            AlphaBefore = [.. wire.AlphaBefore.Select(FromWire)],
        };

    private static Wire.TradeResult ToWire(TradeResult result)
    {
        var wire = new Wire.TradeResult
        {
            Outcome = (uint)result.Outcome,
            Block = result.Block,
            Time = result.Time,
            Epoch = result.Epoch.Value,
            Tao = Values.Bytes(result.Tao),
            Tokens = Values.Bytes(result.Tokens),
            Gas = Values.Bytes(result.Gas.Value),
            Volume = Values.Bytes(result.Volume.Value),
            Nav = Values.Bytes(result.Nav.Value),
        };
        if (result.Failure is TradeFailure.Recorded recorded)
            wire.Reason = recorded.Text;
        else if (result.Failure is { } failure)
            wire.Failure = ToWire(failure);
        return wire;
    }

    private static Wire.TradeFailure ToWire(TradeFailure failure) =>
        failure switch
        {
            TradeFailure.BrokenOff(var cause) => new Wire.TradeFailure
            {
                BrokenOff = new Wire.BrokenOff { Cause = cause is null ? null : OutboxWire.ToWire(cause) },
            },
            TradeFailure.MinedTooLate => new Wire.TradeFailure { MinedTooLate = true },
            TradeFailure.Reverted(var block) => new Wire.TradeFailure { RevertedInBlock = block },
            TradeFailure.TooLittle => new Wire.TradeFailure { TooLittle = true },
            TradeFailure.NotSent(var cause) => new Wire.TradeFailure { NotSent = OutboxWire.ToWire(cause) },
            _ => throw new ArgumentException($"A {failure.GetType().Name} has no wire form of its own.", nameof(failure)),
        };

    private static TradeFailure FromWire(Wire.TradeFailure wire) =>
        wire.KindCase switch
        {
            Wire.TradeFailure.KindOneofCase.BrokenOff => new TradeFailure.BrokenOff(
                wire.BrokenOff.Cause is { } cause ? OutboxWire.FromWire(cause) : null
            ),
            Wire.TradeFailure.KindOneofCase.MinedTooLate => new TradeFailure.MinedTooLate(),
            Wire.TradeFailure.KindOneofCase.RevertedInBlock => new TradeFailure.Reverted(wire.RevertedInBlock),
            Wire.TradeFailure.KindOneofCase.TooLittle => new TradeFailure.TooLittle(),
            Wire.TradeFailure.KindOneofCase.NotSent => new TradeFailure.NotSent(OutboxWire.FromWire(wire.NotSent)),
            var unknown => throw new InvalidDataException(
                $"The failure of a trade is of the unknown kind {unknown}: it was written by a newer version."
            ),
        };

    private static TradeResult FromWire(Wire.TradeResult wire) =>
        new(
            (TradeOutcome)wire.Outcome,
            wire.Failure is { } failure ? FromWire(failure)
                : wire.HasReason ? new TradeFailure.Recorded(wire.Reason)
                : null,
            wire.Block,
            wire.Time,
            new EpochId(wire.Epoch),
            Values.Delta(wire.Tao),
            Values.Delta(wire.Tokens),
            Values.Amount(wire.Gas),
            Values.Amount(wire.Volume),
            Price(wire.Nav)
        );

    private static Wire.OpenBreaker ToWire(OpenBreaker breaker)
    {
        var wire = new Wire.OpenBreaker
        {
            Breaker = (uint)breaker.Breaker,
            Reason = breaker.Reason,
            Since = breaker.Since,
        };
        if (breaker.Until is { } until)
            wire.Until = until;
        return wire;
    }

    private static OpenBreaker FromWire(Wire.OpenBreaker wire) =>
        new((Breaker)wire.Breaker, wire.Reason, wire.Since, wire.HasUntil ? wire.Until : null);

    private static TaoPerToken Price(ByteString bytes) => TaoPerToken.From(Values.UInt128(bytes));

    private static Wire.TradeClosed ToWire(ArbitrageEvent.TradeClosed closed)
    {
        var wire = new Wire.TradeClosed { Trade = ToWire(closed.Trade), Result = ToWire(closed.Result) };
        if (closed.NotBefore is { } notBefore)
            wire.NotBefore = notBefore;
        return wire;
    }
}
