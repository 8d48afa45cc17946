namespace Tao20.Dashboard.Reports;

/// <summary>
/// What the report of an audit shows. Amounts of TAO and alpha are rounded for display; hashes and addresses are complete.
/// </summary>
/// <param name="Heading">What was audited.</param>
/// <param name="Facts">What there is to be known of it, each with its name.</param>
/// <param name="NotVerified">What could not be verified, and why.</param>
/// <param name="Differences">What differs, in the order of the journal.</param>
/// <param name="DifferenceCount">How many differences there are.</param>
/// <param name="Epochs">The settled epochs, oldest first.</param>
/// <param name="Miners">The miners that were paid, who was paid most first.</param>
/// <param name="MinerCount">How many miners were paid.</param>
/// <param name="Lorenz">Of the least paid miners together: their share of all miners, and of all pay, 0 to 1; ascending.</param>
/// <param name="Rounds">The rounds of validators, oldest first.</param>
/// <param name="Slashes">What was taken from validators.</param>
public sealed record AuditReport(
    string Heading,
    IReadOnlyList<ReportFact> Facts,
    IReadOnlyList<string> NotVerified,
    IReadOnlyList<ReportDifference> Differences,
    long DifferenceCount,
    IReadOnlyList<ReportEpoch> Epochs,
    IReadOnlyList<ReportMiner> Miners,
    int MinerCount,
    IReadOnlyList<(double Miners, double Pay)> Lorenz,
    IReadOnlyList<ReportRound> Rounds,
    IReadOnlyList<ReportSlash> Slashes
);

/// <summary>Something that is known.</summary>
/// <param name="Name">What.</param>
/// <param name="Value">Its value.</param>
public sealed record ReportFact(string Name, string Value);

/// <summary>A difference.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Where">The first entry at which it shows; empty for none.</param>
/// <param name="Text">What it is, in a sentence.</param>
/// <param name="Fields">The fields that differ: what is expected, and what is found.</param>
public sealed record ReportDifference(string Kind, string Where, string Text, IReadOnlyList<string> Fields);

/// <summary>A settled epoch.</summary>
/// <param name="Number">The epoch.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="MintTao">What mints count, in TAO.</param>
/// <param name="RedeemTao">What redemptions count, in TAO.</param>
/// <param name="Ranked">How many miners have a rank.</param>
/// <param name="Unranked">How many traded and have none.</param>
/// <param name="Tiers">What each tier was paid, in alpha: diamond, platinum, gold, silver, bronze, and those without a tier.</param>
/// <param name="ValidatorsAlpha">What goes to validators, in alpha.</param>
/// <param name="CarriedAlpha">What was carried on to the next, in alpha.</param>
/// <param name="Excluded">How many trades do not count, or not in full, by reason: dust, burst, cancelled out.</param>
/// <param name="Gini">The Gini coefficient of the payouts, 0 to 1.</param>
/// <param name="TopTenShare">The part of the ten highest ranked, 0 to 1.</param>
/// <param name="RankingRoot">The ranking root.</param>
/// <param name="Hash">The hash of the epoch; empty where an earlier version did not write it.</param>
public sealed record ReportEpoch(
    ulong Number,
    DateTimeOffset EndedAt,
    double MintTao,
    double RedeemTao,
    int Ranked,
    int Unranked,
    IReadOnlyList<double> Tiers,
    double ValidatorsAlpha,
    double CarriedAlpha,
    IReadOnlyList<long> Excluded,
    double Gini,
    double TopTenShare,
    string RankingRoot,
    string Hash
);

/// <summary>A miner that was paid.</summary>
/// <param name="Address">Its address.</param>
/// <param name="PaidAlpha">What it was paid in all epochs, in alpha.</param>
/// <param name="PaidRao">The same in rao, exactly.</param>
/// <param name="Epochs">In how many epochs it was ranked.</param>
/// <param name="Ranks">Its ranks by epoch, as far as they are known; those of the highest ranked are.</param>
public sealed record ReportMiner(string Address, double PaidAlpha, string PaidRao, int Epochs, IReadOnlyDictionary<ulong, int> Ranks);

/// <summary>A round of validators.</summary>
/// <param name="Epoch">The epoch that it is about.</param>
/// <param name="State">How it stands.</param>
/// <param name="SettledNav">The NAV that was settled, in TAO; null for none.</param>
/// <param name="Attested">What each validator has stated: its NAV, and by how much it deviates and whether it was punished.</param>
public sealed record ReportRound(ulong Epoch, string State, double? SettledNav, IReadOnlyList<ReportAttestation> Attested);

/// <summary>A statement.</summary>
/// <param name="Validator">Whose.</param>
/// <param name="Nav">Its NAV, in TAO; null where it says that the chain tells none.</param>
/// <param name="Grade">How far it is from what was settled; empty for what is tolerated.</param>
/// <param name="IsPunished">Whether it was punished.</param>
public sealed record ReportAttestation(string Validator, double? Nav, string Grade, bool IsPunished);

/// <summary>What was taken from a validator.</summary>
/// <param name="Validator">The validator.</param>
/// <param name="Slashes">How often.</param>
/// <param name="Tao">How much, in TAO.</param>
/// <param name="Standing">How it stands now.</param>
public sealed record ReportSlash(string Validator, long Slashes, double Tao, string Standing);
