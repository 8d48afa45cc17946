using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>What a validator has bonded and who acts for it; amounts in rao.</summary>
internal sealed class AccountModel
{
    public long Bond { get; set; }

    public long Leaving { get; set; }

    public long LeavesAt { get; set; }

    /// <summary>The account that acts for it, or -1.</summary>
    public int Attester { get; set; } = -1;

    public bool IsDormant { get; set; }

    public int LastSeen { get; set; }

    public CheckpointsModel Stakes { get; } = new();
}

/// <summary>What a commitment is to: whose statement, and with which key's salt. Null stands for one that is to nothing.</summary>
internal sealed record CommitmentModel(Statement? Said, int Validator, int Key);

/// <summary>What an account has done in a round.</summary>
internal sealed class EntryModel
{
    public CommitmentModel? Commitment { get; set; }

    public Stated? Stated { get; set; }

    public bool IsPunished { get; set; }
}

/// <summary>A round.</summary>
internal sealed record RoundModel(int Number, int Epoch, long ClosedAt, long TwiceEligible)
{
    public Stated? Settled { get; set; }

    public Dictionary<int, EntryModel> Entries { get; } = [];

    public Dictionary<Statement, (long Stake, int Accounts)> Supports { get; } = [];
}

/// <summary>
/// The registry and the index's epochs, as the contract has them, without a chain (source: Contracts/Registry). Each function returns the
/// name of the error it is refused with, or null. Accounts are numbers, amounts are in rao, times in seconds.
/// </summary>
internal sealed partial class RegistryModel(RegistryRules rules, int accounts, int epoch, long startedAt)
{
    /// <summary>Rao of a TAO.</summary>
    public const long Tao = 1_000_000_000;

    private const long Hour = 3_600;
    private readonly long _minStake = (long)(rules.MinStake / Tao);
    private readonly CheckpointsModel _effectiveSum = new();
    private readonly CheckpointsModel _bondedSum = new();

    public IReadOnlyList<AccountModel> Accounts { get; } = [.. Enumerable.Range(0, accounts).Select(_ => new AccountModel())];

    public RegistryRules Rules => rules;

    /// <summary>The account that the treasury is.</summary>
    public int Treasury { get; init; }

    public List<RoundModel> Rounds { get; } = [];

    public long[] Credits { get; } = new long[accounts];

    /// <summary>All that has been paid in less all that has been paid out.</summary>
    public long Held { get; private set; }

    public long Now { get; set; } = startedAt;

    /// <summary>The epoch that runs.</summary>
    public int Epoch { get; private set; } = epoch;

    /// <summary>T of the newest epoch that is over.</summary>
    public long ClosedAt { get; private set; } = startedAt;

    private long Commit => (long)rules.Commit;

    private long Reveal => (long)rules.Reveal;

    /// <summary>Ends the epoch.</summary>
    public string? Advance()
    {
        if (Now < ClosedAt + Hour)
            return "EpochNotOver";
        (Epoch, ClosedAt) = (Epoch + 1, Now);
        Tell(new RegistryFact.EpochClosed(Time, new EpochId((ulong)Epoch - 1), Pool));
        return null;
    }

    public int AttesterOf(int validator) => Accounts[validator].Attester < 0 ? validator : Accounts[validator].Attester;

    public long StakeAt(int validator, long time) => Accounts[validator].Stakes.At(time);

    public long BondedAt(long time) => _bondedSum.At(time);

    /// <summary>Twice the eligible stake: half a rao counts.</summary>
    public long TwiceEligibleAt(long time) => Math.Max(2 * _effectiveSum.At(time), _bondedSum.At(time));

    // ---- money and keys ------------------------------------------------------------------------------------------------------------

    public string? SetAttester(int sender, int attester)
    {
        if (attester == AttesterOf(sender))
            return null;
        Accounts[sender].Attester = attester;
        Tell(new RegistryFact.AttesterSet(Time, AddressOf(sender), AddressOf(attester)));
        if (Rounds.Count > 0 && Rounds[^1].Entries.GetValueOrDefault(sender) is { Commitment: not null, Stated: null } entry)
        {
            entry.Commitment = null;
            Tell(new RegistryFact.CommitmentVoided(Time, Rounds.Count, AddressOf(sender)));
        }

        return null;
    }

