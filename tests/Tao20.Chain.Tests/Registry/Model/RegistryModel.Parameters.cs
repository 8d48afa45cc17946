using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>A proposal of parameters.</summary>
internal sealed record ProposalModel(int Number, int Proposer, int FromEpoch, string Text, int Epoch, int Version, long ProposedAt)
{
    public HashSet<int> Endorsers { get; } = [];

    public long Stake { get; set; }

    public bool IsAdopted { get; set; }

    public bool IsDone { get; set; }
}

/// <summary>Which parameters hold when (source: Contracts/Registry/Parameters.sol).</summary>
internal sealed partial class RegistryModel
{
    private readonly List<(int FromEpoch, string Text)> _schedule = [(0, RegistryChain.FirstText)];
    private readonly long _deposit = (long)(rules.ProposalDeposit / Tao);

    public List<ProposalModel> Proposals { get; } = [];

    public int LatestVersion { get; private set; } = 1;

    /// <summary>Deposits of proposals that have not ended.</summary>
    public long Deposits => Proposals.Count(proposal => !proposal.IsDone) * _deposit;

    public string TextOf(int epoch) => _schedule.FindLast(version => version.FromEpoch <= epoch).Text;

    public string? Propose(int sender, long rao, int fromEpoch, string text)
    {
        if (StakeAt(sender, Now) == 0)
            return "NotEligible";
        if (rao != _deposit)
            return "WrongDeposit";
        if (fromEpoch < Epoch + 48 || fromEpoch > Epoch + 720)
            return "NotAhead";
        Held += rao;
        Proposals.Add(new ProposalModel(Proposals.Count + 1, sender, fromEpoch, text, Epoch, LatestVersion, Now));
        var from = new EpochId((ulong)fromEpoch);
        Tell(new RegistryFact.Proposed(Time, Proposals.Count, AddressOf(sender), from, text, Hash256.Zero));
        return null;
    }

    public string? Endorse(int sender, int number, int fromEpoch, string text)
    {
        if (OpenOne(number) is not { } proposal)
            return "NotOpen";
        if ((fromEpoch, text) != (proposal.FromEpoch, proposal.Text))
            return "NotThisProposal";
        if (proposal.Endorsers.Contains(sender))
            return "AlreadyEndorsed";
        var stake = StakeAt(sender, proposal.ProposedAt - 1);
        if (stake == 0)
            return "NotEligible";
        proposal.Endorsers.Add(sender);
        proposal.Stake += stake;
        Tell(new RegistryFact.Endorsed(Time, number, AddressOf(sender), Wei(stake)));
        return null;
    }

    public string? Adopt(int number, string text)
    {
        if (OpenOne(number) is not { } proposal)
            return "NotOpen";
        if (text != proposal.Text)
            return "NotThisProposal";
        if (!Suffices(proposal.Endorsers.Count, proposal.Stake, TwiceEligibleAt(proposal.ProposedAt - 1)))
            return "NotEndorsed";
        (proposal.IsDone, proposal.IsAdopted) = (true, true);
        _schedule.Add((proposal.FromEpoch, text));
        LatestVersion++;
        Tell(new RegistryFact.ProposalEnded(Time, number));
        Tell(new RegistryFact.ParametersScheduled(Time, LatestVersion, new EpochId((ulong)proposal.FromEpoch), text));
        Credits[proposal.Proposer] += _deposit;
        return null;
    }

    public string? Lapse(int number)
    {
        if (number < 1 || number > Proposals.Count || Proposals[number - 1].IsDone)
            return "NotOpen";
        if (OpenOne(number) is not null)
            return "StillOpen";
        Proposals[number - 1].IsDone = true;
        Credits[Treasury] += _deposit;
        Tell(new RegistryFact.ProposalEnded(Time, number));
        return null;
    }

    private ProposalModel? OpenOne(int number) =>
        number >= 1
        && number <= Proposals.Count
        && Proposals[number - 1] is { IsDone: false } proposal
        && proposal.Version == LatestVersion
        && Epoch <= proposal.Epoch + 24
            ? proposal
            : null;
}
