using System.CommandLine;
using Tao20.Chain.Contracts;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Node.Registry;

namespace Tao20.Node.Commands;

/// <summary>
/// How the rules' numbers change: <c>tao20 validator propose</c>, <c>endorse</c>, <c>adopt</c> and <c>lapse</c>. By two thirds of the
/// eligible stake, and never for an epoch that is over.
/// </summary>
internal static class ValidatorProposalCommands
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Command> All() => [Propose(), Endorse(), Adopt(), Lapse()];

    private static Command Propose()
    {
        var from = new Option<ulong>("--from-epoch")
        {
            Description = "The first epoch they hold for, 48 to 720 ahead",
            HelpName = "N",
            Required = true,
        };
        var file = new Option<string>("--file")
        {
            Description = "The parameters as a canonical text: a line key=integer for each, by key",
            HelpName = "FILE",
            Required = true,
        };
        var fromBlock = FromBlock();
        return new RegistryAccountOptions().On(
            new Command("propose", "Propose other parameters, with the registry's deposit: it comes back if they are adopted")
            {
                from,
                file,
                fromBlock,
            },
            async (parsed, asked, cancel) =>
            {
                var text = ReadText(parsed.GetValue(file)!);
                RequireKnown(text, $"--file = {parsed.GetValue(file)}");
                var history = await HistoryAsync(asked, parsed.GetValue(fromBlock), cancel);
                var epoch = new EpochId(parsed.GetValue(from));
                return new RegistryCall(
                    "propose",
                    RegistryCalls.Propose(epoch, text),
                    asked.View.Rules.ProposalDeposit.Value,
                    [.. Changes(history, text, epoch), "The deposit is the treasury's if it is not adopted within 24 epochs."]
                );
            }
        );
    }

    private static Command Endorse()
    {
        var (number, fromBlock) = (Number(), FromBlock());
        return new RegistryAccountOptions().On(
            new Command("endorse", "Agree to a proposal with the account's stake: that cannot be taken back") { number, fromBlock },
            async (parsed, asked, cancel) =>
            {
                var history = await HistoryAsync(asked, parsed.GetValue(fromBlock), cancel);
                var proposed = Proposed(history, parsed.GetValue(number));
                RequireKnown(proposed.Text, $"Proposal {proposed.Number}");
                await RequireNoOtherAsync(asked, history, proposed, cancel);
                return new RegistryCall(
                    "endorse",
                    RegistryCalls.Endorse(proposed.Number, proposed.Key),
                    0,
                    [.. Changes(history, proposed.Text, proposed.FromEpoch)]
                );
            }
        );
    }

    private static Command Adopt()
    {
        var (number, fromBlock) = (Number(), FromBlock());
        return new RegistryAccountOptions().On(
            new Command("adopt", "Put a proposal in force that two thirds of the stake have endorsed: anyone may") { number, fromBlock },
            async (parsed, asked, cancel) =>
            {
                var history = await HistoryAsync(asked, parsed.GetValue(fromBlock), cancel);
                var proposed = Proposed(history, parsed.GetValue(number));
                return new RegistryCall(
                    "adopt",
                    RegistryCalls.Adopt(proposed.Number, proposed.Text),
                    0,
                    [.. Changes(history, proposed.Text, proposed.FromEpoch)]
                );
            }
        );
    }

    private static Command Lapse()
    {
        var number = Number();
        return new RegistryAccountOptions().On(
            new Command("lapse", "End a proposal that can no longer be adopted: anyone may") { number },
            (parsed, _) => new RegistryCall("lapse", RegistryCalls.Lapse(parsed.GetValue(number)), 0, ["Its deposit is the treasury's."])
        );
    }

    /// <summary>Of two proposals that an account has endorsed the first adopted wins: so it endorses one at a time.</summary>
    private static async Task RequireNoOtherAsync(
        RegistryAccountOptions.Asked asked,
        ParameterHistory history,
        RegistryFact.Proposed wanted,
        CancellationToken cancel
    )
    {
        var proposals = await asked.Reader.ProposalsAsync([.. history.Proposed.Keys], asked.Account, asked.Chain.Head.Latest!, cancel);
        if (proposals.FirstOrDefault(one => one.Number != wanted.Number && one.IsEndorsed && one.IsOpen(asked.View)) is { } other)
            throw new NodeException(
                ExitCodes.Failed,
                $"{asked.Account} has endorsed proposal {other.Number}, which can still be adopted: wait until that is decided, or lapses."
            );
    }

    /// <summary>What a text changes of what holds in an epoch now.</summary>
    private static IEnumerable<string> Changes(ParameterHistory history, string text, EpochId from)
    {
        var held = history.Scheduled.LastOrDefault(one => one.FromEpoch.Value <= from.Value);
        ParameterText.TryRead(held?.Text ?? "", out var before);
        ParameterText.TryRead(text, out var after);
        var changed = after.Keys.Union(before.Keys).Where(key => !Same(before, after, key)).Order(StringComparer.Ordinal).ToList();
        if (changed.Count == 0)
            yield return $"It changes nothing of what holds from epoch {from} on.";
        foreach (var key in changed)
            yield return $"From epoch {from} on: {key} {Value(before, key)} -> {Value(after, key)}";
    }

    private static bool Same<T>(IReadOnlyDictionary<string, T> one, IReadOnlyDictionary<string, T> other, string key) =>
        Value(one, key) == Value(other, key);

    private static string Value<T>(IReadOnlyDictionary<string, T> numbers, string key) =>
        numbers.TryGetValue(key, out var number) ? $"{number}" : "none";

    /// <summary>Only what this version knows is proposed or endorsed: its nodes would state nothing by other rules.</summary>
    private static void RequireKnown(string text, string what)
    {
        if (DomainParameters.TryParse(text, out var problem) is null)
            throw new NodeException(ExitCodes.Usage, $"{what} is not what this version knows as parameters: {problem}.");
    }

    private static string ReadText(string file)
    {
        try
        {
            return System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(ExitCodes.Usage, $"--file = {file} cannot be read: {e.Message}", e);
        }
    }

    private static RegistryFact.Proposed Proposed(ParameterHistory history, long number) =>
        history.Proposed.TryGetValue(number, out var proposed)
            ? proposed
            : throw new NodeException(
                ExitCodes.Usage,
                $"--proposal = {number} is not there: "
                    + (history.Proposed.Count == 0 ? "nothing was ever proposed." : $"there are 1 to {history.Proposed.Keys.Max()}.")
            );

    private static Task<ParameterHistory> HistoryAsync(RegistryAccountOptions.Asked asked, ulong from, CancellationToken cancel) =>
        asked.Reader.ParametersAsync(from, asked.Chain.Head.Latest!.Number, cancel);

    private static Option<long> Number() =>
        new("--proposal")
        {
            Description = "The number of the proposal",
            HelpName = "N",
            Required = true,
        };

    private static Option<ulong> FromBlock() =>
        new("--from-block") { Description = "First block to read: the registry's deployment (default 0)", HelpName = "B" };
}
