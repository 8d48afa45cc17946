using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// docs/operations.md leads from an empty machine to an associated miner, and to an attesting validator: every command of these chapters is
/// run as it stands there.
/// </summary>
public sealed class OperationsTests : InDirectory
{
    private const string MinerChapter = "## From an empty machine to an associated miner";
    private const string ValidatorChapter = "## From an empty machine to an attesting validator";

    // A UID can be associated from block 7,200 on, and a mean price is over 1,800 blocks, a sixteenth of a subnet's age.
    private const ulong FirstBlock = 40_000;
    private const string Password = "correct horse";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly PrivateKey _money = PrivateKey.FromHex(string.Concat(Enumerable.Repeat("e4", 32)));
    private readonly PrivateKey _key = PrivateKey.FromHex(string.Concat(Enumerable.Repeat("b7", 32)));

    // The local chain keeps its own time, and is as short as it can be.
    private readonly Dictionary<string, string> _environment = new()
    {
        ["TAO20_Check__LookBackBlocks"] = "20",
        ["TAO20_Market__MaxBlockAge"] = "0s",
        ["TAO20_Http__Port"] = "0",
    };

    [Theory]
    [InlineData(945UL)]
    [InlineData(964UL)]
    public async Task The_commands_from_an_empty_machine_to_an_associated_miner_work_as_they_stand(ulong chainId)
    {
        await using var chain = await ChainOfAsync(chainId);
        var (validators, _) = await ValidatorSet.DeployAsync(chain.Economy, [_key], 20, chain.Traders.Time, CancellationToken.None);
        var commands = Commands(MinerChapter, Values(chain, chainId, validators));
        Assert.Equal(
            ["chain check", "contracts verify", "validator", "account show", "account associate", "account associate", "miner"],
            commands.Select(command => string.Join(' ', command.TakeWhile(word => !word.StartsWith('-'))))
        );
        await RunAllAsync(commands, chain, chainId);

        // The chapter has kept its promise: the UID is the account's.
        var (code, output, _) = await Tao20Process.RunAsync(["account", "show", .. commands[3][2..], "--json"], Directory, _environment);
        Assert.Equal(0, code);
        Assert.Empty(JsonNode.Parse(output)!["missingForMiner"]!.AsArray());
    }

    [Fact]
    public async Task The_commands_from_an_empty_machine_to_an_attesting_validator_work_as_they_stand()
    {
        const ulong chainId = 964;
        await using var chain = await ChainOfAsync(chainId);
        var (validators, _) = await ValidatorSet.DeployAsync(chain.Economy, [_key], 20, chain.Traders.Time, CancellationToken.None);
        var balance = $"0x{1_400 * Wei.OneTao.Value:x}";
        await chain.Chain.Client.SendAsync("anvil_setBalance", $"[\"{_money.Address}\",\"{balance}\"]", CancellationToken.None);
        var commands = Commands(ValidatorChapter, Values(chain, chainId, validators));
        Assert.Equal(
            ["contracts verify", "validator bond", "validator bond", "validator show", "account show", "validator"],
            commands.Select(command => string.Join(' ', command.TakeWhile(word => !word.StartsWith('-'))))
        );
        await RunAllAsync(commands, chain, chainId);

        // The chapter has kept its promise: the money is bonded, and the other key acts for it.
        var (code, output, _) = await Tao20Process.RunAsync([.. commands[3], "--json"], Directory, _environment);
        Assert.Equal(0, code);
        var account = JsonNode.Parse(output)!;
        Assert.Equal("1250000000000000000000", account["effectiveWei"]!.GetValue<string>());
        Assert.Equal(_key.Address.ToString(), account["attester"]!.GetValue<string>());
    }

    private Task<ChainFixture> ChainOfAsync(ulong chainId) =>
        ChainFixture.WithMarketAsync(5, [_key.Address], options: new AnvilOptions { ChainId = chainId, GenesisHeight = FirstBlock });

    private Dictionary<string, string> Values(ChainFixture chain, ulong chainId, ValidatorSet validators) =>
        new()
        {
            ["RPC"] = chain.Node.Url.ToString(),
            ["RPC,RPC2"] = $"{chain.Node.Url},{chain.Chain.Rpc}",
            ["CHAIN"] = $"{chainId}",
            ["INDEX"] = $"{chain.Economy.Index}",
            ["REGISTRY"] = $"{validators.Registry}",
            ["ROUTER"] = $"{chain.Economy.Router}",
            ["BLOCK"] = $"{FirstBlock}",
            ["POOL"] = $"{chain.Economy.Pool}",
            ["ACCOUNT"] = $"{_money.Address}",
            ["0xATTESTER"] = $"{_key.Address}",
            ["MONEY"] = Written("money.json", Keystore.Encrypt(_money, Password, scryptN: 4096)),
            ["ATTESTER"] = Written("attester.json", Keystore.Encrypt(_key, Password, scryptN: 4096)),
            ["KEYSTORE"] = Written("keystore.json", Keystore.Encrypt(_key, Password, scryptN: 4096)),
            ["PASSWORD"] = Written("password", Password + "\n"),
        };

    private async Task RunAllAsync(List<string[]> commands, ChainFixture chain, ulong chainId)
    {
        foreach (var command in commands)
        {
            if (command is ["validator" or "miner", ['-', ..], ..])
                await RunUntilItWorksAsync(command, chain, chainId);
            else
                await RunAsync(command, chain);
        }
    }

    /// <summary>The commands of the chapter, with what they are to be called with in place of the words in capitals.</summary>
    private static List<string[]> Commands(string chapter, Dictionary<string, string> values)
    {
        var lines = File.ReadAllLines(RepositoryFiles.PathOf("docs", "operations.md"))
            .SkipWhile(line => line != chapter)
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .ToList();
        var (commands, inside) = (new List<string[]>(), false);
        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = line == "```sh";
            else if (inside)
                commands.Add([.. line.Split(' ').Select(word => values.GetValueOrDefault(word, word))]);
        }

        Assert.All(commands, command => Assert.Equal("tao20", command[0]));
        return [.. commands.Select(command => command[1..])];
    }

    private async Task RunAsync(string[] command, ChainFixture chain)
    {
        await using var process = Tao20Process.Start(command, Directory, _environment);
        var ended = process.ExitAsync(Patience);
        await Eventually.BecomesAsync<Task>(_ => Task.FromResult<Task?>(ended), task => task.IsCompleted, Patience, _ => chain.StepAsync());

        // The check only warns: the account has not yet associated its key.
        Assert.True(await ended is 0 or 20, $"{string.Join(' ', command)}: {await ended}\n{process.Errors}");
    }

    /// <summary>Starts a node, waits until it is ready and nothing that it does is off, and stops it.</summary>
    private async Task RunUntilItWorksAsync(string[] command, ChainFixture chain, ulong chainId)
    {
        await using var process = Tao20Process.Start(command, Directory, _environment);
        var status = await Eventually.BecomesAsync<JsonObject>(
            async _ => await process.StatusAsync(),
            status =>
                status["check"]?["spec"] is not null
                && status["faults"]!.AsArray().Count == 0
                && status["cursor"]?["block"]?.GetValue<ulong>() > FirstBlock
                && (command[0] != "miner" || status["market"]?["feed"]?["block"] is not null),
            Patience,
            _ => chain.StepAsync(),
            status => $"{status}\n{process.Errors}"
        );
        Assert.Equal(chainId, status["identity"]!["chainId"]!.GetValue<ulong>());
        process.Interrupt();
        Assert.Equal(0, await process.ExitAsync(Patience));
    }
}
