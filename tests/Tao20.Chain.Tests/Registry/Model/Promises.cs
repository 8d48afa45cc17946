using Tao20.Domain.Registry;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>
/// What is promised, looked at after everything that is done (source: consensus.md, the table of promises). A is the part of E of which any
/// holder of a key does not keep to the rules, or which has no truthful endpoint.
/// </summary>
internal sealed class Promises(Network network)
{
    private readonly Dictionary<int, Stated> _truths = [];
    private readonly Dictionary<int, HashSet<int>> _bad = [];
    private readonly Dictionary<int, string> _texts = [];
    private readonly List<(int Validator, long Time, long Rao)> _slashed = [];
    private readonly HashSet<(int Round, int Validator)> _punished = [];
    private HashSet<int> _tainted = [];
    private long _before;
    private int _lies;
    private int _punishedByHonest;

    private RegistryModel Model => network.Model;

    /// <summary>How many rounds settled with A below a third of all bonds, below two thirds of E, and beyond.</summary>
    public int[] Rounds { get; } = new int[3];

    public int Settled { get; private set; }

    /// <summary>An epoch is over: what is true of it is so from now on.</summary>
    public void Closed()
    {
        var epoch = Model.Epoch - 1;
        _truths[epoch] = network.Truth;
        _texts[epoch] = Model.TextOf(epoch);
        _tainted = [.. network.Nodes.Stolen];
    }

    /// <summary>What is there before an operation is done.</summary>
    public void Before(Operation operation)
    {
        if (operation is Operation.Punish { Accused: var accused })
            _before = Model.Accounts[accused].Bond + Model.Accounts[accused].Leaving;
        _tainted.UnionWith(network.Nodes.Stolen);
    }

    public void After(Operation operation, string? error)
    {
        switch (operation)
        {
            case Operation.Punish punish when error is null:
                IsJust(punish);
                break;
            case Operation.Attest attest when error is null:
                if (attest.Said.Statement != _truths[(int)attest.Said.Statement.Epoch.Value].Statement)
                    _lies++;
                NobodyCopies(attest);
                break;
            case Operation.Adopt adopt when error is null:
                IsTheWillOfTwoThirds(Model.Proposals[adopt.Number - 1]);
                break;
            case Operation.Withdraw withdraw when network.IsHonest[withdraw.From]:
                Assert.True(error is null, $"who leaves is held up: {error}");
                break;
            case Operation.Withdraw withdraw when error is null:
                NothingIsOutrun(withdraw.From);
                break;
            case Operation.MarkDormant mark when error is null:
                HasStayedAway(mark.Validator);
                break;
        }
    }

    /// <summary>The window for statements ends: who keeps to the rules and was there has stated, and two thirds settle.</summary>
    public void RevealIsOver()
    {
        var epoch = Model.Epoch - 1;
        var nodes = network.Nodes;
        _bad[epoch] = [.. network.Others.All, .. nodes.Fooled, .. _tainted];
        var round = Model.RoundOf(epoch);
        var before = Model.ClosedAt - 1;
        foreach (var node in nodes.Up.Where(node => nodes.IsInTime(node, !_tainted.Contains(node))))
        {
            if (Model.StakeAt(node, before) > 0)
                Assert.True(round?.Entries.GetValueOrDefault(node)?.Stated == network.Truth, $"validator {node} has lost round {epoch}");
        }

        if (round is null)
            return;
        var right = round.Entries.Where(entry => entry.Value.Stated?.Statement == network.Truth.Statement).ToList();
        var stake = right.Sum(entry => Model.StakeAt(entry.Key, before));
        if (right.Count >= Model.Rules.MinAttesters && 3 * stake >= round.TwiceEligible)
            Assert.True(round.Settled?.Statement == network.Truth.Statement, $"round {epoch} is not settled");
        Count(epoch, round);
    }

    /// <summary>Nodes have done what there was to do.</summary>
    public void DutiesAreDone()
    {
        foreach (var (epoch, text) in _texts)
            Assert.Equal(text, Model.TextOf(epoch));
        var held = Model.Accounts.Sum(account => account.Bond + account.Leaving) + Model.Credits.Sum() + Model.Deposits;
        Assert.Equal(Model.Held, held);
        if (network.Nodes.Up.Count == 0)
            return;

        // Every deviation has been punished while there was evidence, and who stays away does not count.
        var evidence = Model.Rounds.Where(round => round.Settled is not null && Model.Now < round.ClosedAt + (long)Model.Rules.Evidence);
        Assert.DoesNotContain(evidence, round => round.Entries.Values.Any(entry => Honest.IsPunishable(round, entry)));
        Assert.DoesNotContain(
            Model.Accounts,
            account => account.Stakes.Latest > 0 && Model.Ended >= account.LastSeen + Model.Rules.DormantRounds
        );

        // What others have to do is bounded by what was done to them: a punishment for each lie at most.
        Assert.True(_punishedByHonest <= _lies);
        network.Economics.IsBounded();
    }

