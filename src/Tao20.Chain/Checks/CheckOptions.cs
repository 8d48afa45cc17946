using Tao20.Domain.Validation;

namespace Tao20.Chain.Checks;

/// <summary>When the chain is checked, and how things are bounded. Validated before anything starts.</summary>
[Settings("Check")]
public sealed record CheckOptions
{
    /// <summary>How often the chain is checked while all is well. 1 min to 7 d; default 24 h.</summary>
    [Setting("How often the chain is checked besides at the start and after each upgrade.", Least = "1m", Most = "168h")]
    public TimeSpan Every { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How soon it is checked again when something is off, or no check could be made. 100 ms to 1 h; default 1 min.</summary>
    [Setting("How soon it is checked again when something is off, or the check could not be made.", Least = "100ms", Most = "1h")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How old the final block may be by this machine's clock; 0 for chains that keep their own time. Default 10 min.</summary>
    [Setting("How old the last final block may be; 0s for chains that keep their own time.", Least = "0s", Most = "24h")]
    public TimeSpan MaxFinalAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How far back state must be readable, for audits and rebuilding. 0 to 10,000,000 blocks; default 7,200, a day.</summary>
    [Setting(
        "How far back the node must have the state of blocks, for audits and rebuilding.",
        Least = "0",
        Most = "10000000",
        Unit = "blocks"
    )]
    public int LookBackBlocks { get; init; } = 7_200;

    /// <summary>The highest fee of a swap that is traded with. 33 to 10,000; default 655, one percent.</summary>
    [Setting("The highest fee of a swap that is traded with.", Least = "33", Most = "10000", Unit = "65535ths")]
    public int MaxFeeRate { get; init; } = 655;

    /// <summary>The gas with which a view of the contract must succeed. 1,000,000 to 750,000,000; default 50,000,000.</summary>
    [Setting("The gas with which the contract's own NAV must be readable.", Least = "1000000", Most = "750000000", Unit = "gas")]
    public ulong ViewGas { get; init; } = 50_000_000;

    /// <summary>All that is out of range, a line each with key, value and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate() => [.. Setting.Check(this).Select(error => error.ToString())];
}
