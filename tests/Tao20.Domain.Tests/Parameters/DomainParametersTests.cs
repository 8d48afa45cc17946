using System.Security.Cryptography;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Parameters;

/// <summary>The text of the rules' numbers, and which hold when (source: the consensus rules, The registry: parameters).</summary>
[Trait("Category", "Fast")]
public sealed class DomainParametersTests
{
    private static readonly string Text = DomainParameters.Default.Text();

    [Fact]
    public void A_text_says_every_number_that_affects_a_result_and_is_read_as_what_was_written()
    {
        Assert.Equal(
            """
            rulesversion=2
            scoring.eligibility.burstseconds=60
            scoring.eligibility.bursttrades=10
            scoring.eligibility.dustwei=10000000000000000
            scoring.eligibility.roundtripseconds=300
            scoring.eligibility.slotseconds=300
            scoring.rewards.emissionrao=100000000000
            scoring.rewards.tierpercent=25
            scoring.rewards.validatorpercent=5
            scoring.score.consistencytenths=1
            scoring.score.frequencytenths=2
            scoring.score.minimumwei=1000000000000000000
            scoring.score.mintpercent=110
            scoring.score.redeempercent=100
            scoring.score.volumetenths=7
            statement.associations=256
            statement.navgas=50000000

            """,
            Text
        );
        Assert.Equal(DomainParameters.Default, DomainParameters.TryParse(Text, out var problem));
        Assert.Null(problem);
        var other = DomainParameters.Default with { Rewards = DomainParameters.Default.Rewards with { TierPercent = 26 } };
        Assert.Equal(other, DomainParameters.TryParse(other.Text(), out _));
    }

    [Theory]
    [InlineData("rulesversion=2", "rulesversion=1", "rulesversion is 1: this version knows 2")]
    [InlineData("rulesversion=2\n", "", "rulesversion is missing")]
    [InlineData("statement.associations=256\n", "", "statement.associations is missing")]
    [InlineData("statement.navgas", "statement.navgaz", "statement.navgaz is no key of the rules 2")]
    [InlineData("tierpercent=25", "tierpercent=51", "Scoring:Rewards:TierPercent = 51")]
    [InlineData("tierpercent=25", "tierpercent=-1", "-1")]
    [InlineData("tierpercent=25", "tierpercent=99999999999", "99999999999")]
    [InlineData("volumetenths=7", "volumetenths=8", "tenths")]
    [InlineData("rulesversion=2\n", "rulesversion=2\r\n", "line 1")]
    public void Whatever_is_not_exactly_the_rules_known_is_named(string from, string to, string words)
    {
        Assert.Null(DomainParameters.TryParse(Text.Replace(from, to, StringComparison.Ordinal), out var problem));
        Assert.Contains(words, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_registry_schedules_holds_from_its_epoch_on_in_place_of_all_that_was_to_hold_from_there()
    {
        var schedule = ParameterSchedule
            .Of(DomainParameters.Default)
            .After([Scheduled(1, 0, 25), Scheduled(2, 100, 30), Scheduled(3, 80, 20)]);
        Assert.Equal([25, 25, 20, 20], new ulong[] { 0, 79, 80, 120 }.Select(epoch => TierOf(schedule, epoch)));
        Assert.Same(schedule, schedule.After([Scheduled(3, 80, 20), Scheduled(2, 100, 30)]));

        // Rules that are not known here change no number.
        var unknown = schedule.After([new RegistryFact.ParametersScheduled(1, 4, new EpochId(200), "rulesversion=9\n")]);
        Assert.Equal((20, 4u), (TierOf(unknown, 200), unknown.Latest.Version));
    }

    [Fact]
    public void The_hash_is_of_the_bytes_of_the_text() =>
        Assert.Equal(new Hash256(SHA256.HashData("a=1\n"u8)), DomainParameters.HashOf("a=1\n", data => new Hash256(SHA256.HashData(data))));

    private static int TierOf(ParameterSchedule schedule, ulong epoch) => schedule.At(new EpochId(epoch)).Parameters.Rewards.TierPercent;

    private static RegistryFact.ParametersScheduled Scheduled(long version, ulong from, int tier) =>
        new(
            1,
            version,
            new EpochId(from),
            (DomainParameters.Default with { Rewards = DomainParameters.Default.Rewards with { TierPercent = tier } }).Text()
        );
}
