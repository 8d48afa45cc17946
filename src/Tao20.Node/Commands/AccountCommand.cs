using System.CommandLine;
using Tao20.Chain.Accounts;
using Tao20.Chain.Checks;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Chain.Substrate;
using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Node.Accounts;
using Tao20.Node.Configuration;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 account</c>: an EVM account as the chain sees it, and its association with a UID.</summary>
internal static class AccountCommand
{
    public static Command Create() =>
        new("account", "An EVM account as the chain sees it: its coldkey, its neuron, and what it lacks") { Show(), Associate() };

    private static Command Show()
    {
        var (rpc, netuid, json) = (EndpointOptions.Rpc(), Netuid(), NodeOptions.Json());
        var key = new AccountKeyOptions();
        var account = new Option<string>("--account") { Description = "The account, in place of a key", HelpName = "0x..." };
        var show = new Command("show", "Print its coldkey, balance, stake, UID and permit, and what is missing for a miner and a validator")
        {
            rpc,
            account,
            key.KeyFile,
            key.Keystore,
            key.Password,
            netuid,
            json,
        };
        show.SetAction(
            async (parsed, cancel) =>
            {
                var address = EndpointOptions.ReadAddress("--account", parsed.GetValue(account)) ?? key.Load(parsed).Address;
                await using var chain = EndpointOptions.Connect(EndpointOptions.Read(parsed.GetValue(rpc)!));
                var facts = await ReadAsync(chain, address, EndpointOptions.ReadNetuid(parsed.GetValue(netuid)), null, cancel);
                EndpointOptions.Print(parsed.GetValue(json), AccountDocument.Of(facts), AccountDocument.Lines(facts));
                return ExitCodes.Ok;
            }
        );
        return show;
    }

