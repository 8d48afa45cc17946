using Tao20.Domain.Registry;

namespace Tao20.Domain.Tests.Registry;

[Trait("Category", "Fast")]
public sealed class ReputationTests
{
    [Theory]
    [InlineData(0, 0, 0, 0, "400000000000000000")]
    [InlineData(100, 100, 0, 0, "1000000000000000000")]
    [InlineData(50, 25, 5, 1, "640000000000000000")] // 0.2 + 0.36 + 0.2 * 0.4
    [InlineData(10, 0, 10, 9, "0")]
    public void Reputation_is_accuracy_consistency_and_reliability(
        long all,
        long agreed,
        long violations,
        long slashes,
        string reputation
    ) => Assert.Equal(reputation, Reputation.Of(all, agreed, violations, slashes).ToString());
}
