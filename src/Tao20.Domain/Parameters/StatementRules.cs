using Tao20.Domain.Validation;

namespace Tao20.Domain.Parameters;

/// <summary>How the chain is asked for what is stated: another limit could give another answer, so that it is part of the rules.</summary>
/// <param name="NavGas">The gas that the index's NAV is asked for with. 1,000,000 to 500,000,000; default 50,000,000.</param>
/// <param name="Associations">
/// How many associations the chain goes through when it looks up the UID of an account. 1 to 4096; default 256, the most neurons of a
/// subnet.
/// </param>
[Settings("Statement")]
public sealed record StatementRules(
    [property: Setting("The gas that the index's NAV is asked for with.", Least = "1000000", Most = "500000000", Unit = "gas")]
        ulong NavGas,
    [property: Setting(
        "How many associations the chain goes through when it looks up the UID of an account.",
        Least = "1",
        Most = "4096",
        Unit = "associations"
    )]
        int Associations
)
{
    /// <summary>The defaults.</summary>
    public static readonly StatementRules Default = new(50_000_000, 256);
}
