using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;
using Tao20.Node.Audit;
using Tao20.Node.Configuration;
using Tao20.Node.Http;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 consensus verify</c>: a round recomputed from the chain alone.</summary>
internal static class ConsensusCommand
{
    public static Command Create()
    {
        var rpc = EndpointOptions.Rpc("; they must keep old state for NAV");
        var registry = new Option<string>("--registry")
        {
            Description = "Address of the ValidatorRegistry",
            HelpName = "0x...",
            Required = true,
        };
        var epoch = new Option<ulong>("--epoch")
        {
            Description = "The epoch",
            HelpName = "N",
            Required = true,
        };
        var fromBlock = new Option<ulong>("--from-block")
        {
            Description = "First block to read: the contracts' deployment (default 0)",
            HelpName = "B",
        };
        var netuid = new Option<int>("--netuid")
        {
            Description = "The subnet of the UIDs (default 20)",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
        var miner = new Option<string>("--miner")
        {
            Description = "Also print what proves this miner's place on the chain",
            HelpName = "0x...",
        };
        var json = NodeOptions.Json();
        var verify = new Command("verify", "Recompute a round from the chain alone: attestation by attestation, what is right or wrong")
        {
            rpc,
            registry,
            epoch,
            fromBlock,
            netuid,
            miner,
            json,
        };
        verify.SetAction(
            async (parsed, cancel) =>
            {
                var endpoints = EndpointOptions.Read(parsed.GetValue(rpc)!);
                var address = EndpointOptions.ReadAddress("--registry", parsed.GetValue(registry))!.Value;
                var subnet = EndpointOptions.ReadNetuid(parsed.GetValue(netuid));
                var options = new ChainOptions
                {
                    Endpoints = endpoints,
                    Contract = await IndexOfAsync(endpoints, address, cancel),
                    Registry = address,
                    FromBlock = parsed.GetValue(fromBlock),
                    WebSocket = false,
                };
                await using var chain = ChainConnection.Http(options, NullLogger.Instance);
                await chain.ProbeAsync(cancel);
                var proved = EndpointOptions.ReadAddress("--miner", parsed.GetValue(miner));
                var audit = await RoundAudit.OfAsync(chain, new EpochId(parsed.GetValue(epoch)), subnet, proved, cancel);
                if (parsed.GetValue(json))
                    Console.WriteLine(JsonSerializer.Serialize(audit, NodeEndpoints.Json));
                else
                    Print(audit);
                return audit.ReferenceIsRight == false ? ExitCodes.Failed : ExitCodes.Ok;
            }
        );
        return new Command("consensus", "What validators agree on") { verify };
    }

    /// <summary>The registry knows which contract's epochs it is about.</summary>
    private static async Task<Address> IndexOfAsync(IReadOnlyList<Uri> endpoints, Address registry, CancellationToken cancel)
    {
        await using var chain = EndpointOptions.Connect(endpoints, registry);
        byte[] answer = [];
        try
        {
            await chain.Pool.SendAsync(
                [EthCalls.Call(registry, RegistryCalls.Index(), "latest", bytes => answer = bytes)],
                cancel,
                errorsAreAnswers: true
            );
        }
        catch (RpcErrorException)
        {
            // A contract without such a view is no registry: said below.
            answer = [];
        }

        return answer.Length == AbiWords.Length && AbiWords.TryAddress(answer, out var index)
            ? index
            : throw new NodeException(
                ExitCodes.WrongChain,
                $"{registry} is no ValidatorRegistry on the chain of {chain.Pool.All[0].Name}: correct --registry or --rpc."
            );
    }

    private static void Print(RoundAudit audit)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Epoch {audit.Epoch}: {audit.State}"));
        Console.WriteLine($"  recomputed  NAV {audit.Nav ?? $"not told by the index: {audit.Problem}"}");
        Console.WriteLine($"              ranking root {audit.RankingRoot}");
        Console.WriteLine($"              weights {audit.WeightsHash}");
        Console.WriteLine(
            audit.ReferenceIsRight switch
            {
                true => "  what was settled is what was recomputed",
                false => "  what was settled is NOT what was recomputed",
                null => "  nothing was settled",
            }
        );
        foreach (var attestation in audit.Attestations)
            Console.WriteLine($"  {attestation.Validator}  {(attestation.Right ? "right" : string.Join("; ", attestation.Findings))}");
        foreach (var absent in audit.Absent)
            Console.WriteLine($"  {absent}  has stated nothing");
        foreach (var violation in audit.Violations)
            Console.WriteLine($"  deviation: {violation}");
        foreach (var line in audit.Proof?.Lines() ?? [])
            Console.WriteLine(line);
    }
}