    private static Command Associate()
    {
        var (rpc, netuid, json, hocon) = (EndpointOptions.Rpc(), Netuid(), NodeOptions.Json(), NodeOptions.Hocon());
        var key = new AccountKeyOptions();
        var hotkey = new Option<string>("--hotkey")
        {
            Description = "The hotkey whose UID it is, as SS58 or 0x and 64 hex digits (default: the account's own)",
            HelpName = "HOTKEY",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be sent, what it costs and what follows" };
        var associate = new Command(
            "associate",
            "Have the chain know that a UID is this account's: it signs, and its own hotkey sends that"
        )
        {
            rpc,
            key.KeyFile,
            key.Keystore,
            key.Password,
            netuid,
            hotkey,
            hocon,
            dryRun,
            json,
        };
        associate.SetAction(
            async (parsed, cancel) =>
            {
                var signer = key.Load(parsed);
                var (bounds, fees) = EndpointOptions.ReadBounds(parsed.GetValue(hocon));
                await using var chain = EndpointOptions.Connect(EndpointOptions.Read(parsed.GetValue(rpc)!));
                var subject = new CheckSubject
                {
                    Account = signer.Address,
                    Netuid = EndpointOptions.ReadNetuid(parsed.GetValue(netuid)),
                    Fees = fees,
                    Bounds = bounds,
                };
                var outcome = await AssociateAsync(
                    chain,
                    signer,
                    subject,
                    HotkeyText.OfOption(parsed.GetValue(hotkey)),
                    parsed.GetValue(dryRun),
                    cancel
                );
                EndpointOptions.Print(parsed.GetValue(json), outcome, outcome.Lines());
                return ExitCodes.Ok;
            }
        );
        return associate;
    }

    private static async Task<AssociationDocument> AssociateAsync(
        ChainConnection chain,
        PrivateKey signer,
        CheckSubject subject,
        Hash256? hotkey,
        bool dryRun,
        CancellationToken cancel
    )
    {
        var netuid = subject.Netuid!.Value;
        var account = await CheckedAccount.OpenAsync(chain, signer, subject, cancel);
        var facts = await ReadAsync(chain, signer.Address, netuid, hotkey, cancel);
        var head = chain.Head.Latest!.Number;
        if (facts.Uid is not { } uid)
            throw new NodeException(
                ExitCodes.Usage,
                $"The hotkey {Ss58.Encode(facts.Hotkey)} is not registered on subnet {netuid}: register it first, or correct --hotkey and "
                    + "--netuid."
            );
        if (facts.Associated is { } known && known.Account == signer.Address)
            return AssociationDocument.Done(facts, null);
        if (facts.Associated is { } other && head < other.Block + EvmKeyAssociation.RateLimitBlocks)
            throw new NodeException(
                ExitCodes.Failed,
                $"UID {uid} has been associated with {other.Account} in block {other.Block}: it can be anew from block "
                    + $"{other.Block + EvmKeyAssociation.RateLimitBlocks} on."
            );
        var association = EvmKeyAssociation.Sign(signer, facts.Hotkey, head);

        // Only a hotkey that is the account's own is one that the account can speak for, and only since the chain has the call.
        var sends = facts.Hotkey == facts.Mapped && account.Report.Profile != RuntimeProfile.Spec425;
        if (!sends)
            return AssociationDocument.ForWallet(facts, association);
        var intent = new TransactionIntent("associate", Precompiles.Neuron, 0, Convert.FromHexString(association.Call(netuid).AsSpan(2)));
        try
        {
            var prepared = await account.Sender.PrepareAsync(intent, cancel);
            if (dryRun)
                return AssociationDocument.Planned(facts, association, prepared);
            var receipt = await account.Sender.SendAsync(prepared, cancel);
            var after = await ReadAsync(chain, signer.Address, netuid, hotkey, cancel);
            return receipt.Success && after.Associated?.Account == signer.Address
                ? AssociationDocument.Done(after, receipt)
                : throw new NodeException(
                    ExitCodes.Failed,
                    $"Transaction {receipt.Hash} in block {receipt.Block} has come to nothing: see what 'tao20 account show' says."
                );
        }
        catch (TransactionRefusedException e)
        {
            throw account.Refused(ChainAction.Associate, $"The association is not sent: {e.Message}.", e);
        }
    }

    private static async Task<AccountFacts> ReadAsync(
        ChainConnection chain,
        Address account,
        ushort netuid,
        Hash256? hotkey,
        CancellationToken cancel
    )
    {
        await chain.Head.RefreshAsync(cancel);
        try
        {
            return await new AccountReader(chain.Pool).ReadAsync(account, netuid, hotkey, chain.Head.Latest!, cancel);
        }
        catch (FormatException e)
        {
            throw new NodeException(ExitCodes.WrongChain, $"The account cannot be read: {e.Message}.", e);
        }
    }

    private static Option<int> Netuid() =>
        new("--netuid")
        {
            Description = "The subnet (default 20)",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
}

/// <summary>Where a person's key is, as options.</summary>
internal sealed class AccountKeyOptions
{
    private const string Variable = "TAO20_ACCOUNT_PRIVATE_KEY";

    public Option<string> KeyFile { get; } =
        new("--key-file") { Description = $"File with the account's private key (or set {Variable})", HelpName = "FILE" };

    public Option<string> Keystore { get; } =
        new("--keystore") { Description = "Web3 Secret Storage V3 keystore with the key", HelpName = "FILE" };

    public Option<string> Password { get; } =
        new("--password-file") { Description = "File whose first line is the keystore's password", HelpName = "FILE" };

    /// <summary>Reads the key.</summary>
    /// <exception cref="NodeException">There is none, or it cannot be read.</exception>
    public PrivateKey Load(ParseResult parsed)
    {
        try
        {
            return new KeySource(Variable, parsed.GetValue(KeyFile), parsed.GetValue(Keystore), parsed.GetValue(Password)).Load();
        }
        catch (KeyException e)
        {
            throw new NodeException(ExitCodes.Usage, e.Message, e);
        }
    }
}
