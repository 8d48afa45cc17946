using System.Reflection;
using System.Text.RegularExpressions;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Substrate;
using Tao20.Tests;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>docs/subtensor.md lists what is called of the chain, and nothing else.</summary>
[Trait("Category", "Fast")]
public sealed partial class DocumentTests
{
    private static readonly IReadOnlyDictionary<string, string> Interfaces = new Dictionary<string, string>
    {
        ["IBalanceTransfer"] = "0x800",
        ["IStaking"] = "0x805",
        ["IAlpha"] = "0x808",
        ["IAddressMapping"] = "0x80C",
    };

    [Fact]
    public void Every_call_of_a_precompile_is_listed_with_its_selector_and_by_whom_it_is_made()
    {
        var called = new SortedDictionary<(string Precompile, string Function), string>();
        foreach (var type in typeof(PrecompileAttribute).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<PrecompileAttribute>() is { } precompile)
                called[($"0x{precompile.Address:X}", Signature(type))] = "node";
        }

        foreach (var (name, address) in Interfaces)
        {
            foreach (var function in Functions(name))
                called[(address, function)] = called.ContainsKey((address, function)) ? "node, contracts" : "contracts";
        }

        var listed = Rows()
            .Select(row => ((Precompile: row[0], Function: row[1].Trim('`')), Selector: row[2].Trim('`'), By: row[3], Cells: row[4..]))
            .ToList();
        Assert.Equal(called.Select(pair => (pair.Key, pair.Value)), listed.Select(row => (row.Item1, row.By)).Order());
        Assert.All(listed, row => Assert.Equal(Keccak.Selector(row.Item1.Function)[2..], row.Selector));
        Assert.All(listed, row => Assert.All(row.Cells[..2], cell => Assert.NotEqual("", cell)));
    }

    [Fact]
    public void Every_item_of_the_storage_that_is_read_is_listed()
    {
        var sources = ((string[])["Contracts", "Checks"])
            .SelectMany(folder => Directory.GetFiles(RepositoryFiles.PathOf("src", "Tao20.Chain", folder), "*.cs"))
            .Select(File.ReadAllText)
            .ToList();
        var read = typeof(RuntimeStorage)
            .GetFields()
            .Where(field => sources.Any(source => source.Contains($"RuntimeStorage.{field.Name}", StringComparison.Ordinal)))
            .Select(field => (StorageItem)field.GetValue(null)!)
            .Select(item => $"{item.Pallet}.{item.Name}");
        var listed = Lines().Select(line => ItemRow().Match(line)).Where(row => row.Success).Select(row => row.Groups[1].Value);
        Assert.Equal(read.Order(), listed.Order());
    }

    [Fact]
    public void Every_item_of_the_storage_that_the_contracts_read_is_listed_and_its_key_is_that_of_its_name()
    {
        var source = File.ReadAllText(RepositoryFiles.PathOf("src", "Tao20.Devnet", "Contracts", "Index", "ChainStorage.sol"));
        var items = typeof(RuntimeStorage)
            .GetFields()
            .Select(field => (StorageItem)field.GetValue(null)!)
            .Where(item => item.Hashers.Count < 2)
            .ToDictionary(
                item => Convert.ToHexStringLower(item.Hashers.Count == 0 ? item.Key() : item.Key((ushort)1))[..64],
                item => $"{item.Pallet}.{item.Name}"
            );
        var hashes = ItemHash().Matches(source).ToDictionary(hash => hash.Groups[1].Value, hash => hash.Groups[2].Value);
        string[] pallets = [hashes["MODULE"], hashes["SWAP"]];
        var read = hashes.Values.Except(pallets).Select(hash => items[pallets.Select(pallet => pallet + hash).Single(items.ContainsKey)]);
        var listed = Lines().Select(line => ItemOfContractsRow().Match(line)).Where(row => row.Success).Select(row => row.Groups[1].Value);
        Assert.Equal(read.Order(), listed.Order());
    }

    private static IEnumerable<string[]> Rows() =>
        Lines()
            .Where(line => line.StartsWith("| 0x", StringComparison.Ordinal))
            .Select(line => line[2..^2].Split(" | ", StringSplitOptions.TrimEntries));

    private static string[] Lines() => File.ReadAllLines(RepositoryFiles.PathOf("docs", "subtensor.md"));

    private static string Signature(Type message)
    {
        var function = message.GetCustomAttribute<FunctionAttribute>()!;
        var parameters = message
            .GetProperties()
            .Select(property => property.GetCustomAttribute<ParameterAttribute>())
            .OfType<ParameterAttribute>()
            .OrderBy(parameter => parameter.Order)
            .Select(parameter => parameter.Type);
        return $"{function.Name}({string.Join(',', parameters)})";
    }

    /// <summary>The functions of an interface of the contracts, as signatures.</summary>
    private static IEnumerable<string> Functions(string contract)
    {
        var source = File.ReadAllText(RepositoryFiles.PathOf("src", "Tao20.Devnet", "Contracts", "Interfaces.sol"));
        var body = source[source.IndexOf($"interface {contract} ", StringComparison.Ordinal)..];
        foreach (Match function in Function().Matches(body[..body.IndexOf("\n}", StringComparison.Ordinal)]))
        {
            var types = function.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries).Select(parameter => parameter.Split(' ')[0]);
            yield return $"{function.Groups[1].Value}({string.Join(',', types)})";
        }
    }

    [GeneratedRegex(@"function (\w+)\(([^)]*)\)")]
    private static partial Regex Function();

    [GeneratedRegex(@"^\| `(\w+\.\w+)` \|")]
    private static partial Regex ItemRow();

    [GeneratedRegex(@"^\| `(\w+\.\w+)` of contracts \|")]
    private static partial Regex ItemOfContractsRow();

    [GeneratedRegex(@"bytes16 private constant (\w+) = 0x(\w{32});")]
    private static partial Regex ItemHash();
}
