using System.Globalization;
using System.Security.Cryptography;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Registry;

/// <summary>What a node has to do follows from the book, its key and what it has computed (source: the consensus rules).</summary>
public sealed class RegistryDutiesTests
{
    private const ulong T = 100_000;
    private const ulong Reveals = T + 600;
    private const ulong Ends = T + 1_200;
    private static readonly EpochId Epoch = new(7);

    private static readonly RegistryRules Rules = new(
        Wei.From(1_000 * Wei.OneTao.Value),
        3,
        600,
        600,
        30 * 3_600,
        36 * 3_600,
        2,
        Wei.From(100 * Wei.OneTao.Value),
        default
    );

    private readonly List<RegistryFact> _facts =
    [
        new RegistryFact.ParametersScheduled(1, 1, new EpochId(0), "rules=1\n"),
        new RegistryFact.Created(1, Rules),
        .. Enumerable.Range(1, 5).Select(i => new RegistryFact.Bonded(2, Number(i), Bonded(2_000))),
        new RegistryFact.EpochClosed(T, Epoch, new Rao(5)),
    ];

    [Fact]
    public void It_commits_in_the_window_once_it_has_something_to_commit_to()
    {
        Assert.Equal([new RegistryDuty.Commit(Number(1), Reveals - 1, Epoch)], Duties(1, T + 50));
        Assert.Equal([new RegistryDuty.Commit(Number(1), Reveals - 1, Epoch)], Duties(1, Reveals - 1));
        Assert.Empty(Duties(1, Reveals));
        Assert.Empty(Duties(1, T + 50, knows: false));
        Assert.Empty(Duties(9, T + 50));
        Commit(1, Own(1));
        Assert.Empty(Duties(1, T + 60));
    }

    [Fact]
    public void It_states_what_it_has_committed_to_once_nobody_can_copy_it()
    {
        Commit(1, Own(1));
        Assert.Empty(Duties(1, Reveals - 1));
        Assert.Equal([new RegistryDuty.Attest(Number(1), Ends - 1, 1)], Duties(1, Reveals));
        Assert.Equal([new RegistryDuty.Attest(Number(1), Ends - 1, 1)], Duties(1, Ends - 1));
        Assert.Empty(Duties(1, Ends));
        Attest(1, Say(100));
        Assert.Empty(Duties(1, Reveals + 1));
    }

    [Fact]
    public void It_takes_no_part_where_somebody_else_has_committed_for_it_until_that_is_voided()
    {
        Commit(1, Own(2));
        Assert.Empty(Duties(1, T + 50));
        Assert.Empty(Duties(1, Reveals));
        Assert.Equal(Abstention.AnotherCommitment, Of(T + 50).AbstentionOf(Number(1)));
        _facts.Add(new RegistryFact.CommitmentVoided(T + 60, 1, Number(1)));
        Assert.Equal(Abstention.None, Of(T + 70).AbstentionOf(Number(1)));
        Assert.Equal([new RegistryDuty.Commit(Number(1), Reveals - 1, Epoch)], Duties(1, T + 70));
    }

    [Fact]
    public void Each_has_its_turn_to_punish_and_none_its_own_way()
    {
        for (var i = 1; i <= 4; i++)
            Commit(i, Own(i));
        for (var i = 1; i <= 3; i++)
            Attest(i, Say(100));
        _facts.Add(new RegistryFact.Settled(Reveals + 2, 1, Hash(100)));
        Attest(4, Say(200));
        Assert.Empty(Duties(1, Ends - 1).OfType<RegistryDuty.Punish>());
        var last = T + Rules.EvidenceSeconds - 1;
        for (var turn = 0UL; turn < 5; turn++)
        {
            var at = Ends + turn * RegistryDuties.Turn;
            Assert.Equal((int)turn + 1, Enumerable.Range(1, 5).Count(i => Duties(i, at).Any()));
            Assert.Equal((int)turn, Enumerable.Range(1, 5).Count(i => Duties(i, at - 1).Any()));
        }

        Assert.Equal([new RegistryDuty.Punish(Number(5), last, 1, Number(4))], Duties(5, last));
        Assert.Empty(Duties(5, last + 1));
        _facts.Add(new RegistryFact.Slashed(Ends + 1, 1, Number(4), Severity.Critical, 0, 1_000 * Wei.OneTao.Value));
        Assert.Empty(Duties(5, last));
    }

