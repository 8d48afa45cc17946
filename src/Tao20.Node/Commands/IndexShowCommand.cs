using System.CommandLine;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
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
                var index = await ReadAsync(chain, address, cancel);
                EndpointOptions.Print(parsed.GetValue(json), IndexDocument.Of(index), IndexDocument.Lines(index));
                return ExitCodes.Ok;
            }
        );
        return show;
    }

    /// <summary>An index as it is at the latest block.</summary>
    /// <exception cref="NodeException">The contract is none.</exception>
    public static async Task<IndexView> ReadAsync(ChainConnection chain, Address contract, CancellationToken cancel)
    {
        await chain.Head.RefreshAsync(cancel);
        try
        {
            return await new IndexReader(chain.Pool, contract).ReadAsync(chain.Head.Latest!, cancel);
        }
        catch (FormatException e)
        {
            throw new NodeException(ExitCodes.WrongChain, $"--contract = {contract}: {e.Message}.", e);
        }
    }
}
