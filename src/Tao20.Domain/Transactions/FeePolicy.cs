using System.Numerics;
using Tao20.Domain.Validation;

namespace Tao20.Domain.Transactions;

/// <summary>What a transaction pays for a unit of gas (source: EIP-1559).</summary>
/// <param name="MaxFee">At most, in wei.</param>
/// <param name="Priority">What of this the block's author gets at most, in wei.</param>
public readonly record struct GasFees(BigInteger MaxFee, BigInteger Priority);

/// <summary>How transactions are paid for, and when they count as stuck. Validated before anything starts.</summary>
[Settings("Transactions")]
public sealed record FeePolicy
{
    /// <summary>The most transactions that may be in flight at once.</summary>
    public const int MostInFlight = 64;

    /// <summary>
    /// The most that is paid for a unit of gas, in wei: above it, transactions wait and say so. 1e6 to 1e15; default 2e11.
    /// </summary>
    [Setting(
        "What is paid for a unit of gas at most: above it, transactions wait and say so.",
        Least = "1000000",
        Most = "1000000000000000",
        Unit = "wei"
    )]
    public BigInteger MaxFeePerGas { get; init; } = 250_000_000_000;

    /// <summary>
    /// What the block's author is offered, in wei for a unit of gas. 0 to 1e12; default 0: Bittensor's chain ignores it.
    /// </summary>
    [Setting(
        "What the block's author is offered for a unit of gas. Bittensor's chain ignores it, and orders by time.",
        Least = "0",
        Most = "1000000000000",
        Unit = "wei"
    )]
    public BigInteger PriorityFeePerGas { get; init; }

    /// <summary>
    /// After so many blocks, a transaction that is not mined is sent again with a higher fee, and one that no node takes is signed
    /// anew or given up. 1 to 1,000; default 3.
    /// </summary>
    [Setting(
        "After so many blocks a transaction that is not mined is sent again with a higher fee.",
        Least = "1",
        Most = "1000",
        Unit = "blocks"
    )]
    public int StuckBlocks { get; init; } = 3;

    /// <summary>How much more gas than estimated is allowed, in percent. 0 to 300; default 25.</summary>
    [Setting("How much more gas than estimated is allowed.", Least = "0", Most = "300", Unit = "percent")]
    public int GasMarginPercent { get; init; } = 25;

    /// <summary>The least gas that any transaction is given; null takes what the chain's spec demands. 0 to 64,000,000.</summary>
    [Setting(
        "The least gas that a transaction is given.",
        Least = "0",
        Most = "64000000",
        Unit = "gas",
        None = "what the chain's spec demands to be there"
    )]
    public ulong? GasFloor { get; init; }

    /// <summary>
    /// The gas that each call of a precompile inside a trade, a step or a proposal is given; null takes what the chain's spec needs.
    /// 50,000 to 10,000,000.
    /// </summary>
    [Setting(
        "The gas that each leg of a mint, redemption or step is given.",
        Least = "50000",
        Most = "10000000",
        Unit = "gas",
        None = "what the chain's spec needs"
    )]
    public ulong? LegGas { get; init; }

    /// <summary>The most gas that a single call of a precompile may need. 21,000 to 64,000,000; default 5,000,000.</summary>
    [Setting(
        "The most gas that one call of a precompile may need: what needs more is not sent.",
        Least = "21000",
        Most = "64000000",
        Unit = "gas"
    )]
    public ulong GasCeilingPerCall { get; init; } = 5_000_000;

    /// <summary>The most gas that setting, committing or revealing weights may need. 21,000 to 64,000,000; default 6,000,000.</summary>
    [Setting("The most gas that weights may need: what needs more is not sent.", Least = "21000", Most = "64000000", Unit = "gas")]
    public ulong GasCeilingForWeights { get; init; } = 6_000_000;

    /// <summary>
    /// The most gas that a trade of the whole basket may need. 21,000 to 64,000,000; default 60,000,000, 80 % of a block.
    /// </summary>
    [Setting("The most gas that a trade may need: what needs more is not sent.", Least = "21000", Most = "64000000", Unit = "gas")]
    public ulong GasCeiling { get; init; } = 60_000_000;

    /// <summary>How many transactions may be in flight at once. 1 to 64; default 8.</summary>
    [Setting("How many transactions may be under way at once.", Least = "1", Most = "64", Unit = "transactions")]
    public int MaxInFlight { get; init; } = 8;

    /// <summary>All that is out of range, a line each with key, value and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate() => [.. Setting.Check(this).Select(error => error.ToString())];

    /// <summary>
    /// How many times the base fee is offered that has to last through a window of full blocks: 1.0625 to the power of 50, rounded up
    /// (source: the consensus rules, What a node does).
    /// </summary>
    public const int WindowFactor = 21;

    private const int UsualFactor = 2;

    /// <summary>The fees of a first attempt; null when the base fee leaves no room under the limit.</summary>
    /// <param name="baseFee">What a unit of gas costs at least, in wei.</param>
    /// <param name="outlasts">Whether it has to last through a window of full blocks.</param>
    public GasFees? First(BigInteger baseFee, bool outlasts = false)
    {
        if (baseFee + PriorityFeePerGas > MaxFeePerGas)
            return null;
        var offered = (outlasts ? WindowFactor : UsualFactor) * baseFee + PriorityFeePerGas;
        return new GasFees(BigInteger.Min(MaxFeePerGas, offered), PriorityFeePerGas);
    }

    /// <summary>Whether the limit is too low for what has to last through a window of full blocks.</summary>
    public bool FallsShort(BigInteger baseFee) => MaxFeePerGas < WindowFactor * baseFee + PriorityFeePerGas;

    /// <summary>
    /// The fees of a replacement: 12.5 % more of both, or what a first attempt would offer now if that is more; null above the
    /// limit.
    /// </summary>
    public GasFees? Replacing(GasFees earlier, BigInteger baseFee)
    {
        var raised = new GasFees(Raised(earlier.MaxFee), Raised(earlier.Priority));
        var now = First(baseFee);
        var fees = new GasFees(BigInteger.Max(raised.MaxFee, now?.MaxFee ?? 0), BigInteger.Max(raised.Priority, now?.Priority ?? 0));
        return fees.MaxFee > MaxFeePerGas ? null : fees;

        static BigInteger Raised(BigInteger fee) => fee * 9 / 8 + 1;
    }
}
