using Tao20.Chain;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Node.Commands;

/// <summary>Which index a registry is about: it says so itself.</summary>
internal static class RegistryIndex
{
    /// <summary>Asks the registry.</summary>
    /// <param name="endpoints">The endpoints of its chain.</param>
    /// <param name="registry">The registry.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">It is no registry.</exception>
    /// <exception cref="Chain.ChainException">No endpoint answers.</exception>
    public static async Task<Address> ReadAsync(IReadOnlyList<Uri> endpoints, Address registry, CancellationToken cancel)
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
}
