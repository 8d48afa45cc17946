using static Tao20.Chain.Tests.Registry.BondScenarios;
using static Tao20.Chain.Tests.Registry.GradeScenarios;
using static Tao20.Chain.Tests.Registry.ParameterScenarios;
using static Tao20.Chain.Tests.Registry.PunishScenarios;
using static Tao20.Chain.Tests.Registry.RoundScenarios;

namespace Tao20.Chain.Tests.Registry;

/// <summary>
/// The rules. Not among them is the guard against re-entry: money leaves by a precompile that runs no code, so that nobody can re-enter.
/// </summary>
internal static partial class RegistryRuleTable
{
    private const string Bonds = "Bonds.sol";
    private const string Grades = "Grades.sol";
    private const string Parameters = "Parameters.sol";
    private const string Registry = "ValidatorRegistry.sol";
    private const string Statements = "Statements.sol";

    public static IReadOnlyList<RegistryRule> Rules { get; } =
    [
        // Money and keys.
        new(Bonds, "ChainCalls.receivedRao() * ChainCalls.RAO", "msg.value", nameof(Bonds_are_whole_rao_and_more_than_nothing)),
        new(Bonds, "if (added == 0) revert NothingGiven();", "", nameof(Bonds_are_whole_rao_and_more_than_nothing)),
        new(Bonds, "account.bond >= MIN_STAKE ? account.bond : 0", "account.bond", nameof(Bonds_are_whole_rao_and_more_than_nothing)),
        new(
            Bonds,
            "else if (msg.sender.code.length > 0 && accounts[msg.sender].attester == address(0)) revert AttesterNeeded();",
            "",
            nameof(A_contract_names_an_attester)
        ),
        new(Bonds, "if (attester == address(0)) revert AttesterNeeded();", "", nameof(A_contract_names_an_attester)),
        new(Bonds, "        voidCommitment(msg.sender);", "", nameof(A_stolen_key_is_stopped_at_once)),
        new(Bonds, "if (attester == attesterOf(msg.sender)) return;", "", nameof(A_stolen_key_is_stopped_at_once)),
        new(
            Bonds,
            "if (msg.sender != attester) revert NotTheAttester(msg.sender, attester);",
            "",
            nameof(Only_the_attester_commits_and_wakes_and_it_moves_no_money)
        ),
        new(Bonds, "if (amount == 0) revert NothingGiven();", "", nameof(What_leaves_waits_and_no_second_time_is_outrun)),
        new(
            Bonds,
            "if (amount % ChainCalls.RAO != 0) revert ChainCalls.NotWholeRao(amount);",
            "",
            nameof(What_leaves_waits_and_no_second_time_is_outrun)
        ),
        new(
            Bonds,
            "if (amount > account.bond) revert TooMuch(amount, account.bond);",
            "",
            nameof(What_leaves_waits_and_no_second_time_is_outrun)
        ),
        new(
            Bonds,
            "account.leavesAt = uint48(block.timestamp + UNBONDING);",
            "if (account.leavesAt == 0) account.leavesAt = uint48(block.timestamp + UNBONDING);",
            nameof(What_leaves_waits_and_no_second_time_is_outrun)
        ),
        new(
            Bonds,
            "if (block.timestamp < account.leavesAt) revert Locked(account.leavesAt);",
            "",
            nameof(What_leaves_waits_and_no_second_time_is_outrun)
        ),
        new(Bonds, "        account.leaving = 0;", "", nameof(What_leaves_waits_and_no_second_time_is_outrun)),
        new(Bonds, "        requireExistential(amount);", "", nameof(Less_than_an_account_must_have_stays)),
        new(Bonds, "        creditOf[account] = 0;", "", nameof(What_is_swept_is_paid_once_to_who_is_owed_it)),
        new(Bonds, "bondedSum.upperLookupRecent(key) / 2", "0", nameof(Who_stays_away_for_long_counts_no_more_until_it_wakes)),
        new(
            Bonds,
            "effective = account.dormant ? 0 : bonded",
            "effective = bonded",
            nameof(Who_stays_away_for_long_counts_no_more_until_it_wakes)
        ),
        new(
            Bonds,
            "if (oldEffective == 0 && effective > 0) seen(validator, roundCount);",
            "",
            nameof(Who_stays_away_for_long_counts_no_more_until_it_wakes)
        ),
        new(
            Bonds,
            "fromLeaving = Math.min(wanted, account.leaving)",
            "fromLeaving = 0",
            nameof(A_deviation_is_punished_once_by_its_grade_from_what_leaves_and_then_from_the_bond)
        ),
        // Rules for ever.
        .. new[]
        {
            ("rules_.commitSeconds >= LEAST_WINDOW", "true"),
            ("rules_.revealSeconds >= LEAST_WINDOW", "true"),
            ("endsAt - startedAt >= round", "true"),
            ("rules_.evidenceSeconds >= round", "true"),
            ("rules_.unbondingSeconds > rules_.evidenceSeconds", "true"),
            ("rules_.minStake > 0", "true"),
            ("rules_.minStake % ChainCalls.RAO == 0", "true"),
            ("rules_.proposalDeposit % ChainCalls.RAO == 0", "true"),
            ("rules_.minAttesters > 0", "true"),
            ("rules_.dormantRounds > 0", "true"),
            ("        requireExistential(msg.value);", ""),
        }.Select(rule => new RegistryRule(Registry, rule.Item1, rule.Item2, nameof(Rules_that_promise_nothing_are_refused))),
        // Commitments.
        new(
            Registry,
            "        requireAttester(validator);\n        (uint256 current",
            "        (uint256 current",
            nameof(Only_the_attester_commits_and_wakes_and_it_moves_no_money)
        ),
        .. new[]
        {
            ("if (current == 0 || epoch != current - 1) revert NotTheNewestEpoch(epoch, current);", ""),
            ("        requireWindow(closedAt, closedAt + COMMIT);", ""),
            ("if (commitment == 0) revert NoCommitment();", ""),
            ("if (stakeAt(validator, closedAt - 1) == 0) revert NotEligible(validator);", ""),
            ("if (entry.commitment != 0) revert AlreadyCommitted(entry.commitment);", ""),
        }.Select(rule => new RegistryRule(
            Registry,
            rule.Item1,
            rule.Item2,
            nameof(Commitments_are_to_the_newest_epoch_in_its_window_once_and_by_who_had_stake)
        )),
        new(
            Registry,
            "if (stakeAt(validator, closedAt - 1) == 0)",
            "if (stakeAt(validator, closedAt) == 0)",
            nameof(Stake_counts_as_it_was_the_second_before_the_epoch_ended)
        ),
        new(Registry, "eligibleAt(closedAt - 1)", "eligibleAt(closedAt)", nameof(Stake_counts_as_it_was_the_second_before_the_epoch_ended)),
        new(
            Registry,
            "uint256 stake = stakeAt(validator, round.closedAt - 1);",
            "uint256 stake = stakeAt(validator, block.timestamp);",
            nameof(Stake_counts_as_it_was_the_second_before_the_epoch_ended)
        ),
        new(Registry, "        if (entry.commitment == 0 || entry.statement != 0) return;", "", nameof(A_stolen_key_is_stopped_at_once)),
        // Statements.
        .. new[]
        {
            ("requireWindow(round.closedAt + COMMIT, ", "requireWindow(0, "),
            ("        requireWindow(round.closedAt + COMMIT, round.closedAt + COMMIT + REVEAL);", ""),
            ("round.closedAt + COMMIT + REVEAL);\n        Entry", "type(uint256).max);\n        Entry"),
            ("if (entry.statement != 0) revert AlreadyAttested(entry.statement);", ""),
            ("if (keccak256(abi.encode(digest, salt)) != entry.commitment) revert WrongCommitment(entry.commitment);", ""),
            ("        requireSigner(validator, digest, signature);", ""),
        }.Select(rule => new RegistryRule(
            Registry,
            rule.Item1,
            rule.Item2,
            nameof(A_statement_is_taken_in_its_window_once_and_opens_its_commitment)
        )),
        new(
            Registry,
            "if (stated.statement.parameters != parameters) revert WrongParameters(parameters);",
            "",
            nameof(Only_what_can_be_graded_is_taken)
        ),
        .. new[]
        {
            ("count > MOST_WEIGHTS || ", ""),
            (" || count != weights", ""),
            ("if (uids[i] <= uids[i - 1]) revert NotAscending(i);", ""),
            ("uids[i] <= uids[i - 1]", "uids[i] < uids[i - 1]"),
            ("if (given.statement.nav > MOST) revert TooLarge(given.statement.nav);", ""),
            ("if (given.statement.totalSupply > MOST) revert TooLarge(given.statement.totalSupply);", ""),
            ("TooLarge(given.statement.totalSupply);\n        requireWeights(given);", "TooLarge(given.statement.totalSupply);"),
        }.Select(rule => new RegistryRule(Statements, rule.Item1, rule.Item2, nameof(Only_what_can_be_graded_is_taken))),
        new(Parameters, "count >= MIN_ATTESTERS && ", "", nameof(Two_thirds_of_the_eligible_stake_and_three_accounts_settle)),
        new(Parameters, " && 3 * stake >= 2 * eligible", "", nameof(Two_thirds_of_the_eligible_stake_and_three_accounts_settle)),
        new(
            Parameters,
            "3 * stake >= 2 * eligible",
            "3 * stake > 2 * eligible",
            nameof(Two_thirds_of_the_eligible_stake_and_three_accounts_settle)
        ),
        new(
            Registry,
            "Support storage support = statedBy[number][hash];",
            "Support storage support = statedBy[number][0];",
            nameof(What_differs_in_one_thing_settles_nothing)
        ),
        // Punishment.
        .. new[]
        {
            ("if (round.settled == 0) revert NotSettled(number);", ""),
            ("        requireStated(settled, round.settled);", ""),
            ("        requireStated(other, entry.statement);", ""),
            (
                "if (Statements.hashOf(given.statement) != hash) revert NotStated(hash);\n        Statements.requireWeights(given);",
                "if (Statements.hashOf(given.statement) != hash) revert NotStated(hash);"
            ),
            ("if (Statements.hashOf(given.statement) != hash) revert NotStated(hash);", ""),
            ("if (grade == Grade.None) revert NoDeviation();", ""),
        }.Select(rule => new RegistryRule(
            Registry,
            rule.Item1,
            rule.Item2,
            nameof(Nobody_is_punished_for_what_was_not_settled_or_not_said)
        )),
        new(
            Registry,
            "if (block.timestamp >= round.closedAt + EVIDENCE) revert OutsideWindow(round.closedAt, round.closedAt + EVIDENCE);",
            "",
            nameof(Evidence_has_its_time_and_leaving_does_not_outrun_it)
        ),
        new(
            Registry,
            "if (entry.punished) revert AlreadyPunished(accused);",
            "",
            nameof(A_deviation_is_punished_once_by_its_grade_from_what_leaves_and_then_from_the_bond)
        ),
        new(
            Registry,
            "credit(TREASURY, fromLeaving + fromBond);",
            "",
            nameof(A_deviation_is_punished_once_by_its_grade_from_what_leaves_and_then_from_the_bond)
        ),
        new(Registry, "wanted - wanted % ChainCalls.RAO", "wanted", nameof(What_is_taken_is_whole_rao_and_no_more_than_there_is)),
        // Grades: each bound by one that is off by one.
        .. new[]
        {
            ("[uint256(1), 5, 20, 50]", "[uint256(2), 5, 20, 50]"),
            ("[uint256(1), 5, 20, 50]", "[uint256(1), 6, 20, 50]"),
            ("[uint256(1), 5, 20, 50]", "[uint256(1), 5, 21, 50]"),
            ("[uint256(1), 5, 20, 50]", "[uint256(1), 5, 20, 51]"),
            ("[uint256(50), 100, 150, 300]", "[uint256(51), 100, 150, 300]"),
            ("[uint256(50), 100, 150, 300]", "[uint256(50), 101, 150, 300]"),
            ("[uint256(50), 100, 150, 300]", "[uint256(50), 100, 151, 300]"),
            ("[uint256(50), 100, 150, 300]", "[uint256(50), 100, 150, 301]"),
            ("part * 1000 <= whole", "part * 1000 < whole"),
            ("if (settled == 0 || other == 0) return Grade.Moderate;", ""),
            ("one.rankingRoot != two.rankingRoot || ", ""),
            (" || one.totalSupply != two.totalSupply", ""),
            ("one.blockNumber != two.blockNumber || ", ""),
            (" || one.blockHash != two.blockHash", ""),
            ("Math.max(uint256(one), uint256(two))", "uint256(two)"),
        }.Select(rule => new RegistryRule(Grades, rule.Item1, rule.Item2, nameof(The_contract_and_the_domain_grade_alike_at_every_bound))),
        new(Grades, "[uint256(0), 1, 5, 15, 50]", "[uint256(0), 2, 6, 16, 51]", nameof(Each_grade_takes_its_share)),
        // Dormancy.
        .. new[]
        {
            ("if (stakeAt(validator, block.timestamp) == 0) revert NotEligible(validator);", ""),
            ("if (ended > 0 && block.timestamp < rounds[ended].closedAt + COMMIT + REVEAL) ended--;", ""),
            ("if (ended < accounts[validator].lastSeen + DORMANT_ROUNDS) revert NotDormant(validator);", ""),
            ("if (!accounts[validator].dormant) revert NotDormant(validator);", ""),
            ("        seen(validator, number);", ""),
        }.Select(rule => new RegistryRule(Registry, rule.Item1, rule.Item2, nameof(Who_stays_away_for_long_counts_no_more_until_it_wakes))),
        // Parameters.
        .. new[]
        {
            ("if (stakeAt(msg.sender, block.timestamp) == 0) revert NotEligible(msg.sender);", ""),
            ("if (msg.value != PROPOSAL_DEPOSIT) revert WrongDeposit(msg.value, PROPOSAL_DEPOSIT);", ""),
            ("fromEpoch < epoch + LEAST_AHEAD || ", ""),
            (" || fromEpoch > epoch + MOST_AHEAD", ""),
        }.Select(rule => new RegistryRule(
            Parameters,
            rule.Item1,
            rule.Item2,
            nameof(A_proposal_is_by_a_validator_with_a_deposit_and_far_enough_ahead)
        )),
        .. new[]
        {
            ("        if (!isOpen(p)) revert NotOpen(number);\n        if (key !=", "        if (key !="),
            ("if (key != p.key) revert NotThisProposal(p.key);", ""),
            ("if (hasEndorsed[number][msg.sender]) revert AlreadyEndorsed(msg.sender);", ""),
            ("if (stake == 0) revert NotEligible(msg.sender);", ""),
            ("stakeAt(msg.sender, p.proposedAt - 1)", "stakeAt(msg.sender, block.timestamp)"),
        }.Select(rule => new RegistryRule(
            Parameters,
            rule.Item1,
            rule.Item2,
            nameof(Endorsed_is_once_by_what_is_proposed_and_with_the_stake_of_before)
        )),
        .. new[]
        {
            ("if (keyOf(p.fromEpoch, text) != p.key) revert NotThisProposal(p.key);", ""),
            ("if (!suffices(p.endorsers, p.stake, eligibleAt(p.proposedAt - 1))) revert NotEndorsed(number);", ""),
            ("eligibleAt(p.proposedAt - 1)", "eligibleAt(block.timestamp)"),
            ("        p.done = true;\n        emit Adopted(number);", "        emit Adopted(number);"),
            ("        credit(p.proposer, PROPOSAL_DEPOSIT);", ""),
            ("while (schedule[i].fromEpoch > epoch) i--;", ""),
            ("        if (isOpen(p)) revert StillOpen(number);", ""),
        }.Select(rule => new RegistryRule(
            Parameters,
            rule.Item1,
            rule.Item2,
            nameof(Two_thirds_and_three_accounts_adopt_and_the_deposit_goes_back)
        )),
        .. new[]
        {
            ("        if (!isOpen(p)) revert NotOpen(number);\n        if (keyOf", "        if (keyOf"),
            (" && p.version == latestVersion", ""),
            (" && currentEpoch() <= p.epoch + ADOPTABLE", ""),
            ("currentEpoch() <= p.epoch + ADOPTABLE", "currentEpoch() < p.epoch + ADOPTABLE"),
            ("if (p.proposer == address(0) || p.done) revert NotOpen(number);", ""),
            ("p.proposer == address(0) || p.done", "p.done"),
            ("        p.done = true;\n        emit Lapsed(number);", "        emit Lapsed(number);"),
            ("        credit(TREASURY, PROPOSAL_DEPOSIT);", ""),
        }.Select(rule => new RegistryRule(
            Parameters,
            rule.Item1,
            rule.Item2,
            nameof(Of_two_proposals_the_first_adopted_wins_and_what_is_late_lapses)
        )),
        new(Parameters, "count >= MIN_ATTESTERS", "true", nameof(A_minority_of_accounts_adopts_nothing_whatever_it_holds)),
    ];
}