    [Fact]
    public void Who_stays_away_is_marked_and_wakes_by_itself()
    {
        for (var round = 1; round <= 2; round++)
        {
            var closed = T + (ulong)round * 3_600;
            _facts.Add(new RegistryFact.EpochClosed(closed, new EpochId(7 + (ulong)round), new Rao(5)));
            _facts.Add(new RegistryFact.RoundOpened(closed + 1, round, new EpochId(7 + (ulong)round), closed, 10_000));
            foreach (var there in (int[])[1, 2, 3, 4])
                _facts.Add(new RegistryFact.Attested(closed + 601, round, Number(there), Hash(100), 2_000, Say(100)));
        }

        var over = T + 2 * 3_600 + 1_200;
        Assert.Empty(Duties(1, over - 1, knows: false));
        Assert.Equal([new RegistryDuty.MarkDormant(Number(1), ulong.MaxValue, Number(5))], Duties(1, over + 1_000, knows: false));
        _facts.Add(new RegistryFact.Dormant(over + 10, Number(5)));
        Assert.Empty(Duties(1, over + 1_000, knows: false));
        Assert.Equal([new RegistryDuty.Wake(Number(5), ulong.MaxValue)], Duties(5, over + 20, knows: false));
    }

    [Fact]
    public void Before_the_registry_or_an_epoch_there_is_nothing_to_do()
    {
        var duties = new RegistryDuties(RegistryBook.Initial, T, (_, _) => Own(1), Sha);
        Assert.Empty(duties.Of(Number(1)));
        Assert.Equal(Abstention.None, duties.AbstentionOf(Number(1)));
    }

    private RegistryDuties Of(ulong time, bool knows = true) =>
        new(
            _facts.Aggregate(RegistryBook.Initial, (book, fact) => book.After(fact)),
            time,
            (validator, _) =>
                knows ? Own(int.Parse(validator.ToString()[^2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)) : null,
            Sha
        );

    private IReadOnlyList<RegistryDuty> Duties(int validator, ulong time, bool knows = true) => [.. Of(time, knows).Of(Number(validator))];

    private void Commit(int validator, Hash256 commitment)
    {
        if (!_facts.OfType<RegistryFact.RoundOpened>().Any())
            _facts.Add(new RegistryFact.RoundOpened(T + 1, 1, Epoch, T, 10_000));
        _facts.Add(new RegistryFact.Committed(T + 1, 1, Number(validator), commitment));
    }

    private void Attest(int validator, Stated said) =>
        _facts.Add(new RegistryFact.Attested(Reveals + 1, 1, Number(validator), Hash((int)said.Statement.Nav.Value), 2_000, said));

    private static Stated Say(int nav) =>
        new(new Statement(Epoch, 1, Hash256.Zero, TaoPerToken.From((UInt128)nav), Wei.Zero, Hash256.Zero, Hash256.Zero, Hash256.Zero), []);

    private static RegistryAccount Bonded(ulong tao) => RegistryAccount.None with { Bond = Wei.From(tao * Wei.OneTao.Value) };

    private static Address Number(int number) => Address.Parse("0x" + number.ToString("x40", CultureInfo.InvariantCulture));

    private static Hash256 Hash(int number) => Hash256.Parse("0x" + number.ToString("x64", CultureInfo.InvariantCulture));

    private static Hash256 Own(int validator) => Hash(1_000 + validator);

    private static Hash256 Sha(ReadOnlySpan<byte> data) => new(SHA256.HashData(data));
}
