using System.CommandLine;
using Tao20.Chain.Contracts;
using Tao20.Node.Configuration;
using Tao20.Node.Index;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 index show</c>: an index that goes by holdings, as it is on the chain.</summary>
internal static class IndexShowCommand
{
    public static Command Create()
    {
        var (rpc, json) = (EndpointOptions.Rpc(), NodeOptions.Json());
        var contract = EndpointOptions.Index();
        var show = new Command("show", "Print an index's legs, holdings, targets, window and what is proposed to its manager")
        {
            rpc,
            contract,
            json,
        };
        show.SetAction(
            async (parsed, cancel) =>
            {
                var address = EndpointOptions.ReadAddress("--contract", parsed.GetValue(contract))!.Value;
                await using var chain = EndpointOptions.Connect(EndpointOptions.Read(parsed.GetValue(rpc)!), address);
                await chain.Head.RefreshAsync(cancel);
                try
                {
                    var index = await new IndexReader(chain.Pool, address).ReadAsync(chain.Head.Latest!, cancel);
                    EndpointOptions.Print(parsed.GetValue(json), IndexDocument.Of(index), IndexDocument.Lines(index));
                    return ExitCodes.Ok;
                }
                catch (FormatException e)
                {
                    throw new NodeException(ExitCodes.WrongChain, $"--contract = {address}: {e.Message}.", e);
                }
            }
        );
        return show;
    }
}
