using Tao20.Chain.JsonRpc;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Chain;

/// <summary>What can go wrong with the chain outside. The message says what, where and what to do.</summary>
public abstract class ChainException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>No endpoint gives the logs of a range that is one block already.</summary>
public sealed class BlockTooLargeException(ulong block, Exception cause)
    : ChainException(
        $"Block {block} alone is not given by any endpoint: {cause.Message} Use another endpoint, or raise Chain:MaxReplyBytes when "
            + "its logs are more than that.",
        cause
    );

/// <summary>Every endpoint has been dropped for what it answered.</summary>
public sealed class NoTrustworthyEndpointException(IEnumerable<string> reasons)
    : ChainException(
        $"No RPC endpoint is left that can be trusted: {string.Join("; ", reasons)}. Add another endpoint to Chain:Endpoints."
    );

/// <summary>The chain has replaced a block that was final.</summary>
public sealed class ReorgBelowFinalityException(ulong block, Hash256 expected, Hash256 found)
    : ChainException(
        $"Block {block} was final with hash {expected}, and the chain now has {found}: a reorg below finality. Nothing is folded past it. "
            + "Find out which chain is right; to follow the new one, start with an empty data directory."
    );

/// <summary>Two endpoints disagree on a finalized block.</summary>
public sealed class QuorumDisagreementException(ulong block, EndpointName first, Hash256 firstHash, EndpointName second, Hash256 secondHash)
    : ChainException(
        $"{first} and {second} disagree on finalized block {block}: {firstHash} against {secondHash}. Nothing is folded past it. "
            + $"Find out which is right and remove the other."
    );

/// <summary>The contract has counted trades, or ends of epochs, of which no log has come.</summary>
/// <param name="gap">Where they are.</param>
/// <param name="located">Whether it is known as well as can be in which blocks; otherwise that is being found out.</param>
public sealed class HistoryMissingException(HistoryGap gap, bool located = true)
    : ChainException(
        $"{gap}"
            + (located ? ". " : ", and in which of these is being found out. ")
            + "Nothing is folded past it. Give an endpoint that keeps all logs with Chain:Endpoints and run 'tao20 journal rebuild'."
    );

/// <summary>The fold would not equal the contract's own running total, and it is not that trades before are missing.</summary>
public sealed class FoldDivergenceException(Address miner, UInt128 chain, UInt128 fold, Position after)
    : ChainException(
        $"The contract counts {chain} wei for miner {miner} after {after}, the fold {fold}: it counts otherwise than its logs say, or they "
            + "are not its own. Nothing is folded past it. Check --from-block, the contract and the endpoints; then run "
            + "'tao20 journal rebuild'."
    );

/// <summary>The registry has not said its rules up to the last final block.</summary>
public sealed class RegistryNotFinalException(Address registry, ulong from, ulong final)
    : ChainException(
        $"The registry {registry} has logged no parameters from block {from} to the final block {final}: it is too new, or no "
            + "ValidatorRegistry. Wait, or correct --registry or --from-block."
    );
