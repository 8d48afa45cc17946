namespace Tao20.EndToEnd.Tests;

/// <summary>What RPC providers do, by public reports of their users.</summary>
internal enum ProviderKind
{
    /// <summary>Ranges above a limit are refused, with any code, text and status.</summary>
    RangesRefused,

    /// <summary>Wide ranges only time out.</summary>
    RangesTimeOut,

    /// <summary>Now and then 429 or 503 with a Retry-After of a day.</summary>
    RetryTomorrow,

    /// <summary>Batches above a limit are refused as a whole.</summary>
    BatchesLimited,

    /// <summary>Ids come back as texts, and answers in another order.</summary>
    IdsAsTexts,

    /// <summary>The finalized block is null or refused now and then.</summary>
    NoFinalized,

    /// <summary>The logs of a block that is just final are not there yet, nor are its receipts.</summary>
    LateLogs,

    /// <summary>Headers that are null for a moment, pages of HTML, empty and cut replies.</summary>
    Blinks,

    /// <summary>Connections that break, and 502.</summary>
    Breaks,

    /// <summary>A latest or finalized block that is none.</summary>
    FalseHead,

    /// <summary>Nonsense for the result of a call.</summary>
    NonsenseCalls,

    /// <summary>Logs without data.</summary>
    MalformedLogs,
}
