using Tao20.Chain.Abi;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>
/// What who keeps to the rules does: the node's own duties, at the times at which it looks. A node remembers nothing, so that a lost
/// directory, an old backup and a second process are nothing but another time.
/// </summary>
internal sealed class Honest(Network network, Random random, IReadOnlyList<long> bonds)
{
    private readonly double _outages = new[] { 0, 0.02, 0.1 }[random.Next(3)];
    private readonly Dictionary<int, long> _goneUntil = [];

    // Keys that others have, too.
    private readonly HashSet<int> _known = [];

    private RegistryModel Model => network.Model;

    /// <summary>The validators, whoever has their keys.</summary>
    public IReadOnlyList<int> All { get; } = [.. Enumerable.Range(0, network.Validators).Where(i => network.IsHonest[i])];

    /// <summary>Who is there in this epoch and has endpoints that agree.</summary>
    public HashSet<int> Up { get; } = [];

    /// <summary>Who has endpoints that lie in this epoch: it says what adversaries say.</summary>
    public HashSet<int> Fooled { get; } = [];

    /// <summary>Whose attester's key somebody else has.</summary>
    public HashSet<int> Stolen { get; } = [];

    // Whose attester was changed in this epoch: whether there is still time to commit anew.
    private readonly Dictionary<int, bool> _rotatedInTime = [];

    public void Begin(long start)
    {
        foreach (var validator in All)
        {
            // Half of them keep the money key elsewhere.
            var attester = random.Next(2) == 0 ? -1 : NewKey(validator);
            network.At(start + random.Next(60), () => new Operation.Bond(validator, bonds[validator], attester));
        }
    }

    public void Plan(long closes, long reveals, long ends)
    {
        DrawOutages(closes);
        foreach (var validator in All)
        {
            PlanOwner(validator, closes);
            if (!Up.Contains(validator))
                continue;

            // A second process, or the same one after its directory was lost, looks once more.
            var processes = random.Next(5) == 0 ? 2 : 1;
            for (var process = 0; process < processes; process++)
            {
                Look(validator, closes + random.Next(1, 590));
                Look(validator, reveals + random.Next(0, 590));
                Look(validator, ends + random.Next(2_200));
            }

            // By then everybody's turn has come.
            Look(validator, closes + 3_490);
        }
    }

    private void Look(int validator, long time) => network.Watch(time, () => Act(validator));

    /// <summary>What the node finds it has to do, with the book of what the registry has told by now.</summary>
    private void Act(int validator)
    {
        var duties = new RegistryDuties(network.Book.Book, (ulong)Model.Now, Commitment, Keccak.Hash);
        foreach (var duty in duties.Of(Model.AddressOf(validator)))
            network.Do(Of(duty, validator), byNode: true);
    }

    private Operation Of(RegistryDuty duty, int validator)
    {
        var attester = Model.AttesterOf(validator);
        return duty switch
        {
            RegistryDuty.Commit commit => new Operation.Commit(attester, validator, (int)commit.Epoch.Value, Own(validator)),
            RegistryDuty.Attest => new Operation.Attest(attester, validator, OpinionOf(validator), attester, attester),
            RegistryDuty.Punish punish => Of(attester, Model.Rounds[(int)punish.Round - 1], network.NumberOf(punish.Accused)),
            RegistryDuty.MarkDormant mark => new Operation.MarkDormant(attester, network.NumberOf(mark.Sleeper)),
            _ => new Operation.Wake(attester, validator),
        };
    }

    private static Operation.Punish Of(int attester, RoundModel round, int accused) =>
        new(attester, round.Number, accused, round.Settled!, round.Entries[accused].Stated!);

    private Hash256? Commitment(Address validator, EpochId epoch) => Model.HashOf(Own(network.NumberOf(validator)));

    private CommitmentModel Own(int validator) => new(OpinionOf(validator).Statement, validator, Model.AttesterOf(validator));

    /// <summary>What a validator says of the epoch.</summary>
    public Stated OpinionOf(int validator) => Fooled.Contains(validator) ? network.Lie : network.Truth;

    /// <summary>A key that nobody has stolen yet, by which several may act; where there is none, the account's own.</summary>
    private int NewKey(int validator)
    {
        var keys = Enumerable.Range(network.Validators + 1, Model.Accounts.Count - network.Validators - 1).Except(_known).ToList();
        return keys.Count == 0 ? validator : keys[random.Next(keys.Count)];
    }

