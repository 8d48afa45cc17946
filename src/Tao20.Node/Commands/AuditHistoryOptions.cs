using System.CommandLine;
using Tao20.Chain;
using Tao20.Node.Audit;
using Tao20.Node.Configuration;

namespace Tao20.Node.Commands;

/// <summary>The options of audits that recompute from a history: from a journal, or from the chain alone.</summary>
internal sealed class AuditHistoryOptions
{
    private readonly Option<string> _dataDir = NodeOptions.DataDir("Recompute from the journal in this directory");
    private readonly Option<string> _rpc = EndpointOptions.Rpc("; recompute from the chain's logs, without a journal", isRequired: false);
    private readonly Option<string> _contract = EndpointOptions.Index("With --rpc: the index contract", isRequired: false);
    private readonly Option<string> _journal = NodeOptions.Journal("Recompute from this journal");
    private readonly Option<string> _registry = new("--registry")
    {
        Description = "With --rpc: the ValidatorRegistry, which says the parameters (default: those of the specification)",
        HelpName = "0x...",
    };
    private readonly Option<ulong> _fromBlock = new("--from-block")
    {
        Description = "With --rpc: the block of the contract's deployment",
        HelpName = "BLOCK",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_dataDir, _journal, _rpc, _contract, _registry, _fromBlock])
            command.Add(option);
    }

    /// <summary>Opens the history that a person has named.</summary>
    /// <exception cref="NodeException">None, or more than one, or it cannot be used.</exception>
    public async Task<AuditHistory> OpenAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (parsed.GetValue(_rpc) is not { } rpc)
        {
            var journal = OpenedJournal.Named(parsed.GetValue(_dataDir), parsed.GetValue(_journal));
            return new KeptHistory(await OpenedJournal.OpenAsync(journal, cancel));
        }

        if (parsed.GetValue(_dataDir) is not null || parsed.GetValue(_journal) is not null)
            throw new NodeException(
                ExitCodes.Usage,
                "Give --rpc with --contract, or a journal with --data-dir or --journal, and not " + "both."
            );
        return new ChainHistory(
            new ChainOptions
            {
                Endpoints = EndpointOptions.Read(rpc),
                Contract =
                    EndpointOptions.ReadAddress("--contract", parsed.GetValue(_contract))
                    ?? throw new NodeException(
                        ExitCodes.Usage,
                        "--contract is missing: give the address of the index contract with " + "--rpc."
                    ),
                Registry = EndpointOptions.ReadAddress("--registry", parsed.GetValue(_registry)),
                FromBlock = parsed.GetValue(_fromBlock),
                WebSocket = false,
            }
        );
    }
}