    public string? Bond(int sender, long rao, int attester)
    {
        if (rao == 0)
            return "NothingGiven";
        if (attester >= 0)
            SetAttester(sender, attester);
        Held += rao;
        Update(sender, Accounts[sender].Bond + rao, Accounts[sender].IsDormant);
        Tell(new RegistryFact.Bonded(Time, AddressOf(sender), Known(Accounts[sender])));
        return null;
    }

    public string? Unbond(int sender, long rao)
    {
        var account = Accounts[sender];
        if (rao == 0)
            return "NothingGiven";
        if (rao > account.Bond)
            return "TooMuch";
        Update(sender, account.Bond - rao, account.IsDormant);
        account.Leaving += rao;
        account.LeavesAt = Now + (long)rules.Unbonding;
        var known = Known(account);
        Tell(new RegistryFact.Unbonding(Time, AddressOf(sender), known.Bond, known.Leaving, known.LeavesAt));
        return null;
    }

    public string? Withdraw(int sender)
    {
        var account = Accounts[sender];
        if (Now < account.LeavesAt)
            return "Locked";
        if (account.Leaving < 500)
            return "TooLittle";
        Held -= account.Leaving;
        account.Leaving = 0;
        Tell(new RegistryFact.Withdrawn(Time, AddressOf(sender)));
        return null;
    }

    public string? Sweep(int account)
    {
        if (Credits[account] < 500)
            return "TooLittle";
        Held -= Credits[account];
        Credits[account] = 0;
        return null;
    }

    private void Update(int validator, long bond, bool dormant)
    {
        var account = Accounts[validator];
        var (oldEffective, oldBonded) = Counted(account);
        (account.Bond, account.IsDormant) = (bond, dormant);
        var (effective, bonded) = Counted(account);
        if (oldEffective == 0 && effective > 0)
            account.LastSeen = Math.Max(account.LastSeen, Rounds.Count);
        account.Stakes.Set(Now, effective);
        _effectiveSum.Set(Now, _effectiveSum.Latest - oldEffective + effective);
        _bondedSum.Set(Now, _bondedSum.Latest - oldBonded + bonded);
    }

    private (long Effective, long Bonded) Counted(AccountModel account)
    {
        var bonded = account.Bond >= _minStake ? account.Bond : 0;
        return (account.IsDormant ? 0 : bonded, bonded);
    }

    // ---- rounds --------------------------------------------------------------------------------------------------------------------

    public RoundModel? RoundOf(int epoch) => Rounds.Find(round => round.Epoch == epoch);

    public string? Committed(int sender, int validator, int epoch, CommitmentModel commitment)
    {
        if (sender != AttesterOf(validator))
            return "NotTheAttester";
        if (Epoch == 0 || epoch != Epoch - 1)
            return "NotTheNewestEpoch";
        if (Now >= ClosedAt + Commit)
            return "OutsideWindow";
        if (StakeAt(validator, ClosedAt - 1) == 0)
            return "NotEligible";
        var round = RoundOf(epoch);
        if (round?.Entries.GetValueOrDefault(validator)?.Commitment is not null)
            return "AlreadyCommitted";
        if (round is null)
        {
            Rounds.Add(round = new RoundModel(Rounds.Count + 1, epoch, ClosedAt, TwiceEligibleAt(ClosedAt - 1)));
            var eligible = (UInt128)round.TwiceEligible * Tao / 2;
            Tell(new RegistryFact.RoundOpened(Time, round.Number, new EpochId((ulong)epoch), (ulong)ClosedAt, eligible));
        }

        if (!round.Entries.TryGetValue(validator, out var entry))
            round.Entries[validator] = entry = new EntryModel();
        entry.Commitment = commitment;
        Tell(new RegistryFact.Committed(Time, round.Number, AddressOf(validator), HashOf(commitment)));
        return null;
    }

