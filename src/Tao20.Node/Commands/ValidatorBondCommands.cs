using System.CommandLine;
using System.Globalization;
using Tao20.Chain.Contracts;
using Tao20.Domain.Units;
using Tao20.Node.Configuration;
using Tao20.Node.Registry;

namespace Tao20.Node.Commands;

/// <summary>
/// What a validator's account does with its bond: <c>tao20 validator show</c>, <c>bond</c>, <c>unbond</c>, <c>withdraw</c>,
/// <c>set-attester</c>, <c>wake</c> and <c>sweep</c>. Its key need not be where the node is.
/// </summary>
internal static class ValidatorBondCommands
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Command> All() => [Show(), Bond(), Unbond(), Withdraw(), SetAttester(), Wake(), Sweep()];

    private static Command Show()
    {
        var (rpc, registry, json) = (EndpointOptions.Rpc(), RegistryAccountOptions.RegistryOf(), NodeOptions.Json());
        var account = Account("The account", required: true);
        var command = new Command("show", "Print what a registry knows of an account: bond, what is leaving, attester, credit")
        {
            rpc,
            registry,
            account,
            json,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var (of, at) = (
                    ReadAccount(parsed, account)!.Value,
                    EndpointOptions.ReadAddress("--registry", parsed.GetValue(registry))!.Value
                );
                await using var chain = EndpointOptions.Connect(EndpointOptions.Read(parsed.GetValue(rpc)!), registry: at);
                await chain.Head.RefreshAsync(cancel);
                try
                {
                    var view = await new RegistryReader(chain.Pool, at).ReadAsync(of, chain.Head.Latest!, cancel);
                    var document = RegistryAccountDocument.Of(of, view);
                    EndpointOptions.Print(parsed.GetValue(json), document, document.Lines());
                    return ExitCodes.Ok;
                }
                catch (FormatException e)
                {
                    throw new NodeException(ExitCodes.WrongChain, $"--registry = {at}: {e.Message}.", e);
                }
            }
        );
        return command;
    }

    private static Command Bond()
    {
        var (tao, attester) = (Tao("What is added to the bond"), Attester(required: false));
        return new RegistryAccountOptions().On(
            new Command("bond", "Add TAO to the account's bond, and name its attester") { tao, attester },
            (parsed, asked) =>
            {
                var (wei, named) = (ReadTao(parsed, tao), ReadAccount(parsed, attester));
                var (after, rules) = (asked.View.Account.Bond.Value + wei, asked.View.Rules);
                List<string> notes = [];
                if (after < rules.MinStake.Value)
                    notes.Add(
                        $"The bond would be {Words(after)}, and counts for nothing below {Words(rules.MinStake.Value)}: a margin above "
                            + "that keeps a small slash from ending it."
                    );
                if (named is null && asked.View.Account.Attester is null && asked.View.Account.Bond.Value == 0)
                    notes.Add("Its own key attests: name another with --attester, and this one can be kept off the node's machine.");
                if (named is { } other && other != (asked.View.Account.Attester ?? asked.Account))
                    notes.Add(Voids);
                return new RegistryCall("bond", RegistryCalls.Bond(named ?? default), wei, notes);
            }
        );
    }

    private static Command Unbond()
    {
        var tao = Tao("What leaves the bond");
        return new RegistryAccountOptions().On(
            new Command("unbond", "Have a part of the bond leave: it can be slashed, and not withdrawn, until its time is over") { tao },
            (parsed, asked) =>
            {
                var (wei, account, rules) = (ReadTao(parsed, tao), asked.View.Account, asked.View.Rules);
                List<string> notes = [$"It can be withdrawn {Hours(rules.UnbondingSeconds)} after that, and slashed till then."];
                if (account.Leaving.Value > 0)
                    notes.Add($"The {Words(account.Leaving.Value)} that are leaving already wait anew, too.");
                if (wei <= account.Bond.Value && account.Bond.Value - wei is var left && left < rules.MinStake.Value && left > 0)
                    notes.Add($"The {Words(left)} that stay count for nothing below {Words(rules.MinStake.Value)}.");
                return new RegistryCall("unbond", RegistryCalls.Unbond(wei), 0, notes);
            }
        );
    }

    private static Command Withdraw() =>
        new RegistryAccountOptions().On(
            new Command("withdraw", "Pay out what has left the bond, to the account's coldkey"),
            (_, asked) =>
                new RegistryCall(
                    "withdraw",
                    RegistryCalls.Withdraw(),
                    0,
                    [$"It pays out {Words(asked.View.Account.Leaving.Value)}: the chain shows it as the account's own balance."]
                )
        );

    private static Command SetAttester()
    {
        var attester = Attester(required: true);
        return new RegistryAccountOptions().On(
            new Command("set-attester", "Name the account that commits, signs and wakes for this one: stops a stolen key at once")
            {
                attester,
            },
            (parsed, _) => new RegistryCall("set-attester", RegistryCalls.SetAttester(ReadAccount(parsed, attester)!.Value), 0, [Voids])
        );
    }

    private static Command Wake()
    {
        var validator = Account("The validator that is to count again (default: the account itself); needs its attester's key");
        return new RegistryAccountOptions().On(
            new Command("wake", "Have a dormant validator count again: a node does it by itself") { validator },
            (parsed, asked) => new RegistryCall("wake", RegistryCalls.Wake(ReadAccount(parsed, validator) ?? asked.Account), 0, [])
        );
    }

    private static Command Sweep()
    {
        var account = Account("Who is paid (default: the account itself); anyone may send it");
        return new RegistryAccountOptions().On(
            new Command("sweep", "Pay out what else the registry owes: deposits that came back, and to the treasury what was slashed")
            {
                account,
            },
            (parsed, asked) => new RegistryCall("sweep", RegistryCalls.Sweep(ReadAccount(parsed, account) ?? asked.Account), 0, [])
        );
    }

    // ---- options --------------------------------------------------------------------------------------------------------------------

    private const string Voids =
        "Another attester than before voids a commitment that is not yet stated: it has to be made anew in its window.";

    private static Option<string> Tao(string description) =>
        new("--tao")
        {
            Description = $"{description}, in TAO with at most nine decimals",
            HelpName = "AMOUNT",
            Required = true,
        };

    private static Option<string> Attester(bool required) =>
        new("--attester")
        {
            Description = "The account whose key commits, signs and wakes, and moves no money",
            HelpName = "0x...",
            Required = required,
        };

    private static Option<string> Account(string description, bool required = false) =>
        new("--account")
        {
            Description = description,
            HelpName = "0x...",
            Required = required,
        };

    private static Address? ReadAccount(ParseResult parsed, Option<string> option) =>
        EndpointOptions.ReadAddress(option.Name, parsed.GetValue(option));

    /// <summary>An amount in wei, of whole rao.</summary>
    private static UInt128 ReadTao(ParseResult parsed, Option<string> option)
    {
        var text = parsed.GetValue(option)!;
        return FixedPoint.TryParse(text, out var wei) && wei > 0 && wei <= Wei.Max && Wei.From(wei).WholeRao.Value == wei
            ? wei
            : throw new NodeException(
                ExitCodes.Usage,
                $"--tao = {text} is not an amount: give TAO with at most nine decimals, e.g. 1250 or 0.5."
            );
    }

    private static string Words(UInt128 wei) => $"{FixedPoint.Format(wei)} TAO";

    private static string Hours(ulong seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3_600.0:0.##} hours");
}
