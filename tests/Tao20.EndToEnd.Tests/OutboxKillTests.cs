using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// A validator killed between every two steps of a transaction: each intent is mined exactly once. And one key in two processes.
/// </summary>
public sealed class OutboxKillTests(ITestOutputHelper output) : OneValidator
{
    private static readonly bool Soak = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1";

    [Fact]
    public async Task Killed_at_any_step_a_commitment_a_statement_and_the_weights_are_mined_exactly_once()
    {
        await using var proxy = new KillingProxy(Fixture.Node.Url);
        (string Method, int Nth)[] steps =
        [
            ("eth_estimateGas", 1),
            ("eth_sendRawTransaction", 1),
            ("eth_estimateGas", 2),
            ("eth_sendRawTransaction", 2),
            ("eth_estimateGas", 3),
            ("eth_sendRawTransaction", 3),
            ("eth_getTransactionReceipt", 1),
            ("eth_getTransactionReceipt", 2),
        ];
        // Before and after every step, or by chance one of the two.
        var random = new Random(TestSeed.Of(output));
        var epoch = 0UL;
        var running = Start("victim", proxy.Url);
        try
        {
            foreach (var (method, nth) in steps)
            {
                foreach (var afterwards in Soak ? [false, true] : new[] { random.Next(2) == 1 })
                {
                    var before = await NonceAsync();
                    var where = $"{method} {nth}, {(afterwards ? "after" : "before")}";
                    await FollowedAsync(running);
                    var reached = proxy.TrapAsync(method, nth, afterwards);
                    await EpochAsync();
                    await PassUntilAsync(reached, where);
                    await running.DisposeAsync();
                    proxy.Open();

                    // Who goes on is the next to be killed.
                    running = Start("victim", proxy.Url);
                    await DoneAsync(running, epoch, where);
                    Assert.True(await NonceAsync() == before + 3, $"{where}: {await NonceAsync() - before} transactions instead of 3");
                    epoch++;
                }
            }
        }
        finally
        {
            await running.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_second_process_with_the_same_key_is_noticed_and_the_epoch_is_attested_once()
    {
        await using var first = Start("first", Fixture.Node.Url);

        // With the same fees the two sign the same bytes, which is one transaction, and nobody could tell.
        await using var second = Start("second", Fixture.Node.Url, tip: 2_000_000_000);
        for (var epoch = 0UL; epoch < 2; epoch++)
        {
            await FollowedAsync(first);
            await FollowedAsync(second);
            await EpochAsync();
            await DoneAsync(first, epoch, "two processes");
        }

        // At least one has seen the other's transactions, says so in its status and its log, and the bond is whole.
        var foreign = new List<long>();
        foreach (var process in new[] { first, second })
        {
            var status = await process.StatusAsync();
            foreign.Add(status["validator"]!["transactions"]!["foreign"]!.GetValue<long>());
            Assert.Equal(
                foreign[^1] > 0,
                process.Errors.Contains("someone else uses its key", StringComparison.Ordinal)
                    || process.Errors.Contains("Stop the other process", StringComparison.Ordinal)
            );
            Assert.Equal("0", status["consensus"]!["validators"]![0]!["slashedWei"]!.GetValue<string>());
        }

        Assert.Contains(foreign, count => count > 0);
    }

    /// <summary>Lets blocks go by until the signal comes.</summary>
    private Task PassUntilAsync(Task reached, string where) =>
        Eventually.BecomesAsync<Task>(_ => Task.FromResult<Task?>(reached), signal => signal.IsCompleted, Patience, MineAsync, what: where);
}
