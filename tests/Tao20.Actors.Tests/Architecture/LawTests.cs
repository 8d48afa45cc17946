using System.Text.RegularExpressions;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnit;
using Tao20.Actors.Miners;
using Tao20.Chain;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Tao20.Actors.Tests.Architecture;

/// <summary>The laws of docs/architecture.md, held by a test each.</summary>
[Trait("Category", "Fast")]
public sealed partial class LawTests
{
    private static readonly System.Reflection.Assembly DomainAssembly = typeof(Wei).Assembly;
    private static readonly System.Reflection.Assembly ChainAssembly = typeof(ChainOptions).Assembly;
    private static readonly System.Reflection.Assembly ActorsAssembly = typeof(MinerActor).Assembly;
    private static readonly System.Reflection.Assembly DevnetAssembly = typeof(Economy).Assembly;

    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader()
        .LoadAssemblies(DomainAssembly, ChainAssembly, ActorsAssembly, DevnetAssembly)
        .Build();

    [Fact]
    public void The_domain_references_nothing_but_the_base_class_library() =>
        Assert.All(
            DomainAssembly.GetReferencedAssemblies(),
            reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal)
        );

    [Fact]
    public void References_point_one_way()
    {
        Assert.Equal(["Tao20.Domain"], Ours(ChainAssembly));
        Assert.Equal(["Tao20.Chain", "Tao20.Domain"], Ours(ActorsAssembly));
        Assert.Equal(["Tao20.Chain", "Tao20.Domain"], Ours(DevnetAssembly));

        static string[] Ours(System.Reflection.Assembly assembly) =>
            [
                .. assembly
                    .GetReferencedAssemblies()
                    .Select(reference => reference.Name!)
                    .Where(name => name.StartsWith("Tao20.", StringComparison.Ordinal))
                    .Order(),
            ];
    }

    [Fact]
    public void The_chain_and_the_devnet_know_no_actors()
    {
        foreach (var assembly in new[] { ChainAssembly, DevnetAssembly })
            Assert.DoesNotContain(
                assembly.GetReferencedAssemblies(),
                reference => reference.Name!.StartsWith("Akka", StringComparison.Ordinal)
            );
    }

    /// <summary>Only the chain, and the devnet for the functions of its own mocks, describe calls with Nethereum's types.</summary>
    [Fact]
    public void Nethereum_stays_below_the_actors()
    {
        foreach (var assembly in new[] { DomainAssembly, ActorsAssembly, System.Reflection.Assembly.Load("tao20") })
            Assert.DoesNotContain(assembly.GetReferencedAssemblies(), reference => IsNethereum(reference.Name!));
        Assert.Contains(ChainAssembly.GetReferencedAssemblies(), reference => IsNethereum(reference.Name!));

        static bool IsNethereum(string name) =>
            name.StartsWith("Nethereum", StringComparison.Ordinal)
            || name.StartsWith("NBitcoin", StringComparison.Ordinal)
            || name == "Newtonsoft.Json";
    }

    [Theory]
    [InlineData("Tao20.Domain.(*)")]
    [InlineData("Tao20.Actors.(*)")]
    public void Namespaces_depend_on_each_other_one_way_only(string slices) =>
        SliceRuleDefinition.Slices().Matching(slices).Should().BeFreeOfCycles().Check(Loaded);

    [Fact]
    public void Only_the_wire_forms_of_a_room_know_how_it_is_written() =>
        Types()
            .That()
            .ResideInAssembly(ActorsAssembly)
            .And()
            .DoNotHaveNameEndingWith("Wire")
            .And()
            .DoNotResideInNamespaceMatching("Tao20\\.Actors\\.Serialization")
            .Should()
            .NotDependOnAny(Types().That().ResideInNamespace("Tao20.Actors.Serialization.Wire"))
            .Check(Loaded);

    [Fact]
    public void Classes_are_sealed_unless_they_are_made_to_be_derived_from() =>
        Classes()
            .That()
            .ResideInNamespaceMatching("Tao20\\..*")
            .And()
            .AreNotAbstract()
            .And()
            .DoNotResideInNamespace("Tao20.Actors.Serialization.Wire")
            .Should()
            .BeSealed()
            .Check(Loaded);

    [Fact]
    public void The_domain_has_no_clock_no_chance_no_io_and_no_floating_point()
    {
        var domain = RepositoryFiles.PathOf("src", "Tao20.Domain");
        foreach (var file in Sources().Where(file => file.StartsWith(domain, StringComparison.Ordinal)))
            Assert.False(
                Impure().IsMatch(Comments().Replace(File.ReadAllText(file), "")),
                $"{file} is not pure: {Impure().Match(Comments().Replace(File.ReadAllText(file), "")).Value}"
            );
    }

    [Fact]
    public void No_line_is_longer_than_140_columns()
    {
        var tooLong =
            from file in Sources()
            from line in File.ReadLines(file).Select((text, i) => (text.Length, Number: i + 1))
            where line.Length > 140
            select $"{file}:{line.Number}";
        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_file_is_longer_than_350_lines() => Assert.All(Sources(), file => Assert.InRange(File.ReadLines(file).Count(), 0, 350));

    [GeneratedRegex(@"\b(double|float|DateTime|DateTimeOffset|Stopwatch|Random|Guid|Environment|HttpClient|Task|Thread|File)\b")]
    private static partial Regex Impure();

    /// <summary>A collector finds the values of an entry by name: "{Epoch}", never "{0}".</summary>
    [Fact]
    public void Entries_of_the_log_name_their_values() =>
        Assert.All(
            Sources().Where(file => !file.EndsWith("LawTests.cs", StringComparison.Ordinal)),
            file => Assert.DoesNotMatch(NumberedTemplate(), File.ReadAllText(file))
        );

    [GeneratedRegex(@"\b_?[lL]og\.(Log)?(Debug|Info|Information|Warning|Error)\(\s*([\w.]+,\s*)?""[^""]*\{\d")]
    private static partial Regex NumberedTemplate();

    [GeneratedRegex(@"//.*")]
    private static partial Regex Comments();

    private static IEnumerable<string> Sources() =>
        new[] { "src", "tests" }
            .SelectMany(part => Directory.EnumerateFiles(RepositoryFiles.PathOf(part), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));
}
