using System.CommandLine;
using System.Text.Json;
using Tao20.Chain.Contracts;
using Tao20.Node.Configuration;
using Tao20.Node.Http;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 contracts verify</c>: whether what is deployed is what this version builds, and belongs together.</summary>
internal static class ContractsCommand
{
    public static Command Create()
    {
        var (rpc, json) = (EndpointOptions.Rpc(), NodeOptions.Json());
        var contract = new Option<string>("--contract")
        {
            Description = "Address of the TAO20 contract",
            HelpName = "0x...",
            Required = true,
        };
        var registry = new Option<string>("--registry") { Description = "Address of the ValidatorRegistry", HelpName = "0x..." };
        var router = new Option<string>("--router") { Description = "Address of the router", HelpName = "0x..." };
        var pool = new Option<string>("--pool") { Description = "Address of the TAO20/TAO market", HelpName = "0x..." };
        var verify = new Command("verify", "Print each contract's code hash and values, and whether it is this version's; exit 1 when not")
        {
            rpc,
            contract,
            registry,
            router,
            pool,
            json,
        };
        verify.SetAction(
            async (parsed, cancel) =>
            {
                var addresses = new ContractAddresses(
                    EndpointOptions.ReadAddress("--contract", parsed.GetValue(contract))!.Value,
                    EndpointOptions.ReadAddress("--registry", parsed.GetValue(registry)),
                    EndpointOptions.ReadAddress("--router", parsed.GetValue(router)),
                    EndpointOptions.ReadAddress("--pool", parsed.GetValue(pool))
                );
                await using var chain = EndpointOptions.Connect(EndpointOptions.Read(parsed.GetValue(rpc)!), addresses.Index);
                await chain.Head.RefreshAsync(cancel);
                var verified = await new ContractVerifier(chain.Pool).VerifyAsync(addresses, chain.Head.Latest!, cancel);
                if (parsed.GetValue(json))
                    Console.WriteLine(JsonSerializer.Serialize(verified.Select(ContractDocument.Of), NodeEndpoints.Json));
                else
                    Print(verified);
                return verified.Any(one => one.CodeHash is null) ? ExitCodes.WrongChain
                    : verified.Any(one => one.Problems.Count > 0) ? ExitCodes.Failed
                    : ExitCodes.Ok;
            }
        );
        return new Command("contracts", "The contracts on the chain") { verify, ContractsDeployCommand.Create() };
    }

    private static void Print(IReadOnlyList<VerifiedContract> verified)
    {
        foreach (var one in verified)
        {
            Console.WriteLine(
                $"{one.Name} {one.Address}: {(one.Problems.Count == 0 ? "as this version builds it" : "NOT as it should be")}"
            );
            Console.WriteLine($"  code         {one.CodeHash?.ToString() ?? "none"}");
            foreach (var (name, value) in one.Values)
                Console.WriteLine($"  {name.PadRight(12)} {value}");
            foreach (var problem in one.Problems)
                Console.WriteLine($"  {problem}");
        }
    }

    private sealed record ContractDocument(
        string Name,
        string Address,
        string? CodeHash,
        bool IsOurs,
        IReadOnlyDictionary<string, string> Values,
        IReadOnlyList<string> Problems
    )
    {
        public static ContractDocument Of(VerifiedContract one) =>
            new(
                one.Name,
                one.Address.ToString(),
                one.CodeHash?.ToString(),
                one.IsOurs,
                one.Values.ToDictionary(value => value.Name, value => value.Value),
                one.Problems
            );
    }
}
