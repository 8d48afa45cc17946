using System.CommandLine;
using Tao20.Chain.Contracts;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Tao20.Node.Accounts;
using Tao20.Node.Index;

namespace Tao20.Node.Commands;

/// <summary>
/// <c>tao20 index propose</c>, <c>apply</c> and <c>cancel</c>: what an index's owner wants, which waits in the open before anyone
/// applies it.
/// </summary>
internal static class IndexProposalCommands
{
    public static Command Propose() =>
        new("propose", "Propose something to an index's manager: for its owner")
        {
            Composition(),
            Hotkey(),
            WriteDown(),
            Router(),
            Fee(),
            Account("owner", "Another owner, who has to apply it itself", account => new Proposal.Owner(account)),
            Account("guardian", "Another guardian, who can pause minting and trades", account => new Proposal.Guardian(account)),
        };

    public static Command Apply()
    {
        var (kind, netuid) = (KindOf(), NetuidOf());
        return new IndexOwnerOptions().On(
            new Command("apply", "Have something done that was proposed, after its time: anyone may") { kind, netuid },
            async (parsed, asked, cancel) =>
            {
                var pending = Pending(asked.View, parsed.GetValue(kind), parsed.GetValue(netuid));
                var data = await new ProposalReader(asked.Chain.Pool).DataAsync(
                    asked.View.Owners.Manager,
                    pending,
                    asked.Chain.Head.Latest!,
                    cancel
                );
                return new ManagerCall("apply", pending.Kind, pending.Netuid, ManagerCalls.Execute(pending.Kind, data, asked.Rules.Gas));
            }
        );
    }

    public static Command Cancel()
    {
        var (kind, netuid) = (KindOf(), NetuidOf());
        return new IndexOwnerOptions().On(
            new Command("cancel", "Take back something that is proposed: owner and guardian may") { kind, netuid },
            (parsed, asked, _) =>
            {
                var pending = Pending(asked.View, parsed.GetValue(kind), parsed.GetValue(netuid));
                return Task.FromResult(
                    new ManagerCall("cancel", pending.Kind, pending.Netuid, ManagerCalls.Cancel(pending.Kind, pending.Netuid))
                );
            }
        );
    }

    // ---- what can be proposed -------------------------------------------------------------------------------------------------------

    private static Command Composition()
    {
        var plan = new Option<FileInfo>("--plan")
        {
            Description =
                "File with targets (netuid, weight, hotkey) and references (netuid, price); what 'index compose --json' prints "
                + "is one without hotkeys",
            HelpName = "FILE",
            Required = true,
        };
        var hotkey = new Option<string>("--hotkey") { Description = "The hotkey of targets that name none", HelpName = "HOTKEY" };
        return new IndexOwnerOptions().On(
            new Command("composition", "Other targets, which a window is then opened for") { plan, hotkey },
            async (parsed, _, cancel) =>
                Proposed(await CompositionPlan.ReadAsync(parsed.GetValue(plan)!, HotkeyText.OfOption(parsed.GetValue(hotkey)), cancel))
        );
    }

    private static Command Hotkey()
    {
        var (netuid, hotkey) = (NetuidOf(required: true), HotkeyOption());
        return new IndexOwnerOptions().On(
            new Command("hotkey", "Another hotkey of a leg, to which its stake is moved") { netuid, hotkey },
            (parsed, _, _) =>
                Task.FromResult(
                    Proposed(new Proposal.Hotkey(ReadNetuid(parsed.GetValue(netuid)), HotkeyText.OfOption(parsed.GetValue(hotkey))!.Value))
                )
        );
    }

    private static Command WriteDown()
    {
        var netuid = NetuidOf(required: true);
        return new IndexOwnerOptions().On(
            new Command("write-down", "A leg that is missing is taken for what is left of it") { netuid },
            (parsed, asked, _) =>
                Task.FromResult(
                    Proposed(
                        new Proposal.WriteDown(ReadNetuid(parsed.GetValue(netuid)), Chain.Abi.Coldkey.Of(asked.Chain.Options.Contract))
                    )
                )
        );
    }

    private static Command Router()
    {
        var router = new Option<string>("--router")
        {
            Description = "The router",
            HelpName = "0x...",
            Required = true,
        };
        var off = new Option<bool>("--off") { Description = "It is to be listed no longer" };
        return new IndexOwnerOptions().On(
            new Command("router", "A router, which says which miner is credited, is listed, or no longer") { router, off },
            (parsed, _, _) =>
                Task.FromResult(
                    Proposed(
                        new Proposal.Router(EndpointOptions.ReadAddress("--router", parsed.GetValue(router))!.Value, !parsed.GetValue(off))
                    )
                )
        );
    }

    private static Command Fee()
    {
        const int most = 100;
        var bps = new Option<int>("--bps")
        {
            Description = "In hundredths of a percent, 0 to 100",
            HelpName = "N",
            Required = true,
        };
        return new IndexOwnerOptions().On(
            new Command("fee", "Another fee of mint and redemption, which stays with the holders") { bps },
            (parsed, _, _) =>
                parsed.GetValue(bps) is var fee and >= 0 and <= most
                    ? Task.FromResult(Proposed(new Proposal.Fee(fee)))
                    : throw new NodeException(ExitCodes.Usage, $"--bps = {parsed.GetValue(bps)} is out of range: give 0 to {most}.")
        );
    }

    private static Command Account(string name, string description, Func<Address, Proposal> proposal)
    {
        var account = new Option<string>("--account")
        {
            Description = "The account",
            HelpName = "0x...",
            Required = true,
        };
        return new IndexOwnerOptions().On(
            new Command(name, description) { account },
            (parsed, _, _) => Task.FromResult(Proposed(proposal(EndpointOptions.ReadAddress("--account", parsed.GetValue(account))!.Value)))
        );
    }

    // ---- options --------------------------------------------------------------------------------------------------------------------

    private static ManagerCall Proposed(Proposal proposal) =>
        new("propose", proposal.Kind, proposal.Netuid, ManagerCalls.Propose(proposal));

    private static Argument<string> KindOf() =>
        new("kind") { Description = "composition, hotkey, write-down, router, fee, owner or guardian" };

    private static Option<int?> NetuidOf(bool required = false) =>
        new("--netuid")
        {
            Description = required ? "The leg" : "The leg, of a hotkey or write-down",
            HelpName = "N",
            Required = required,
        };

    private static Option<string> HotkeyOption() =>
        new("--hotkey")
        {
            Description = "The hotkey, as SS58 or 0x and 64 hex digits",
            HelpName = "HOTKEY",
            Required = true,
        };

    private static ushort ReadNetuid(int? netuid) => EndpointOptions.ReadNetuid(netuid ?? -1);

    /// <summary>What waits of a kind, and of a leg where the kind has one for each.</summary>
    private static PendingProposal Pending(IndexView view, string? name, int? netuid)
    {
        if (!Enum.TryParse<ProposalKind>(name?.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var kind))
            throw new NodeException(
                ExitCodes.Usage,
                $"'{name}' is no kind of proposal: give composition, hotkey, write-down, router, fee, owner or guardian."
            );
        var of = kind is ProposalKind.Hotkey or ProposalKind.WriteDown ? ReadNetuid(netuid) : (ushort)0;
        var pending = view.Pending.Find(proposal => proposal.Kind == kind && proposal.Netuid == of);
        return pending.Since > 0
            ? pending
            : throw new NodeException(ExitCodes.Failed, $"Nothing of the kind {name} is proposed: see 'tao20 index show'.");
    }
}
