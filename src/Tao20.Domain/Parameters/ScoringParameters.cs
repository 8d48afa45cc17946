using Tao20.Domain.Epochs;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Parameters;

/// <summary>All numbers of the rules that decide what counts, who ranks where, and who is paid what.</summary>
/// <param name="Eligibility">Which trades count for the score.</param>
/// <param name="Score">How volume becomes a score.</param>
/// <param name="Rewards">How an epoch's emission is divided.</param>
public sealed record ScoringParameters(EligibilityRules Eligibility, ScoreRules Score, RewardRules Rewards)
{
    /// <summary>The defaults of the TAO20 specification.</summary>
    public static readonly ScoringParameters Default = new(EligibilityRules.Default, ScoreRules.Default, RewardRules.Default);

    /// <summary>Every number that is out of its range; empty when all are in theirs.</summary>
    public IReadOnlyList<ParameterError> Validate() => [.. Eligibility.Validate(), .. Score.Validate(), .. Rewards.Validate()];
}

/// <summary>The parameters in force from an epoch on. Old epochs replay with old parameters.</summary>
/// <param name="Version">Counts the changes, from 1.</param>
/// <param name="FromEpoch">The first epoch they hold for.</param>
/// <param name="Parameters">The numbers.</param>
public sealed record ParametersVersion(uint Version, EpochId FromEpoch, ScoringParameters Parameters);

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

    /// <summary>All versions, oldest first.</summary>
    public IReadOnlyList<ParametersVersion> Versions => _versions;

    /// <summary>The newest version.</summary>
    public ParametersVersion Latest => _versions[^1];

    /// <summary>The version that holds in <paramref name="epoch"/>; the oldest for an epoch before all of them.</summary>
    public ParametersVersion At(EpochId epoch) =>
        Array.FindLast(_versions, version => version.FromEpoch.Value <= epoch.Value) ?? _versions[0];

    /// <summary>
    /// The schedule once <paramref name="wanted"/> are the newest parameters: the same when they already are, otherwise with one
    /// more version, in force from the epoch after <paramref name="open"/> (a running epoch keeps its rules).
    /// </summary>
    public ParameterSchedule Adopt(ScoringParameters wanted, EpochId open)
    {
        if (Latest.Parameters == wanted)
            return this;

        var from = Latest.FromEpoch.Value > open.Value ? Latest.FromEpoch : open.Next;
        var kept = _versions.Where(version => version.FromEpoch.Value < from.Value);
        return new ParameterSchedule([.. kept, new ParametersVersion(Latest.Version + 1, from, wanted)]);
    }
}