    private void DrawOutages(long closes)
    {
        Up.Clear();
        Fooled.Clear();
        _rotatedInTime.Clear();
        foreach (var validator in All)
        {
            // An outage lasts for an epoch, or for many, or for good.
            if (_goneUntil.GetValueOrDefault(validator) < closes && random.NextDouble() < _outages)
                _goneUntil[validator] = closes + 3_600 * (random.Next(4) == 0 ? random.Next(3, 60) : 1);
            if (_goneUntil.GetValueOrDefault(validator) <= closes)
                Up.Add(validator);
            if (random.Next(60) == 0)
                Fooled.Add(validator);
        }
    }

    private void PlanOwner(int validator, long closes)
    {
        if (random.Next(40) == 0)
            network.At(closes + random.Next(3_400), () => new Operation.Bond(validator, random.Next(1, 500) * RegistryModel.Tao));
        if (random.Next(40) == 0)
            network.At(closes + random.Next(3_400), () => Rotate(validator));
        if (random.Next(60) == 0)
            network.At(closes + random.Next(3_400), () => Unbond(validator, random.Next(2) == 0 ? 1 : random.Next(2, 5)));
        network.At(closes + random.Next(3_400), () => Withdraw(validator));
        if (random.Next(150) == 0)
            network.At(closes + random.Next(3_400), () => Propose(validator));
        network.At(closes + random.Next(3_400), () => Endorse(validator));
    }

    public static bool IsPunishable(RoundModel round, EntryModel entry) =>
        entry is { Stated: { } said, IsPunished: false } && Grades.Between(round.Settled!, said) > Severity.None;

    /// <summary>The owner names another attester.</summary>
    private Operation.SetAttester Rotate(int validator)
    {
        var window = Model.ClosedAt + (long)Model.Rules.Commit - Model.Now - 1;
        _rotatedInTime[validator] = window > 1;
        if (window > 1 && Up.Contains(validator))
        {
            Look(validator, Model.Now + random.NextInt64(1, window));
            Look(validator, Model.ClosedAt + (long)Model.Rules.Commit + random.Next(590));
        }

        return new Operation.SetAttester(validator, NewKey(validator));
    }

    /// <summary>Whether a validator that is there cannot lose the round.</summary>
    /// <param name="validator">The validator.</param>
    /// <param name="isItsKeyItsOwn">Whether nobody else has had its attester's key in this epoch.</param>
    public bool IsInTime(int validator, bool isItsKeyItsOwn) =>
        !Fooled.Contains(validator) && _rotatedInTime.GetValueOrDefault(validator, isItsKeyItsOwn);

    /// <summary>Somebody has a key; the owners of all that it acts for notice it sooner or later, and stop it by naming another.</summary>
    public void StolenKey(int key)
    {
        _known.Add(key);
        foreach (var validator in All.Where(validator => Model.AttesterOf(validator) == key))
        {
            Stolen.Add(validator);
            _rotatedInTime[validator] = false;
            network.At(Model.Now + random.Next(1, 5_000), () => Recovered(validator));
        }
    }

    private Operation.SetAttester? Recovered(int validator)
    {
        Stolen.Remove(validator);
        return _known.Contains(Model.AttesterOf(validator)) ? Rotate(validator) : null;
    }

    private Operation.Unbond? Unbond(int validator, int part)
    {
        var amount = Model.Accounts[validator].Bond / part;
        return amount == 0 ? null : new Operation.Unbond(validator, amount);
    }

    /// <summary>Nobody can hold up who leaves.</summary>
    private Operation.Withdraw? Withdraw(int validator) =>
        Model.Accounts[validator] is { Leaving: >= 500 } account && account.LeavesAt <= Model.Now
            ? new Operation.Withdraw(validator)
            : null;

    private Operation.Propose? Propose(int validator) =>
        Model.StakeAt(validator, Model.Now) == 0
            ? null
            : new Operation.Propose(
                validator,
                100 * RegistryModel.Tao,
                Model.Epoch + random.Next(48, 52),
                $"good={Model.Proposals.Count}\n"
            );

    /// <summary>Operators endorse what is good, one at a time; whoever comes by then adopts it.</summary>
    private Operation? Endorse(int validator)
    {
        var open = Model.Proposals.LastOrDefault(one =>
            !one.IsDone
            && one.Version == Model.LatestVersion
            && Model.Epoch <= one.Epoch + 24
            && one.Text.StartsWith("good", StringComparison.Ordinal)
        );
        if (open is null || random.Next(2) == 0)
            return null;
        return open.Endorsers.Contains(validator)
            ? new Operation.Adopt(validator, open.Number, open.Text)
            : new Operation.Endorse(validator, open.Number, open.FromEpoch, open.Text);
    }
}
