using System.Globalization;
using System.Numerics;
using System.Text;
using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Parameters;

/// <summary>All numbers of the rules: what counts, who ranks where, who is paid what, and how validators agree.</summary>
/// <param name="Eligibility">Which trades count for the score.</param>
/// <param name="Score">How volume becomes a score.</param>
/// <param name="Rewards">How an epoch's emission is divided.</param>
/// <param name="Consensus">How validators agree, and what a violation is.</param>
public sealed record DomainParameters(EligibilityRules Eligibility, ScoreRules Score, RewardRules Rewards, ConsensusRules Consensus)
{
    /// <summary>The defaults of the TAO20 specification.</summary>
    public static readonly DomainParameters Default = new(
        EligibilityRules.Default,
        ScoreRules.Default,
        RewardRules.Default,
        ConsensusRules.Default
    );

    /// <summary>Every number that is out of its range; empty when all are in theirs.</summary>
    public IReadOnlyList<ParameterError> Validate() =>
        [.. Setting.Check(Eligibility), .. Score.Validate(), .. Setting.Check(Rewards), .. Setting.Check(Consensus)];

    /// <summary>
    /// The canonical encoding: a line of stable name and value for each number, in the order of the table. Whoever attests says by
    /// its hash which rules were applied; two texts side by side show where they differ.
    /// </summary>
    public string CanonicalText() =>
        string.Concat(Numbers().Select(number => $"{number.Name}={number.Value.ToString(CultureInfo.InvariantCulture)}\n"));

    /// <summary>The hash of <see cref="CanonicalText"/> in ASCII.</summary>
    public Hash256 Hash(Keccak256 keccak) => keccak(Encoding.ASCII.GetBytes(CanonicalText()));

    private IEnumerable<(string Name, BigInteger Value)> Numbers() =>
        from part in new object[] { Eligibility, Score, Rewards, Consensus }
        from setting in Setting.Of(part.GetType())
        select (setting.StableName, setting.NumberIn(part)!.Value);
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
}
