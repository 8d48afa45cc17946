using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Tao20.Domain.Transactions;

namespace Tao20.Actors.Tests.Transactions;

/// <summary>What is booked is what was charged, on a chain whose receipts show something else.</summary>
public sealed partial class TransactionSenderTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_a_Frontier_node_what_is_booked_is_what_the_balance_has_gone_down_by(bool saysWhatItIs)
    {
        // Frontier's header of a block shows the base fee of the next one, and its receipts a price made of that and the tip
        // (source: its eth/transaction.rs). Here the chain below charges the base fee of its own headers; no fee is raised, so no tip.
        const int Intents = 20;
        var fees = new ConcurrentDictionary<ulong, BigInteger>();
        var random = new Random(7);
        await MineAtAsync(5, fees, CancellationToken.None);
        var before = await _anvil.BalanceAsync(_key.Address);
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key, new FeePolicy { StuckBlocks = 1_000 });
        node.Transport.Rewrites = (call, answer) => AsFrontier(call, answer, fees, saysWhatItIs);
        var intents = Enumerable.Range(0, Intents).Select(i => Gift(i + 1)).ToArray();
        foreach (var intent in intents)
        {
            node.Submit(intent);
            await node.DoneAsync(
                1 + Array.IndexOf(intents, intent),
                TimeSpan.FromSeconds(30),
                async cancel =>
                {
                    await MineAtAsync(random.Next(5, 9), fees, cancel);
                }
            );
        }

        var booked = BigInteger.Zero;
        var shown = BigInteger.Zero;
        foreach (var intent in intents)
        {
            var receipt = (await node.ProgressAsync(intent)).Receipt!;
            booked += (BigInteger)receipt.FeeWei + (BigInteger)intent.ValueWei;
            shown += receipt.GasUsed * (BigInteger)receipt.GasPrice + (BigInteger)intent.ValueWei;
        }

        Assert.Equal(before - await _anvil.BalanceAsync(_key.Address), booked);
        Assert.NotEqual(booked, shown);
    }

    [Fact]
    public void What_was_charged_is_told_by_what_the_balance_went_down_by_or_not_at_all()
    {
        // 21,000 gas at 10.000000003 gwei, floored to rao, beside the 12 gwei that the receipt shows.
        var fee = FeeCandidates.Of(21_000, 12_000_000_000, 10_000_000_003);
        Assert.Equal((BigInteger)210_000_000_000_000, fee.By(FeeRule.BaseFeeBefore));
        Assert.Equal((BigInteger)252_000_000_000_000, fee.By(FeeRule.EffectivePrice));
        Assert.Equal(FeeRule.BaseFeeBefore, FeeCandidates.Observed([fee, fee], 420_000_000_000_000));
        Assert.Equal(FeeRule.EffectivePrice, FeeCandidates.Observed([fee], 252_000_000_000_000));
        Assert.Null(FeeCandidates.Observed([fee], 1));
        var same = FeeCandidates.Of(21_000, 10_000_000_000, 10_000_000_000);
        Assert.Null(FeeCandidates.Observed([same], 210_000_000_000_000));
        Assert.Equal(same.ByPrice, FeeCandidates.Of(21_000, 10_000_000_000, null).By(FeeRule.BaseFeeBefore));
    }

    /// <summary>Mines a block, the one after which will charge so many gwei.</summary>
    private async Task MineAtAsync(int nextGwei, ConcurrentDictionary<ulong, BigInteger> fees, CancellationToken cancel)
    {
        var mined = await _anvil.Client.BlockNumberAsync(cancel) + 1;
        fees[mined] = nextGwei * BigInteger.Pow(10, 9);
        await _anvil.Client.MineAsync(1, cancel);
        await _anvil.Client.SendAsync(
            "anvil_setNextBlockBaseFeePerGas",
            $"[\"0x{fees[mined].ToString("x", CultureInfo.InvariantCulture).TrimStart('0')}\"]",
            cancel
        );
    }

    private static void AsFrontier(JsonObject call, JsonObject answer, ConcurrentDictionary<ulong, BigInteger> fees, bool saysWhatItIs)
    {
        switch (call["method"]!.GetValue<string>())
        {
            case "eth_getBlockByNumber" when answer["result"] is JsonObject header && FeeAfter(header["number"]) is { } next:
                header["baseFeePerGas"] = Quantity(next);
                break;
            case "eth_getTransactionReceipt" when answer["result"] is JsonObject receipt && FeeAfter(receipt["blockNumber"]) is { } next:
                receipt["effectiveGasPrice"] = Quantity(next + 1);
                break;
            case "state_getRuntimeVersion" when saysWhatItIs:
                answer.Remove("error");
                answer["result"] = JsonNode.Parse("""{"specName":"node-subtensor","specVersion":425,"transactionVersion":1}""");
                break;
        }

        BigInteger? FeeAfter(JsonNode? number) =>
            fees.TryGetValue(Convert.ToUInt64(number!.GetValue<string>(), 16), out var fee) ? fee : null;

        static string Quantity(BigInteger value) => $"0x{value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0')}";
    }
}
