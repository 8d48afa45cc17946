using System.Globalization;
using Tao20.Domain.Transactions;

namespace Tao20.Domain.Arbitrage;

/// <summary>Why a trade did not do what it was for.</summary>
public abstract record TradeFailure
{
    private TradeFailure() { }

    /// <summary>The words for an operator, in one place for all.</summary>
    public string Reason =>
        this switch
        {
            BrokenOff(var cause) => $"it was broken off: {cause?.Reason}; what it had bought is sold again or kept",
            MinedTooLate => "it was mined after its deadline, and reverted",
            Reverted(var block) => string.Create(CultureInfo.InvariantCulture, $"it was reverted in block {block}"),
            TooLittle => "someone else was faster: it would have brought too little",
            NotSent(var cause) => cause.Reason,
            Recorded(var text) => text,
            _ => throw new InvalidOperationException($"A {GetType().Name} has no words."),
        };

    /// <summary>One of its transactions was given up after others had been mined.</summary>
    public sealed record BrokenOff(IntentFailure? Cause) : TradeFailure;

    /// <summary>It was mined after its deadline, and reverted.</summary>
    public sealed record MinedTooLate : TradeFailure;

    /// <summary>It was reverted in this block.</summary>
    public sealed record Reverted(ulong Block) : TradeFailure;

    /// <summary>It would have brought too little: the market had moved before anything was signed.</summary>
    public sealed record TooLittle : TradeFailure;

    /// <summary>It was given up before anything was signed.</summary>
    public sealed record NotSent(IntentFailure Cause) : TradeFailure;

    /// <summary>As journals of version 0.1 have it: in words alone.</summary>
    public sealed record Recorded(string Text) : TradeFailure;
}
