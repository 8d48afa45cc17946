using Tao20.Domain.Parameters;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Ingestion;

/// <summary>Something that concerns how far the chain has been folded.</summary>
public abstract record CursorCommand
{
    private CursorCommand() { }

    /// <summary>The node has started.</summary>
    /// <param name="Identity">The chain and contract that are followed.</param>
    /// <param name="Parameters">The parameters it is configured with: in force from the next epoch on when they are new.</param>
    /// <param name="Earlier">The parameters of past epochs, for a journal that is folded anew; null when it knows none.</param>
    public sealed record Begin(ChainIdentity Identity, DomainParameters Parameters, ParameterSchedule? Earlier = null) : CursorCommand;

    /// <summary>Every miner has folded its trades of a range.</summary>
    /// <param name="Work">The range.</param>
    /// <param name="Heads">How far each of its miners' trades are folded with it.</param>
    public sealed record Complete(InFlightRange Work, IReadOnlyDictionary<Address, MinerHead> Heads) : CursorCommand;

    /// <summary>The consensus has settled an epoch, durably; only the oldest that waits counts.</summary>
    public sealed record AcknowledgeSettlement(EpochId Epoch) : CursorCommand;
}

/// <summary>Why reading cannot go on from where a journal ends.</summary>
public abstract record CursorProblem
{
    private CursorProblem() { }

    /// <summary>The journal is of another chain or contract.</summary>
    public sealed record ForeignJournal(ChainIdentity Journal) : CursorProblem;

    /// <summary>The chain has no block of that height: it is another chain with the same identity, or the endpoint is far behind.</summary>
    public sealed record UnknownBlock(BlockHeader Folded) : CursorProblem;

    /// <summary>The chain has another block there: a block that counted as final has been replaced.</summary>
    public sealed record Replaced(BlockHeader Folded, Hash256 OnChain) : CursorProblem;
}
