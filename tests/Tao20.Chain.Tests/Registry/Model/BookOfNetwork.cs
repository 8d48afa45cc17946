using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>The book that a node folds from what a network's registry tells, held against the registry itself.</summary>
internal sealed class BookOfNetwork(Network network)
{
    private const int MostEpochsOfEvidence = 12;

    private RegistryModel Model => network.Model;

    public RegistryBook Book { get; private set; } = RegistryBook.Initial;

    /// <summary>Takes a fact; where an epoch ends, what validators get is neither more nor less than there is.</summary>
    public void Take(RegistryFact fact)
    {
        var before = Book;
        Book = Book.After(fact);
        if (fact is RegistryFact.RoundOpened opened)
            Assert.Equal((opened.Eligible, opened.ClosedAt), (Book.Newest!.Eligible, Book.Newest.ClosedAt));
        if (fact is not RegistryFact.EpochClosed || before.Newest is not { } newest)
            return;
        var round = Book.RoundOf(newest.Epoch);
        var paid = round?.Entries.Values.Aggregate(0UL, (sum, entry) => sum + entry.Payout.Value) ?? 0;
        Assert.Equal(before.Unpaid.Value + newest.Pool.Value, Book.Unpaid.Value + paid);
        Assert.True(round is null || round.Standing == (round.SettledHash is null ? RoundStanding.Disputed : RoundStanding.Settled));
        Assert.True(round is null || round.Entries.Values.All(entry => entry.Payout.Value == 0 || entry.Hash == round.SettledHash));
    }

    /// <summary>The book says what the registry holds, and no more than is needed.</summary>
    public void IsRight()
    {
        for (var i = 0; i < Model.Accounts.Count; i++)
        {
            var (account, kept) = (Model.Accounts[i], Book.Validators.GetValueOrDefault(Model.AddressOf(i)));
            Assert.False(kept is null && Model.Known(account).CountedBond(Book.Rules!) > 0, $"account {i} is not in the book");
            if (kept is null)
                continue;
            Assert.Equal(Model.Known(account), kept.Account);
            Assert.Equal(RegistryModel.Wei(account.Stakes.Latest), kept.Stake.Now);
        }

        Assert.Equal(Model.Rounds.Count, Book.RoundCount);
        Assert.InRange(Book.Rounds.Count, 0, MostEpochsOfEvidence);
        foreach (var round in Book.Rounds)
            IsRight(round, Model.Rounds[(int)round.Number - 1]);
        Assert.Equal(Model.TextOf(Model.Epoch + 60), Book.Parameters.Of(new EpochId((ulong)Model.Epoch + 60))!.Text);
        foreach (var open in Book.Parameters.Proposals)
        {
            var proposal = Model.Proposals[(int)open.Number - 1];
            Assert.Equal((proposal.Epoch, proposal.Version), ((int)open.Epoch.Value, (int)open.Version));
            Assert.Equal(proposal.Endorsers.Count, open.Endorsers.Count);
            Assert.False(proposal.IsDone);
        }
    }

    private void IsRight(RegistryRound book, RoundModel model)
    {
        Assert.Equal(model.Settled?.Statement, book.Settled?.Statement);
        foreach (var (validator, entry) in model.Entries)
        {
            var kept = book.Entries[Model.AddressOf(validator)];
            Assert.Equal(entry.Commitment is null, kept.Commitment is null);
            Assert.Equal(entry.Stated?.Statement, kept.Stated?.Statement);
            Assert.Equal(entry.IsPunished, kept.Punished > Severity.None);
            if (model.Settled is not null)
                Assert.Equal(Honest.IsPunishable(model, entry), kept.Punished == 0 && book.GradeOf(Model.AddressOf(validator)) > 0);
        }
    }
}
