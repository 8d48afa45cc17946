namespace Tao20.Domain.Transactions;

/// <summary>Why an intent was given up before anything was signed for it.</summary>
public abstract record IntentFailure
{
    private IntentFailure() { }

    /// <summary>The words for an operator, in one place for all.</summary>
    public string Reason =>
        this switch
        {
            DeadlinePassed passed => $"its deadline {passed.Deadline} has passed: the chain's time is {passed.ChainTime}",
            BlockPassed passed => $"its last useful block {passed.LastBlock} has passed: the latest is {passed.Latest}",
            SimulationRefused { RevertData: { } data } refused => $"the simulation was refused: {refused.NodeText} ({data})",
            SimulationRefused refused => $"the simulation was refused: {refused.NodeText}",
            GasAboveCeiling gas => $"it would need {gas.Limit} gas, more than {gas.Ceiling} (Transactions:GasCeiling, GasCeilingPerCall, "
                + "GasCeilingForWeights): see that the chain has not changed before raising it",
            MaybeSent sent =>
                $"it may have been sent before this journal was restored: no endpoint shows what nonces {sent.From} to {sent.To - 1} "
                    + "were used for",
            Recorded recorded => recorded.Text,
            _ => throw new InvalidOperationException($"A {GetType().Name} has no words."),
        };

    /// <summary>What the refused simulation returned, as 0x and hex digits; null when there was none.</summary>
    public string? Revert =>
        this switch
        {
            SimulationRefused refused => refused.RevertData,
            Recorded recorded => recorded.RevertData,
            _ => null,
        };

    /// <summary>Whether its deadline had passed.</summary>
    public bool IsExpiry => this is DeadlinePassed or BlockPassed or Recorded { Expired: true };

    /// <summary>The chain's time was after its deadline.</summary>
    /// <param name="Deadline">The deadline, in Unix seconds.</param>
    /// <param name="ChainTime">The time of the latest block, in Unix seconds.</param>
    public sealed record DeadlinePassed(ulong Deadline, ulong ChainTime) : IntentFailure;

    /// <summary>It could no longer be in a block in which it is of use.</summary>
    /// <param name="LastBlock">The last block in which it is.</param>
    /// <param name="Latest">The latest block.</param>
    public sealed record BlockPassed(ulong LastBlock, ulong Latest) : IntentFailure;

    /// <summary>It would have been reverted.</summary>
    /// <param name="NodeText">What the node said.</param>
    /// <param name="RevertData">What the simulation returned, as 0x and hex digits; null when there was nothing.</param>
    public sealed record SimulationRefused(string NodeText, string? RevertData) : IntentFailure;

    /// <summary>It would need more gas than it may: nothing was signed.</summary>
    /// <param name="Limit">The gas it would have to be given.</param>
    /// <param name="Ceiling">The most it may be given.</param>
    public sealed record GasAboveCeiling(ulong Limit, ulong Ceiling) : IntentFailure;

    /// <summary>It may be among transactions that are not in the outbox and cannot be read.</summary>
    /// <param name="From">The first of their nonces.</param>
    /// <param name="To">The one after the last.</param>
    public sealed record MaybeSent(ulong From, ulong To) : IntentFailure;

    /// <summary>As journals of version 0.1 have it: in words alone.</summary>
    /// <param name="Text">The words.</param>
    /// <param name="RevertData">What the refused simulation returned; null when there was none.</param>
    /// <param name="Expired">Whether its deadline had passed.</param>
    public sealed record Recorded(string Text, string? RevertData, bool Expired) : IntentFailure;
}
