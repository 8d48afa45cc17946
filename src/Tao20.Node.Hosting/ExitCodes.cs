namespace Tao20.Node;

/// <summary>How the process ends. Documented in docs/operations.md.</summary>
internal static class ExitCodes
{
    /// <summary>All is well, or it was asked to stop.</summary>
    public const int Ok = 0;

    /// <summary>The work was done and its result is not right, or something was not foreseen.</summary>
    public const int Failed = 1;

    /// <summary>An option or a setting is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No RPC endpoint can be used.</summary>
    public const int Unreachable = 3;

    /// <summary>The endpoint is on another chain, or the contract is not there.</summary>
    public const int WrongChain = 4;

    /// <summary>The data directory is of another chain or contract, or in use.</summary>
    public const int DataDirectory = 5;

    /// <summary>No space is left for the journal.</summary>
    public const int DiskFull = 6;

    /// <summary>The HTTP port is in use.</summary>
    public const int PortInUse = 7;

    /// <summary>The journal is corrupt or cannot be written.</summary>
    public const int Journal = 8;

    /// <summary>A person stopped it before it was done.</summary>
    public const int Interrupted = 130;
}

/// <summary>Something a person has to put right: one line that says what, where and how.</summary>
internal sealed class NodeException(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;
}
