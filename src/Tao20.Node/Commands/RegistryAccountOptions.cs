using System.CommandLine;
using Tao20.Chain.Accounts;
using Tao20.Chain.Checks;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Checks;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Node.Configuration;
using Tao20.Node.Registry;

namespace Tao20.Node.Commands;

/// <summary>What commands have in common that ask something of a registry for an account, and how they do.</summary>
internal sealed class RegistryAccountOptions
{
    private readonly AccountKeyOptions _key = new();

    private Option<string> Rpc { get; } = EndpointOptions.Rpc();

    private Option<string> Registry { get; } = RegistryOf();

    private Option<string> Hocon { get; } = NodeOptions.Hocon();

    private Option<bool> DryRun { get; } = new("--dry-run") { Description = "Only say what would be sent, and what it costs at most" };

    private Option<bool> Json { get; } = NodeOptions.Json();

    /// <summary><c>--registry</c>.</summary>
    public static Option<string> RegistryOf() =>
        new("--registry")
        {
            Description = "Address of the ValidatorRegistry",
            HelpName = "0x...",
            Required = true,
        };

    /// <summary>A command with these options.</summary>
    /// <param name="command">The command, with its own.</param>
    /// <param name="call">The call, by the registry as it is.</param>
    public Command On(Command command, Func<ParseResult, Asked, CancellationToken, Task<RegistryCall>> call)
    {
        foreach (Option option in (Option[])[Rpc, Registry, _key.KeyFile, _key.Keystore, _key.Password, Hocon, DryRun, Json])
            command.Add(option);
        command.SetAction((parsed, cancel) => RunAsync(parsed, call, cancel));
        return command;
    }

    /// <summary>The same of a call that needs no other question.</summary>
    public Command On(Command command, Func<ParseResult, Asked, RegistryCall> call) =>
        On(command, (parsed, asked, _) => Task.FromResult(call(parsed, asked)));

    private async Task<int> RunAsync(
        ParseResult parsed,
        Func<ParseResult, Asked, CancellationToken, Task<RegistryCall>> call,
        CancellationToken cancel
    )
    {
        var registry = EndpointOptions.ReadAddress("--registry", parsed.GetValue(Registry))!.Value;
        var signer = _key.Load(parsed);
        var (bounds, fees) = EndpointOptions.ReadBounds(parsed.GetValue(Hocon));
        await using var chain = EndpointOptions.Connect(EndpointOptions.Read(parsed.GetValue(Rpc)!), registry: registry);
        var subject = new CheckSubject
        {
            Account = signer.Address,
            Fees = fees,
            Bounds = bounds,
        };
        var account = await CheckedAccount.OpenAsync(chain, signer, subject, cancel);
        try
        {
            var reader = new RegistryReader(chain.Pool, registry);
            var view = await reader.ReadAsync(signer.Address, chain.Head.Latest!, cancel);
            var asked = await call(parsed, new Asked(chain, reader, view, signer.Address), cancel);
            var intent = new TransactionIntent("registry", registry, asked.ValueWei, Convert.FromHexString(asked.Data.AsSpan(2)));
            var (prepared, receipt) = await account.SendAsync(intent, parsed.GetValue(DryRun), cancel);
            if (receipt is not null)
                await chain.Head.RefreshAsync(cancel);
            var now = receipt is null ? view : await reader.ReadAsync(signer.Address, chain.Head.Latest!, cancel);
            var document = RegistryCallDocument.Of(asked, registry, prepared, receipt, RegistryAccountDocument.Of(signer.Address, now));
            EndpointOptions.Print(parsed.GetValue(Json), document, document.Lines());
            return ExitCodes.Ok;
        }
        catch (TransactionRefusedException e)
        {
            throw account.Refused(ChainAction.Consensus, $"It is not sent: {RegistryErrors.Explain(e.Message)}.", e);
        }
        catch (FormatException e)
        {
            throw new NodeException(ExitCodes.WrongChain, $"--registry = {registry}: {e.Message}.", e);
        }
    }

    /// <summary>What a call is made from.</summary>
    /// <param name="Chain">The chain.</param>
    /// <param name="Reader">Asks the registry.</param>
    /// <param name="View">The registry, and the account in it, as they are.</param>
    /// <param name="Account">The account.</param>
    public sealed record Asked(ChainConnection Chain, RegistryReader Reader, RegistryView View, Address Account);
}
