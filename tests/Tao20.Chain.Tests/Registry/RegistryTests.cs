namespace Tao20.Chain.Tests.Registry;

/// <summary>The registry on a local chain: each of its rules, at its bounds (source: consensus.md, The registry).</summary>
public sealed class RegistryTests(RegistryTests.Chains chains) : IClassFixture<RegistryTests.Chains>
{
    public static TheoryData<string> Names => [.. RegistryRuleTable.Scenarios.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_holds(string scenario)
    {
        await chains.Chain.AnewAsync();
        await RegistryRuleTable.Scenarios[scenario](chains.Chain);
    }

    /// <summary>The chain they share, one after the other.</summary>
    public sealed class Chains : IAsyncLifetime
    {
        public RegistryChain Chain { get; private set; } = null!;

        public async Task InitializeAsync() => Chain = await RegistryChain.StartAsync();

        public async Task DisposeAsync() => await Chain.DisposeAsync();
    }
}
