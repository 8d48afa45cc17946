using System.CommandLine;
using Tao20.Chain;
using Tao20.Domain.Units;
using Tao20.Node.Audit;

namespace Tao20.Node.Commands;

/// <summary>The options of commands that recompute an epoch from the chain alone, and how they do.</summary>
/// <param name="more">What is said of the endpoints besides.</param>
internal sealed class EpochOptions(string more)
{
    private readonly Option<string> _rpc = EndpointOptions.Rpc(more);
    private readonly Option<string> _registry = RegistryAccountOptions.RegistryOf();
    private readonly Option<ulong> _epoch = Epoch();
    private readonly Option<int> _netuid = Netuid();
    private readonly Option<string> _contract = EndpointOptions.Index("The index contract (default: the registry's)", isRequired: false);
    private readonly Option<ulong> _fromBlock = new("--from-block")
    {
        Description = "First block to read: the contracts' deployment (default 0)",
        HelpName = "B",
    };
    private readonly Option<string> _miner = new("--miner")
    {
        Description = "Also print what proves this miner's place on the chain",
        HelpName = "0x...",
    };

    /// <summary><c>--epoch</c>.</summary>
    public static Option<ulong> Epoch() =>
        new("--epoch")
        {
            Description = "The epoch",
            HelpName = "N",
            Required = true,
        };

    /// <summary><c>--netuid</c> of the UIDs that weights are of.</summary>
    public static Option<int> Netuid() =>
        new("--netuid")
        {
            Description = "The subnet of the UIDs (default 20)",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isContractAsked">Whether the contract may be given beside its registry.</param>
    public void AddTo(Command command, bool isContractAsked)
    {
        foreach (var option in (Option[])[_rpc, _registry, _epoch, _fromBlock, _netuid, _miner])
            command.Add(option);
        if (isContractAsked)
            command.Add(_contract);
    }

    /// <summary>Recomputes the epoch that a person has named.</summary>
    /// <exception cref="NodeException">It cannot be recomputed.</exception>
    /// <exception cref="ChainException">The chain cannot be read.</exception>
    public async Task<(FoldedEpoch Folded, EpochInputs Inputs)> ReadAsync(ParseResult parsed, CancellationToken cancel)
    {
        var endpoints = EndpointOptions.Read(parsed.GetValue(_rpc)!);
        var registry = EndpointOptions.ReadAddress("--registry", parsed.GetValue(_registry))!.Value;
        var netuid = EndpointOptions.ReadNetuid(parsed.GetValue(_netuid));
        var index = await RegistryIndex.ReadAsync(endpoints, registry, cancel);
        if (EndpointOptions.ReadAddress("--contract", parsed.GetValue(_contract)) is { } contract && contract != index)
            throw new NodeException(
                ExitCodes.WrongChain,
                $"--contract = {contract}, and --registry = {registry} is about {index}: correct one."
            );
        await using var history = new ChainHistory(
            new ChainOptions
            {
                Endpoints = endpoints,
                Contract = index,
                Registry = registry,
                FromBlock = parsed.GetValue(_fromBlock),
                WebSocket = false,
            }
        );
        var epoch = new EpochId(parsed.GetValue(_epoch));
        var folded = await FoldedEpoch.ReadAsync(history, () => new EpochFold(history.Identity, history.Schedule, epoch), cancel);
        return (folded, await history.ReadInputsAsync(folded, netuid, cancel));
    }

    /// <summary>The proof of the place of the miner that a person has named; null where none was.</summary>
    /// <exception cref="NodeException">It is not ranked.</exception>
    public PlaceProof? Proof(ParseResult parsed, FoldedEpoch folded) =>
        EndpointOptions.ReadAddress("--miner", parsed.GetValue(_miner)) is { } miner ? PlaceProof.Of(folded.Report, miner) : null;
}
