using Tao20.Domain.Registry;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>
/// Accounts that act together and use every function: they lie alone and together, commit and say nothing, copy, move stake, take part and
/// stay away, steal keys, name the keys of others, accuse, and propose.
/// </summary>
internal sealed class Adversaries(Network network, Random random, IReadOnlyList<long> bonds)
{
    private readonly List<(int Validator, Stated Said, int Key)> _seen = [];
    private readonly int _busy = random.Next(0, 4);

    private RegistryModel Model => network.Model;

    public IReadOnlyList<int> All { get; } = [.. Enumerable.Range(0, network.Validators).Where(i => !network.IsHonest[i])];

    /// <summary>Those that never compute anything, and live by what others say.</summary>
    public HashSet<int> Copiers { get; } = [.. Enumerable.Range(0, network.Validators).Where(i => !network.IsHonest[i] && i % 4 == 0)];

    public void Begin(long start)
    {
        foreach (var validator in All)
            network.At(start + random.Next(60), () => new Operation.Bond(validator, bonds[validator]));
    }

    public void Plan(long closes, long reveals, long ends)
    {
        _seen.Clear();
        foreach (var validator in All)
        {
            if (Copiers.Contains(validator))
                PlanCopy(validator, closes, reveals);
            else
                PlanRound(validator, closes, reveals);
            for (var i = 0; i < _busy; i++)
                network.At(closes + random.Next(3_400), () => Any(validator));
        }

        if (All.Count > 0 && random.Next(8) == 0)
            network.At(closes + random.Next(600), Steal);
        network.Watch(ends, Look);
    }

    /// <summary>What is on the chain by then can be said again.</summary>
    private void Look()
    {
        foreach (var (validator, entry) in Model.RoundOf(Model.Epoch - 1)?.Entries ?? [])
        {
            if (entry is { Stated: { } said, Commitment: { } commitment })
                _seen.Add((validator, said, commitment.Key));
        }
    }

    private void PlanRound(int validator, long closes, long reveals)
    {
        var how = random.Next(6);
        if (how == 0)
            return;
        network.At(
            closes + random.Next(0, 620),
            () =>
            {
                var to =
                    how == 1 ? new CommitmentModel(null, validator, validator) : new CommitmentModel(Say(how).Statement, validator, Key());
                return new Operation.Commit(Key(), validator, Model.Epoch - 1, to);
            }
        );
        if (how == 2)
            return;
        var late = random.Next(3) == 0 ? 590 + random.Next(30) : random.Next(-20, 590);
        network.At(reveals + late, () => new Operation.Attest(validator, validator, Say(how), Key(), Key()));

        int Key() => Model.AttesterOf(validator);
    }

    private Stated Say(int how) =>
        how switch
        {
            3 => network.Truth,
            4 => network.Statements.Lie(network.Truth),
            _ => network.Lie,
        };

    /// <summary>It commits to what another has committed to, and says what others say.</summary>
    private void PlanCopy(int validator, long closes, long reveals)
    {
        network.At(
            closes + random.Next(600),
            () =>
            {
                var others = Model.RoundOf(Model.Epoch - 1)?.Entries.Values.Where(entry => entry.Commitment is not null).ToList() ?? [];
                return others.Count == 0
                    ? null
                    : new Operation.Commit(
                        Model.AttesterOf(validator),
                        validator,
                        Model.Epoch - 1,
                        others[random.Next(others.Count)].Commitment!
                    );
            }
        );
        network.At(
            reveals + random.Next(600),
            () =>
            {
                var said =
                    Model
                        .RoundOf(Model.Epoch - 1)
                        ?.Entries.Where(entry => entry.Value is { Stated: not null, Commitment: not null })
                        .ToList()
                    ?? [];
                if (said.Count == 0)
                    return null;
                var (other, entry) = said[random.Next(said.Count)];
                var key = random.Next(2) == 0 ? Model.AttesterOf(validator) : entry.Commitment!.Key;
                return new Operation.Attest(
                    validator,
                    random.Next(8) == 0 ? other : validator,
                    entry.Stated!,
                    key,
                    Model.AttesterOf(validator)
                );
            }
        );
    }

    /// <summary>Whoever gets an attester's key acts at once, before its owner knows.</summary>
    private Operation? Steal()
    {
        var victims = network.Nodes.All.Where(one => Model.AttesterOf(one) != one).ToList();
        if (victims.Count == 0)
            return null;
        var victim = victims[random.Next(victims.Count)];
        var key = Model.AttesterOf(victim);
        network.Nodes.StolenKey(key);
        network.At(Model.Now + random.Next(900), () => new Operation.Attest(All[0], victim, network.Lie, key, key));
        network.At(
            Model.ClosedAt + (long)Model.Rules.Commit + random.Next(600),
            () => new Operation.Attest(All[0], victim, network.Lie, key, key)
        );
        network.At(Model.Now + random.Next(4_000), () => new Operation.Wake(key, victim));
        return new Operation.Commit(key, victim, Model.Epoch - 1, new CommitmentModel(network.Lie.Statement, victim, key));
    }

    /// <summary>Anything, with anybody.</summary>
    private Operation? Any(int me)
    {
        var other = random.Next(network.Validators);
        var proposal = random.Next(Model.Proposals.Count + 2);
        switch (random.Next(13))
        {
            case 0:
                return new Operation.Bond(me, random.Next(0, 2_000) * RegistryModel.Tao, random.Next(4) == 0 ? other : -1);
            case 1:
                return new Operation.SetAttester(me, random.Next(Model.Accounts.Count));
            case 2:
                return new Operation.Unbond(me, (long)(Model.Accounts[me].Bond * random.NextDouble() * 1.1));
            case 3:
                return new Operation.Withdraw(me);
            case 4:
                return new Operation.Sweep(me, random.Next(Model.Accounts.Count));
            case 5:
                return new Operation.Commit(me, other, Model.Epoch - 1, new CommitmentModel(network.Lie.Statement, other, me));
            case 6:
                if (_seen.Count == 0)
                    return null;
                var (_, said, key) = _seen[random.Next(_seen.Count)];
                return new Operation.Attest(me, me, said, key, me);
            case 7:
                if (Model.Rounds.Count == 0)
                    return null;
                var round = Model.Rounds[Math.Max(0, Model.Rounds.Count - 1 - random.Next(12))];
                var one = round.Entries.Values.Select(entry => entry.Stated).Prepend(round.Settled).OfType<Stated>().ToList();
                return one.Count == 0
                    ? null
                    : new Operation.Punish(me, round.Number, other, one[random.Next(one.Count)], one[random.Next(one.Count)]);
            case 8:
                return new Operation.MarkDormant(me, other);
            case 9:
                return new Operation.Wake(me, random.Next(2) == 0 ? me : other);
            case 10:
                return new Operation.Propose(me, random.Next(90, 101) * RegistryModel.Tao, Model.Epoch + random.Next(0, 60), "bad=1\n");
            case 11:
                return proposal is 0 || proposal > Model.Proposals.Count
                    ? new Operation.Endorse(me, 0, 0, "")
                    : new Operation.Endorse(me, proposal, Model.Proposals[proposal - 1].FromEpoch, Model.Proposals[proposal - 1].Text);
            default:
                return random.Next(2) == 0 ? new Operation.Adopt(me, proposal, "bad=1\n") : new Operation.Lapse(me, proposal);
        }
    }
}