    public string? Attest(int validator, Stated stated, int key, int signer)
    {
        var round = RoundOf((int)stated.Statement.Epoch.Value);
        if (round is null || Now < round.ClosedAt + Commit || Now >= round.ClosedAt + Commit + Reveal)
            return "OutsideWindow";
        if (!round.Entries.TryGetValue(validator, out var entry))
            return "WrongCommitment";
        if (entry.Stated is not null)
            return "AlreadyAttested";
        if (entry.Commitment is null || entry.Commitment != new CommitmentModel(stated.Statement, validator, key))
            return "WrongCommitment";
        if (stated.Statement.Parameters != RegistryData.HashOf(TextOf(round.Epoch)))
            return "WrongParameters";
        if (signer != AttesterOf(validator))
            return "WrongSigner";
        var stake = StakeAt(validator, round.ClosedAt - 1);
        entry.Stated = stated;
        Accounts[validator].LastSeen = Math.Max(Accounts[validator].LastSeen, round.Number);
        var (sum, count) = round.Supports.GetValueOrDefault(stated.Statement);
        round.Supports[stated.Statement] = (sum + stake, count + 1);
        var hash = HashOf(stated.Statement);
        Tell(new RegistryFact.Attested(Time, round.Number, AddressOf(validator), hash, Wei(stake), stated));
        if (round.Settled is null && Suffices(count + 1, sum + stake, round.TwiceEligible))
        {
            round.Settled = stated;
            Tell(new RegistryFact.Settled(Time, round.Number, hash));
        }

        return null;
    }

    private bool Suffices(int count, long stake, long twiceEligible) => count >= rules.MinAttesters && 3 * stake >= twiceEligible;

    public string? Punish(int number, int accused, Stated settled, Stated other)
    {
        if (number < 1 || number > Rounds.Count || Rounds[number - 1].Settled is not { } right)
            return "NotSettled";
        var round = Rounds[number - 1];
        if (Now >= round.ClosedAt + (long)rules.Evidence)
            return "OutsideWindow";
        var entry = round.Entries.GetValueOrDefault(accused);
        if (settled.Statement != right.Statement || entry?.Stated is null || other.Statement != entry.Stated.Statement)
            return "NotStated";
        var grade = Grades.Between(settled, other);
        if (grade == Severity.None)
            return "NoDeviation";
        if (entry.IsPunished)
            return "AlreadyPunished";
        entry.IsPunished = true;
        var account = Accounts[accused];
        var wanted = (long)((Int128)StakeAt(accused, round.ClosedAt - 1) * Grades.Percent(grade) / 100);
        var fromLeaving = Math.Min(wanted, account.Leaving);
        var fromBond = Math.Min(wanted - fromLeaving, account.Bond);
        account.Leaving -= fromLeaving;
        Update(accused, account.Bond - fromBond, account.IsDormant);
        Credits[Treasury] += fromLeaving + fromBond;
        Tell(new RegistryFact.Slashed(Time, number, AddressOf(accused), grade, Wei(fromLeaving), Wei(fromBond)));
        return null;
    }

    // ---- dormancy ------------------------------------------------------------------------------------------------------------------

    /// <summary>How many rounds are over.</summary>
    public int Ended => Rounds.Count > 0 && Now < Rounds[^1].ClosedAt + Commit + Reveal ? Rounds.Count - 1 : Rounds.Count;

    public string? MarkDormant(int validator)
    {
        if (StakeAt(validator, Now) == 0)
            return "NotEligible";
        if (Ended < Accounts[validator].LastSeen + rules.DormantRounds)
            return "NotDormant";
        Update(validator, Accounts[validator].Bond, true);
        Tell(new RegistryFact.Dormant(Time, AddressOf(validator)));
        return null;
    }

    public string? Wake(int sender, int validator)
    {
        if (sender != AttesterOf(validator))
            return "NotTheAttester";
        if (!Accounts[validator].IsDormant)
            return "NotDormant";
        Update(validator, Accounts[validator].Bond, false);
        Tell(new RegistryFact.Awake(Time, AddressOf(validator)));
        return null;
    }
}
