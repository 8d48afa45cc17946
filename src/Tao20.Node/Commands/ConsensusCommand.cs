using System.CommandLine;
using System.Globalization;
using Tao20.Node.Audit;
using Tao20.Node.Configuration;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 consensus verify</c>: a round recomputed from the chain alone.</summary>
internal static class ConsensusCommand
{
    public static Command Create()
    {
        var (chain, json) = (new EpochOptions("; they must keep old state for NAV and weights"), NodeOptions.Json());
        var verify = new Command("verify", "Recompute a round from the chain alone: attestation by attestation, what is right or wrong");
        chain.AddTo(verify, isContractAsked: false);
        verify.Add(json);
        verify.SetAction(
            async (parsed, cancel) =>
            {
                var (folded, inputs) = await chain.ReadAsync(parsed, cancel);
                var audit = RoundAudit.Of(folded, inputs, folded.Computed(inputs)) with { Proof = chain.Proof(parsed, folded) };
                var heading = string.Create(CultureInfo.InvariantCulture, $"Epoch {audit.Epoch}: {audit.State}");
                EndpointOptions.Print(parsed.GetValue(json), audit, audit.Lines().Prepend(heading));
                return audit.ReferenceIsRight == false ? ExitCodes.Failed : ExitCodes.Ok;
            }
        );
        return new Command("consensus", "What validators agree on") { verify };
    }
}
