namespace Tao20.Domain.Checks;

/// <summary>What a node does with the chain: each can be switched off by itself when an assumption it rests on does not hold.</summary>
public enum ChainAction
{
    /// <summary>Valuing the index, and attesting that.</summary>
    Nav,

    /// <summary>Minting, and the index's own purchases, sales and readings of prices: alpha goes into the index.</summary>
    Mint,

    /// <summary>Redeeming: alpha comes out of the index, and is sold.</summary>
    Redeem,

    /// <summary>Trading tokens, and what is approved for that.</summary>
    Market,

    /// <summary>Setting, committing and revealing weights.</summary>
    Weights,

    /// <summary>What a validator says to the registry.</summary>
    Consensus,

    /// <summary>Associating a hotkey with an EVM account.</summary>
    Associate,

    /// <summary>Deploying contracts, and what their owner does with them.</summary>
    Deploy,

    /// <summary>Reading old blocks: audits, and rebuilding a journal.</summary>
    Audit,
}

/// <summary>Groups of actions.</summary>
public static class ChainActions
{
    /// <summary>All that sends a transaction.</summary>
    public static IReadOnlyList<ChainAction> Sends { get; } =
    [
        ChainAction.Mint,
        ChainAction.Redeem,
        ChainAction.Market,
        ChainAction.Weights,
        ChainAction.Consensus,
        ChainAction.Associate,
        ChainAction.Deploy,
    ];

    /// <summary>All that signs: what is sent, and attestations.</summary>
    public static IReadOnlyList<ChainAction> Signs { get; } = [ChainAction.Nav, .. Sends];
}
