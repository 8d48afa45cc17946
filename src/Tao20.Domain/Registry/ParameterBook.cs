using System.Collections.Immutable;
using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>A text of parameters that holds from an epoch on.</summary>
/// <param name="Version">Counts the changes, from 1.</param>
/// <param name="FromEpoch">The first epoch it holds for.</param>
/// <param name="Text">The canonical text.</param>
public sealed record ScheduledParameters(long Version, EpochId FromEpoch, string Text);

/// <summary>Parameters that are proposed.</summary>
/// <param name="Number">The proposal.</param>
/// <param name="Proposer">By whom.</param>
/// <param name="FromEpoch">The first epoch they would hold for.</param>
/// <param name="Text">The text.</param>
/// <param name="Key">What is endorsed: the hash of the epoch and the text.</param>
/// <param name="Epoch">The epoch in which it was proposed.</param>
/// <param name="Version">The latest version at that time: once there is another it can no longer be adopted.</param>
/// <param name="Endorsers">Who agrees, and with which stake.</param>
public sealed record ProposedParameters(
    long Number,
    Address Proposer,
    EpochId FromEpoch,
    string Text,
    Hash256 Key,
    EpochId Epoch,
    long Version,
    ImmutableSortedDictionary<Address, UInt128> Endorsers
);

/// <summary>Which parameters hold in which epoch, and which are proposed (source: Contracts/Registry/Parameters.sol).</summary>
/// <param name="Schedule">What was ever scheduled, in its order.</param>
/// <param name="Proposals">What can still be adopted.</param>
public sealed record ParameterBook(ImmutableList<ScheduledParameters> Schedule, ImmutableList<ProposedParameters> Proposals)
{
    /// <summary>For how many epochs after its own a proposal can be adopted.</summary>
    public const ulong AdoptableEpochs = 24;

    /// <summary>Nothing is scheduled.</summary>
    public static readonly ParameterBook Initial = new([], []);

    /// <summary>What holds for an epoch: of all that begins by then, what was scheduled last.</summary>
    public ScheduledParameters? Of(EpochId epoch) => Schedule.FindLast(one => one.FromEpoch.Value <= epoch.Value);

    /// <summary>The book after a fact.</summary>
    /// <param name="fact">The fact; those that are not about parameters change nothing.</param>
    /// <param name="running">The epoch that runs.</param>
    internal ParameterBook After(RegistryFact fact, EpochId running) =>
        fact switch
        {
            RegistryFact.ParametersScheduled one => this with
            {
                Schedule = Schedule.Add(new ScheduledParameters(one.Version, one.FromEpoch, one.Text)),
                Proposals = [],
            },
            RegistryFact.Proposed one => this with
            {
                Proposals = Proposals.Add(
                    new ProposedParameters(
                        one.Number,
                        one.Proposer,
                        one.FromEpoch,
                        one.Text,
                        one.Key,
                        running,
                        Schedule[^1].Version,
                        ImmutableSortedDictionary<Address, UInt128>.Empty
                    )
                ),
            },
            RegistryFact.Endorsed one when Proposals.Find(open => open.Number == one.Number) is { } open => this with
            {
                Proposals = Proposals.Replace(open, open with { Endorsers = open.Endorsers.SetItem(one.Validator, one.Stake) }),
            },
            RegistryFact.ProposalEnded one => this with { Proposals = Proposals.RemoveAll(open => open.Number == one.Number) },
            _ => this,
        };

    /// <summary>Without what can no longer be adopted, as an epoch begins.</summary>
    internal ParameterBook At(EpochId running) =>
        this with
        {
            Proposals = Proposals.RemoveAll(one => running.Value > one.Epoch.Value + AdoptableEpochs),
        };
}
