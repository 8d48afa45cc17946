using System.Reflection;

namespace Tao20.Chain.Tests.Registry;

/// <summary>A rule of the contract: where it stands, what the contract is without it, and which scenario then fails.</summary>
/// <param name="File">The file it stands in.</param>
/// <param name="Text">Its text, which the file has once.</param>
/// <param name="Without">What stands there without the rule.</param>
/// <param name="Scenario">The scenario that finds out.</param>
public sealed record RegistryRule(string File, string Text, string Without, string Scenario);

/// <summary>All scenarios and all rules.</summary>
internal static partial class RegistryRuleTable
{
    /// <summary>Each scenario by its name.</summary>
    public static IReadOnlyDictionary<string, Func<RegistryChain, Task>> Scenarios { get; } =
        new[] { typeof(BondScenarios), typeof(RoundScenarios), typeof(PunishScenarios), typeof(GradeScenarios), typeof(ParameterScenarios) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.Name.Contains('_', StringComparison.Ordinal))
            .ToDictionary(method => method.Name, method => method.CreateDelegate<Func<RegistryChain, Task>>());
}
