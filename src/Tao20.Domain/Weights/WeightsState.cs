using System.Collections.Immutable;
using Tao20.Domain.Epochs;
using Tao20.Domain.Units;

namespace Tao20.Domain.Weights;

/// <summary>How far the weights of an epoch are.</summary>
public enum WeightsStage : byte
{
    /// <summary>The subnet takes them later: the rate limit has not passed.</summary>
    Waiting = 0,

    /// <summary>On their way, in the clear.</summary>
    Setting = 1,

    /// <summary>On their way, as a commit.</summary>
    Committing = 2,

    /// <summary>Committed to; they are revealed when their tempo comes.</summary>
    Committed = 3,

    /// <summary>On their way, in the clear, after the commit.</summary>
    Revealing = 4,

    /// <summary>Set on the subnet, finally.</summary>
    Set = 5,

    /// <summary>Not set: the subnet does not take them.</summary>
    Refused = 6,

    /// <summary>Not set: those of a later epoch came first.</summary>
    Superseded = 7,
}

/// <summary>The weights of one epoch on their way to the subnet.</summary>
/// <param name="Closed">The epoch.</param>
/// <param name="Stage">How far they are.</param>
/// <param name="Weights">As sent; before that, as computed.</param>
/// <param name="WithoutUid">Paid miners without a UID: listed and skipped.</param>
/// <param name="VersionKey">The version key they name.</param>
/// <param name="Salt">What hides a commit; empty when they are set in the clear.</param>
/// <param name="Attempts">How often a transaction was asked for in this stage.</param>
/// <param name="CommittedAt">The final block of the commit; 0 without one.</param>
/// <param name="DoneAt">The final block in which they were first seen on chain, committed or set; 0 before.</param>
/// <param name="DoneSeconds">Chain time from the epoch's end to that block.</param>
/// <param name="Reason">Why they wait or were refused; null when there is nothing to say.</param>
public sealed record WeightsProgress(
    ClosedEpoch Closed,
    WeightsStage Stage,
    IReadOnlyList<SubnetWeight> Weights,
    IReadOnlyList<Address> WithoutUid,
    ulong VersionKey,
    IReadOnlyList<ushort> Salt,
    int Attempts,
    ulong CommittedAt,
    ulong DoneAt,
    ulong DoneSeconds,
    string? Reason
)
{
    /// <summary>Who had each of the weights' UIDs at the end of the epoch; empty in journals of before.</summary>
    public IReadOnlyList<NeuronIdentity> Neurons { get; init; } = [];

    /// <summary>UIDs that had gone to somebody else by the time the weights were sent: left out.</summary>
    public IReadOnlyList<ushort> Recycled { get; init; } = [];

    /// <summary>The epoch of the subnet the commit counts for; null before the chain has said it.</summary>
    public ulong? CommitEpoch { get; init; }

    /// <summary>The last block in which what is on its way is of use; 0 for any.</summary>
    public ulong LastBlock { get; init; }

    /// <summary>The final block in which they were set or revealed; 0 before, and in journals of before.</summary>
    public ulong SetAt { get; init; }

    /// <summary>Nothing more happens to them.</summary>
    public bool Ended => Stage is WeightsStage.Set or WeightsStage.Refused or WeightsStage.Superseded;
}

/// <summary>A reason to think that weights do not arrive.</summary>
/// <param name="Text">The reason.</param>
/// <param name="Since">When it was first seen, in Unix seconds.</param>
public sealed record RaisedAlarm(string Text, ulong Since);

/// <summary>The weights of one validator, epoch by epoch.</summary>
/// <param name="Recent">The latest epochs, oldest first.</param>
public sealed record WeightsState(ImmutableList<WeightsProgress> Recent)
{
    /// <summary>How many ended epochs are remembered; those on their way are never forgotten.</summary>
    public const int Kept = 64;

    /// <summary>How often a transaction is asked for before the weights are given up.</summary>
    public const int MaxAttempts = 5;

    /// <summary>None yet.</summary>
    public static readonly WeightsState Initial = new([]);

    /// <summary>Why weights do not arrive, as the chain showed last; empty when they do. Not kept.</summary>
    public IReadOnlyList<RaisedAlarm> Alarms { get; init; } = [];

    /// <summary>The weights of an epoch; null when there are none.</summary>
    public WeightsProgress? Of(EpochId epoch) => Recent.FindLast(progress => progress.Closed.Epoch == epoch);

    /// <summary>Whether an epoch has been taken up, or a later one has.</summary>
    public bool Knows(ClosedEpoch closed) => Recent.Count > 0 && Recent[^1].Closed.ClosedAt >= closed.ClosedAt;

    /// <summary>The state after weights have moved on; what is new stands last.</summary>
    public WeightsState Evolve(WeightsProgress moved)
    {
        var known = Recent.FindIndex(progress => progress.Closed.Epoch == moved.Closed.Epoch);
        var recent = known >= 0 ? Recent.SetItem(known, moved) : Recent.Add(moved);
        return new WeightsState(
            recent.Count > Kept && recent.FindIndex(progress => progress.Ended) is >= 0 and var ended ? recent.RemoveAt(ended) : recent
        );
    }

    /// <summary>
    /// What becomes of weights by what the chain says, when their transaction is not on its way: null when nothing does.
    /// </summary>
    /// <param name="progress">The weights.</param>
    /// <param name="view">The subnet at the chain's latest block.</param>
    /// <param name="salt">A fresh salt, should one be needed.</param>
    public WeightsProgress? Decide(WeightsProgress progress, SubnetView view, Func<IReadOnlyList<ushort>> salt) =>
        progress.Stage switch
        {
            WeightsStage.Waiting when Recent[^1].Closed.Epoch != progress.Closed.Epoch => progress with
            {
                Stage = WeightsStage.Superseded,
                Reason = $"epoch {Recent[^1].Closed.Epoch} was over first",
            },
            // One at a time: what is on its way moves the neuron's last update, from which the rate limit counts.
            WeightsStage.Waiting when Recent.Any(other => other.Stage is WeightsStage.Setting or WeightsStage.Committing) => null,
            WeightsStage.Waiting => Begin(progress, view, salt),
            WeightsStage.Committed => Reveal(progress, view),
            _ => null,
        };

