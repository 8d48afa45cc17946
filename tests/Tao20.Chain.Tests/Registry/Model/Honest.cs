using Tao20.Domain.Registry;
using Tao20.Domain.Slashing;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>
/// What who keeps to the rules does (source: consensus.md, What a node does). A node remembers nothing: what it does follows from the chain
/// and its key, so that a lost directory, an old backup and a second process are nothing but another time at which it looks.
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

            // A second process, or the same one after its directory was lost, does it all again.
            var processes = random.Next(5) == 0 ? 2 : 1;
            for (var process = 0; process < processes; process++)
            {
                network.At(closes + random.Next(1, 590), () => Commit(validator));
                network.At(reveals + random.Next(0, 590), () => Attest(validator));
            }

            network.At(ends + random.Next(600), () => Wake(validator));
        }

        foreach (var validator in Up.OrderBy(_ => random.Next()))
            network.At(ends + random.Next(600), () => Nothing(() => Duties(validator)));
    }

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

    private Operation.Commit? Commit(int validator)
    {
        var attester = Model.AttesterOf(validator);
        if (Model.StakeAt(validator, Model.ClosedAt - 1) == 0)
            return null;
        var to = new CommitmentModel(OpinionOf(validator).Statement, validator, attester);
        return new Operation.Commit(attester, validator, Model.Epoch - 1, to);
    }

    /// <summary>It states only what the chain holds its own commitment to.</summary>
    private Operation.Attest? Attest(int validator)
    {
        var attester = Model.AttesterOf(validator);
        var entry = Model.RoundOf(Model.Epoch - 1)?.Entries.GetValueOrDefault(validator);
        var said = OpinionOf(validator);
        return entry?.Commitment == new CommitmentModel(said.Statement, validator, attester)
            ? new Operation.Attest(attester, validator, said, attester, attester)
            : null;
    }

    private Operation.Wake? Wake(int validator) =>
        Model.Accounts[validator].IsDormant ? new Operation.Wake(Model.AttesterOf(validator), validator) : null;

    /// <summary>It punishes what is provable, and marks who stays away.</summary>
    private void Duties(int validator)
    {
        var attester = Model.AttesterOf(validator);
        foreach (var round in Model.Rounds.Where(round => round.Settled is not null && IsEvidence(round)))
        {
            foreach (var (accused, entry) in round.Entries.Where(entry => IsPunishable(round, entry.Value)).ToList())
                network.Do(new Operation.Punish(attester, round.Number, accused, round.Settled!, entry.Stated!));
        }

        for (var other = 0; other < network.Validators; other++)
        {
            if (Model.StakeAt(other, Model.Now) > 0 && Model.Ended >= Model.Accounts[other].LastSeen + Model.Rules.DormantRounds)
                network.Do(new Operation.MarkDormant(attester, other));
        }
    }

    public static bool IsPunishable(RoundModel round, EntryModel entry) =>
        entry is { Stated: { } said, IsPunished: false } && Grades.Between(round.Settled!, said) > Severity.None;

    private bool IsEvidence(RoundModel round) => Model.Now < round.ClosedAt + (long)Model.Rules.Evidence;

    /// <summary>The owner names another attester.</summary>
    private Operation.SetAttester Rotate(int validator)
    {
        var window = Model.ClosedAt + (long)Model.Rules.Commit - Model.Now - 1;
        _rotatedInTime[validator] = window > 1;
        if (window > 1 && Up.Contains(validator))
        {
            network.At(Model.Now + random.NextInt64(1, window), () => Commit(validator));
            network.At(Model.ClosedAt + (long)Model.Rules.Commit + random.Next(590), () => Attest(validator));
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

    private static Operation? Nothing(Action action)
    {
        action();
        return null;
    }
}
