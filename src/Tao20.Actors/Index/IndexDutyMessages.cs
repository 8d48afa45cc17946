using Tao20.Actors.Journal;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Actors.Index;

/// <summary>The registry key of what does an index's duties.</summary>
public sealed class IndexDutiesKey
{
    /// <summary>The name of the actor or singleton.</summary>
    public const string Name = "index-duties";
}

/// <summary>Whether a node does what anybody may do for the index, and for how much. Validated before anything starts.</summary>
[Settings("Index")]
public sealed record IndexDutyOptions
{
    /// <summary>Whether it does. Default true of a validator, false of a miner.</summary>
    [Setting(
        "Whether the node has mean prices observed and, in a window, legs traded towards their targets, as anybody may. A miner's default "
            + "is false."
    )]
    public bool Step { get; init; } = true;

    /// <summary>What its gas may cost in 24 hours. 0 to 1,000 TAO in wei; default 0.5 TAO.</summary>
    [Setting("What the gas of that may cost in 24 hours.", Least = "0", Most = "1000 TAO", Unit = "wei (1e18 is one TAO)")]
    public Wei DailyGasWei { get; init; } = Wei.From(Wei.OneTao.Value / 2);

    /// <summary>All that is out of range, a line each with key, value and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate() => [.. Setting.Check(this).Select(error => error.ToString())];
}

/// <summary>What does an index's duties is configured with.</summary>
/// <param name="Account">The account that pays.</param>
/// <param name="Options">For how much.</param>
/// <param name="Fees">What each leg is given of gas.</param>
/// <param name="Chain">What the chain lets it do at the moment.</param>
/// <param name="Journal">How events are kept, and what to say when they cannot be.</param>
public sealed record IndexDutySettings(
    Address Account,
    IndexDutyOptions Options,
    FeePolicy Fees,
    ITransactionRules Chain,
    JournalFaultReporter Journal
);