    private static WeightsProgress? Begin(WeightsProgress progress, SubnetView view, Func<IReadOnlyList<ushort>> salt)
    {
        // Weights that were computed while the subnet was being read: their neurons have not been asked for.
        if (progress.Neurons.Any(neuron => !view.Neurons.ContainsKey(neuron.Uid)))
            return null;
        var rules = view.Rules;
        if (view.Self is not { } self)
            return Refused(progress, "the account has no neuron on the subnet: register one with its coldkey as hotkey");
        if (!self.Permit)
            return Refused(progress, $"UID {self.Uid} has no validator permit on the subnet: it needs more stake there");
        var kept = SameNeurons(progress, view, out var recycled);
        if (rules.Fit(kept, out var problem) is not { } fit)
            return Refused(progress with { Recycled = recycled }, problem!);

        // By the latest block and not by the next one, in which the transaction can be: at the latest it is simulated.
        if (self.LastUpdate > 0 && view.Block < self.LastUpdate + rules.RateLimitBlocks)
            return Wait(
                $"the subnet takes weights from block {self.LastUpdate + rules.RateLimitBlocks} on: the last were set in block "
                    + $"{self.LastUpdate}"
            );
        if (rules.CommitReveal && view.Commits.Count(Open) is >= WeightRules.MaxOpenCommits and var open)
            return Wait($"{open} commits are open, and the subnet takes no more than {WeightRules.MaxOpenCommits}");
        return progress with
        {
            Stage = rules.CommitReveal ? WeightsStage.Committing : WeightsStage.Setting,
            Weights = fit,
            Recycled = recycled,
            VersionKey = rules.VersionKey,
            Salt = rules.CommitReveal ? salt() : [],
            Attempts = progress.Attempts + 1,
            Reason = null,
        };

        WeightsProgress? Wait(string reason) => progress.Reason == reason ? null : progress with { Reason = reason };

        bool Open(OpenCommit commit) => commit.Epoch + rules.RevealPeriod >= rules.Clock.Index;
    }

    /// <summary>The weights of those that still have the UID they had at the end of the epoch: nobody is paid for another.</summary>
    private static List<SubnetWeight> SameNeurons(WeightsProgress progress, SubnetView view, out List<ushort> recycled)
    {
        var same = progress.Neurons.Where(neuron => view.Neurons[neuron.Uid] == neuron).Select(neuron => neuron.Uid).ToHashSet();
        var kept = progress.Weights.ToLookup(weight => progress.Neurons.Count == 0 || weight.Weight == 0 || same.Contains(weight.Uid));
        recycled = [.. progress.Recycled, .. kept[false].Select(weight => weight.Uid)];
        return [.. kept[true]];
    }

    private static WeightsProgress? Reveal(WeightsProgress progress, SubnetView view)
    {
        // An endpoint that is behind does not know the commit yet.
        if (view.Block < progress.CommittedAt)
            return null;
        if (progress.CommitEpoch is not { } epoch)
        {
            return view.Commits.Where(commit => commit.Block == progress.CommittedAt).Cast<OpenCommit?>().FirstOrDefault() is { } commit
                ? progress with
                {
                    CommitEpoch = commit.Epoch,
                }
                : Refused(progress, $"the chain no longer has the commit of block {progress.CommittedAt}");
        }

        var (current, due) = (view.Rules.Clock.Current, epoch + view.Rules.RevealPeriod);
        if (current < due)
            return null;
        return current > due
            ? Refused(
                progress,
                $"the commit of block {progress.CommittedAt} could be revealed in epoch {due} of the subnet and was not: it is "
                    + $"{current} now"
            )
            : progress with
            {
                Stage = WeightsStage.Revealing,
                LastBlock = view.Rules.Clock.LastBlock,
                Attempts = progress.Attempts + 1,
                Reason = null,
            };
    }

    /// <summary>After a transaction that came to nothing: tried again, or given up.</summary>
    public static WeightsProgress Failed(WeightsProgress progress, string reason) =>
        progress.Attempts >= MaxAttempts
            ? Refused(progress, $"{reason}; tried {progress.Attempts} times")
            : progress with
            {
                Stage = progress.Stage == WeightsStage.Revealing ? WeightsStage.Committed : WeightsStage.Waiting,
                LastBlock = 0,
                Reason = reason,
            };

    /// <summary>After a transaction is final.</summary>
    /// <param name="progress">The weights.</param>
    /// <param name="block">The block it is in.</param>
    /// <param name="time">That block's time, in Unix seconds.</param>
    public static WeightsProgress Done(WeightsProgress progress, ulong block, ulong time)
    {
        var done =
            progress.DoneAt > 0
                ? progress
                : progress with
                {
                    DoneAt = block,
                    DoneSeconds = time - Math.Min(time, progress.Closed.Timestamp),
                };
        return progress.Stage == WeightsStage.Committing
            ? done with
            {
                Stage = WeightsStage.Committed,
                CommittedAt = block,
                Attempts = 0,
            }
            : done with
            {
                Stage = WeightsStage.Set,
                SetAt = block,
            };
    }

    private static WeightsProgress Refused(WeightsProgress progress, string reason) =>
        progress with
        {
            Stage = WeightsStage.Refused,
            Reason = reason,
        };
}
