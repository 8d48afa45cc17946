using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Domain.Consensus;

/// <summary>What is known of one validator.</summary>
/// <param name="Validator">Its account.</param>
/// <param name="Stake">Its bond.</param>
/// <param name="Standing">Where it stands.</param>
/// <param name="Rounds">Rounds that judged it.</param>
/// <param name="Agreed">Of these, those in which it agreed with the reference.</param>
/// <param name="Violations">Violations found.</param>
/// <param name="Slashes">Slashes executed.</param>
/// <param name="SlashedWei">What they took, in wei.</param>
/// <param name="ViolationRounds">The numbers of its latest violations' rounds, oldest first.</param>
/// <param name="Attendance">Its latest rounds, oldest first: the epoch, and whether it was missed.</param>
public sealed record ValidatorRecord(
    Address Validator,
    Wei Stake,
    Standing Standing,
    long Rounds,
    long Agreed,
    long Violations,
    long Slashes,
    UInt128 SlashedWei,
    IReadOnlyList<long> ViolationRounds,
    IReadOnlyList<Attendance> Attendance
)
{
    /// <summary>How many attendances and violations are remembered at most.</summary>
    public const int Remembered = 100;

    /// <summary>Nothing yet.</summary>
    public static ValidatorRecord Initial(Address validator) => new(validator, Wei.Zero, Standing.Initial, 0, 0, 0, 0, 0, [], []);

    /// <summary>How far it has earned trust.</summary>
    public Ratio Reputation => Consensus.Reputation.Of(Rounds, Agreed, Violations, Slashes);

    /// <summary>How many of the last rounds it missed.</summary>
    public int Missed(int window) => Attendance.TakeLast(window).Count(attendance => attendance.Missed);
}

/// <summary>Whether a validator was there.</summary>
/// <param name="Epoch">The round's epoch.</param>
/// <param name="Missed">It did not attest in time.</param>
public readonly record struct Attendance(EpochId Epoch, bool Missed);
