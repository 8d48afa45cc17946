using System.Globalization;
using System.Numerics;
using System.Text;
using Tao20.Domain.Ranking;
using Tao20.Domain.Registry;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Parameters;

/// <summary>All numbers of the rules that affect a result: what counts, who ranks where, who gets what, how the chain is asked.</summary>
/// <param name="Eligibility">Which trades count for the score.</param>
/// <param name="Score">How volume becomes a score.</param>
/// <param name="Rewards">How an epoch's emission is divided.</param>
/// <param name="Statement">How the chain is asked for what is stated.</param>
public sealed record DomainParameters(EligibilityRules Eligibility, ScoreRules Score, RewardRules Rewards, StatementRules Statement)
{
    /// <summary>
    /// Which rules these are the numbers of. It changes with the meaning of any of them: a node that does not know it states nothing.
    /// </summary>
    public const int RulesVersion = 2;

    /// <summary>The key of <see cref="RulesVersion"/> in a text.</summary>
    public const string VersionKey = "rulesversion";

    /// <summary>The defaults of the TAO20 specification.</summary>
    public static readonly DomainParameters Default = new(
        EligibilityRules.Default,
        ScoreRules.Default,
        RewardRules.Default,
        StatementRules.Default
    );

    /// <summary>Every number that is out of its range; empty when all are in theirs.</summary>
    public IReadOnlyList<ParameterError> Validate() =>
        [.. Eligibility.Validate(), .. Score.Validate(), .. Setting.Check(Rewards), .. Setting.Check(Statement)];

    /// <summary>The canonical text, as it is proposed to a registry and hashed in statements.</summary>
    public string Text() => ParameterText.Write(Numbers());

    /// <summary>The hash of a text, whose characters are a byte each.</summary>
    public static Hash256 HashOf(string text, Keccak256 keccak) => keccak(Encoding.Latin1.GetBytes(text));

    /// <summary>The parameters that a text says.</summary>
    /// <param name="text">The text, a character for each byte.</param>
    /// <param name="problem">Why there are none: it is not canonical, or its rules are not known here, with the key and the remedy.</param>
    public static DomainParameters? TryParse(string text, out string? problem)
    {
        problem = ParameterText.TryRead(text, out var numbers);
        if (problem is not null)
            return null;
        if (!numbers.TryGetValue(VersionKey, out var version) || version != RulesVersion)
        {
            problem = $"{VersionKey} is {(numbers.ContainsKey(VersionKey) ? version : "missing")}: this version knows {RulesVersion}";
            return null;
        }

        var errors = new List<string>();
        var parameters = new DomainParameters(
            Setting.Read(Default.Eligibility, Of, errors),
            Setting.Read(Default.Score, Of, errors),
            Setting.Read(Default.Rewards, Of, errors),
            Setting.Read(Default.Statement, Of, errors)
        );
        errors.AddRange(parameters.Validate().Select(error => error.ToString()));
        var keys = Default.Numbers().Select(number => number.Key).ToList();
        errors.AddRange(keys.Except(numbers.Keys).Select(key => $"{key} is missing"));
        errors.AddRange(numbers.Keys.Except(keys).Select(key => $"{key} is no key of the rules {RulesVersion}"));
        problem = errors.Count == 0 ? null : string.Join("; ", errors);
        return errors.Count == 0 ? parameters : null;

        string? Of(Setting setting) =>
            numbers.TryGetValue(KeyOf(setting), out var number) ? number.ToString(CultureInfo.InvariantCulture) : null;
    }

    private IEnumerable<KeyValuePair<string, BigInteger>> Numbers() =>
        new object[] { Eligibility, Score, Rewards, Statement }
            .SelectMany(part => Setting.Of(part.GetType()).Select(one => KeyValuePair.Create(KeyOf(one), one.NumberIn(part)!.Value)))
            .Prepend(KeyValuePair.Create(VersionKey, (BigInteger)RulesVersion));

    private static string KeyOf(Setting setting) => setting.StableName.Replace(':', '.').ToLowerInvariant();
}

/// <summary>The parameters in force from an epoch on. Old epochs replay with old parameters.</summary>
/// <param name="Version">Counts the changes, from 1.</param>
/// <param name="FromEpoch">The first epoch they hold for.</param>
/// <param name="Parameters">The numbers.</param>
public sealed record ParametersVersion(uint Version, EpochId FromEpoch, DomainParameters Parameters);

/// <summary>Which parameters hold in which epoch: a list of versions, each from its first epoch on.</summary>
public sealed class ParameterSchedule
{
    private readonly ParametersVersion[] _versions;

    /// <summary>A schedule of these versions.</summary>
    /// <exception cref="ArgumentException">None given, or not in ascending order of version and epoch.</exception>
    public ParameterSchedule(IEnumerable<ParametersVersion> versions)
    {
        _versions = versions.ToArray();
        if (_versions.Length == 0)
            throw new ArgumentException("A schedule needs at least one version of the parameters.", nameof(versions));
        for (var i = 1; i < _versions.Length; i++)
        {
            if (_versions[i].FromEpoch.Value <= _versions[i - 1].FromEpoch.Value || _versions[i].Version <= _versions[i - 1].Version)
                throw new ArgumentException("The versions of a schedule must ascend.", nameof(versions));
        }
    }

    /// <summary>These parameters in every epoch.</summary>
    public static ParameterSchedule Of(DomainParameters parameters) => new([new ParametersVersion(1, default, parameters)]);

    /// <summary>All versions, oldest first.</summary>
    public IReadOnlyList<ParametersVersion> Versions => _versions;

    /// <summary>The newest version.</summary>
    public ParametersVersion Latest => _versions[^1];

    /// <summary>The version that holds in <paramref name="epoch"/>; the oldest for an epoch before all of them.</summary>
    public ParametersVersion At(EpochId epoch)
    {
        // Asked for each trade: without a closure that would be garbage for each trade.
        var at = _versions.Length - 1;
        while (at > 0 && _versions[at].FromEpoch.Value > epoch.Value)
            at--;
        return _versions[at];
    }

    /// <summary>
    /// The schedule once <paramref name="wanted"/> are the newest parameters: the same when they already are, otherwise with one
    /// more version, in force from the epoch after <paramref name="open"/> (a running epoch keeps its rules).
    /// </summary>
    public ParameterSchedule Adopt(DomainParameters wanted, EpochId open)
    {
        if (Latest.Parameters == wanted)
            return this;

        var from = Latest.FromEpoch.Value > open.Value ? Latest.FromEpoch : open.Next;
        var kept = _versions.Where(version => version.FromEpoch.Value < from.Value);
        return new ParameterSchedule([.. kept, new ParametersVersion(Latest.Version + 1, from, wanted)]);
    }

    /// <summary>
    /// The schedule after what a registry says: what it schedules holds from an epoch on, in place of all that was to hold from there.
    /// Where its rules are not known here, the numbers before it are kept: trades go on being counted, and nothing is stated.
    /// </summary>
    public ParameterSchedule After(IEnumerable<RegistryFact> facts) =>
        facts
            .OfType<RegistryFact.ParametersScheduled>()
            .Where(one => one.Version > Latest.Version)
            .Aggregate(
                this,
                (schedule, one) =>
                    new ParameterSchedule([
                        .. schedule._versions.Where(version => version.FromEpoch.Value < one.FromEpoch.Value),
                        new ParametersVersion(
                            (uint)one.Version,
                            one.FromEpoch,
                            DomainParameters.TryParse(one.Text, out _) ?? schedule.At(one.FromEpoch).Parameters
                        ),
                    ])
            );
}
