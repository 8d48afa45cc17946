using System.CommandLine;
using Tao20.Chain.Accounts;
using Tao20.Chain.Checks;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Checks;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;
using Tao20.Node.Configuration;
using Tao20.Node.Index;

namespace Tao20.Node.Commands;

/// <summary>What commands have in common that ask something of an index's manager, and how they do.</summary>
internal sealed class IndexOwnerOptions
{
    private readonly AccountKeyOptions _key = new();

    private Option<string> Rpc { get; } = EndpointOptions.Rpc();

    private Option<string> Contract { get; } = EndpointOptions.Index();

    private Option<string> Hocon { get; } = NodeOptions.Hocon();

    private Option<bool> DryRun { get; } = new("--dry-run") { Description = "Only say what would be sent, and what it costs at most" };

    private Option<bool> Json { get; } = NodeOptions.Json();

    /// <summary>A command with these options.</summary>
    /// <param name="command">The command, with its own.</param>
    /// <param name="call">The kind and leg of what it is about, and the call; by the index as it is.</param>
    public Command On(Command command, Func<ParseResult, Asked, CancellationToken, Task<ManagerCall>> call)
    {
        foreach (Option option in (Option[])[Rpc, Contract, _key.KeyFile, _key.Keystore, _key.Password, Hocon, DryRun, Json])
            command.Add(option);
        command.SetAction((parsed, cancel) => RunAsync(parsed, call, cancel));
        return command;
    }

    private async Task<int> RunAsync(
        ParseResult parsed,
        Func<ParseResult, Asked, CancellationToken, Task<ManagerCall>> call,
        CancellationToken cancel
    )
    {
        var contract = EndpointOptions.ReadAddress("--contract", parsed.GetValue(Contract))!.Value;
        var signer = _key.Load(parsed);
        var (bounds, fees) = EndpointOptions.ReadBounds(parsed.GetValue(Hocon));
        await using var chain = EndpointOptions.Connect(EndpointOptions.Read(parsed.GetValue(Rpc)!), contract);
        var subject = new CheckSubject
        {
            Contract = contract,
            Account = signer.Address,
            Fees = fees,
            Bounds = bounds,
        };
        var account = await CheckedAccount.OpenAsync(chain, signer, subject, cancel);
        try
        {
            var view = await new IndexReader(chain.Pool, contract).ReadAsync(chain.Head.Latest!, cancel);
            var asked = await call(parsed, new Asked(chain, view, LegRules.Of(chain.Runtime.Profile, fees.LegGas)), cancel);
            var intent = new TransactionIntent("manager", view.Owners.Manager, 0, Convert.FromHexString(asked.Data.AsSpan(2)));
            var (prepared, receipt) = await account.SendAsync(intent, parsed.GetValue(DryRun), cancel);
            var document = ManagerCallDocument.Of(asked, view, prepared, receipt);
            EndpointOptions.Print(parsed.GetValue(Json), document, document.Lines());
            return ExitCodes.Ok;
        }
        catch (TransactionRefusedException e)
        {
            throw account.Refused(ChainAction.Deploy, $"It is not sent: {ManagerErrors.Explain(e.Message)}.", e);
        }
        catch (FormatException e)
        {
            throw new NodeException(ExitCodes.WrongChain, $"--contract = {contract}: {e.Message}.", e);
        }
    }

    /// <summary>What a call is made from.</summary>
    /// <param name="Chain">The chain.</param>
    /// <param name="View">The index as it is.</param>
    /// <param name="Rules">What the chain asks of each leg.</param>
    public sealed record Asked(ChainConnection Chain, IndexView View, LegRules Rules);
}