    private void Count(int epoch, RoundModel round)
    {
        if (round.Settled is null)
            return;
        Settled++;
        Rounds[
            3 * BadStake(epoch, round) < Model.BondedAt(round.ClosedAt - 1) ? 0
            : IsMinority(epoch, round) ? 1
            : 2
        ]++;
        if (IsMinority(epoch, round))
            Assert.True(round.Settled.Statement == _truths[epoch].Statement, $"round {epoch} has settled on a lie");
    }

    /// <summary>Who keeps to the rules is not slashed, and who does not once, by its grade.</summary>
    private void IsJust(Operation.Punish punish)
    {
        var round = Model.Rounds[punish.Round - 1];
        var bad = BadOf(round.Epoch);
        if (IsMinority(round.Epoch, round))
        {
            Assert.True(bad.Contains(punish.Accused), $"validator {punish.Accused} keeps to the rules and was slashed for {round.Epoch}");
            if (network.Nodes.All.Any(node => Model.AttesterOf(node) == punish.From))
                _punishedByHonest++;
        }

        Assert.True(round.Entries[punish.Accused].Stated!.Statement != round.Settled!.Statement);

        var (account, stake) = (Model.Accounts[punish.Accused], Model.StakeAt(punish.Accused, round.ClosedAt - 1));
        var taken = _before - account.Bond - account.Leaving;
        Assert.True(_punished.Add((punish.Round, punish.Accused)), $"validator {punish.Accused} is punished twice for one statement");
        var wanted = (long)((Int128)stake * Grades.Percent(Grades.Between(punish.Settled, punish.Other)) / 100);
        Assert.Equal(Math.Min(wanted, _before), taken);
        _slashed.Add((punish.Accused, Model.Now, taken));
        network.Economics.Slashed(punish.Accused, taken);
    }

    /// <summary>What was at stake in a round is there as long as there is evidence of it, but for what was slashed.</summary>
    private void NothingIsOutrun(int validator)
    {
        var left = Model.Accounts[validator].Bond + Model.Accounts[validator].Leaving;
        foreach (var round in Model.Rounds.Where(round => Model.Now < round.ClosedAt + (long)Model.Rules.Evidence))
        {
            var slashed = _slashed.Where(one => one.Validator == validator && one.Time >= round.ClosedAt).Sum(one => one.Rao);
            Assert.True(left + slashed >= Model.StakeAt(validator, round.ClosedAt - 1), $"validator {validator} outruns its punishment");
        }
    }

    /// <summary>Who has attested lately is not made dormant by anybody.</summary>
    private void HasStayedAway(int validator)
    {
        var lately = Model.Rounds.Take(Model.Ended).TakeLast(Model.Rules.DormantRounds).ToList();
        Assert.Equal(Model.Rules.DormantRounds, lately.Count);
        Assert.DoesNotContain(lately, round => round.Entries.GetValueOrDefault(validator)?.Stated is not null);
    }

    /// <summary>What was never computed was never committed to, and so is not taken, whatever is known by then.</summary>
    private void NobodyCopies(Operation.Attest attest)
    {
        var copied = network.Others.Copiers.Contains(attest.Validator) && attest.Said.Statement == network.Truth.Statement;
        Assert.False(copied, $"account {attest.Validator} has copied a statement");
    }

    private void IsTheWillOfTwoThirds(ProposalModel proposal)
    {
        var at = proposal.ProposedAt - 1;
        var (stake, twiceEligible) = (proposal.Endorsers.Sum(one => Model.StakeAt(one, at)), Model.TwiceEligibleAt(at));
        Assert.True(
            proposal.Endorsers.Count >= Model.Rules.MinAttesters && 3 * stake >= twiceEligible,
            "a minority has changed the parameters"
        );
        Assert.True(proposal.FromEpoch > Model.Epoch, "parameters were changed of an epoch that is over");
        if (3 * network.Others.All.Sum(one => Model.StakeAt(one, at)) < twiceEligible)
            Assert.StartsWith("good", proposal.Text, StringComparison.Ordinal);
    }

    private HashSet<int> BadOf(int epoch) =>
        _bad.TryGetValue(epoch, out var bad) ? bad : [.. network.Others.All, .. network.Nodes.Fooled, .. _tainted];

    private long BadStake(int epoch, RoundModel round) => BadOf(epoch).Sum(one => Model.StakeAt(one, round.ClosedAt - 1));

    /// <summary>Whether A is below two thirds of E; it always is where it is below a third of all bonds.</summary>
    private bool IsMinority(int epoch, RoundModel round)
    {
        var bad = BadStake(epoch, round);
        var minority = 3 * bad < round.TwiceEligible;
        if (3 * bad < Model.BondedAt(round.ClosedAt - 1))
            Assert.True(minority, "less than a third of the bonds are two thirds of what counts");
        return minority;
    }
}
