using System.Text.Json;
using Tao20.Devnet;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using static Tao20.Chain.Tests.Index.IndexChain;
using static Tao20.Chain.Tests.Index.Proposals;

namespace Tao20.Chain.Tests.Index;

/// <summary>
/// Whom an index calls, by the traces of what it does: five precompiles and its means, and no code that is not ours (source: the index
/// contract's design, section 2).
/// </summary>
[Collection(nameof(IndexChains))]
public sealed class CallsTests(IndexChains chains)
{
    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task An_index_calls_five_precompiles_and_its_means_and_nobody_else(uint spec)
    {
        var index = await chains.AnewAsync(spec);
        HashSet<string> allowed =
        [
            .. new ulong[] { 0x800, 0x805, 0x807, 0x808, 0x80C }.Select(at => Subtensor.MockChain.At(at).ToString()),
        ];
        allowed.Add(index.Means.ToString());
        await index.Chain.SendAsync(new DevnetTransaction(index.Bob, index.Index, "0x", 10 * (UInt128)One));
        var offers = (await index.HoldingsAsync()).Values.Select(held => held / 10).ToList();
        var called = new HashSet<string>();
        await TraceAsync(index.Alice, await index.MintDataAsync(offers), 5 * (UInt128)One);
        await TraceAsync(index.Alice, await index.RedeemDataAsync(await index.TokensAsync(index.Alice), sell: 0b0010, leave: 0b0100));
        await index.PassAsync(
            ProposalKind.Composition,
            Composition([(11, 300, HotkeyOf(0)), (12, 300, HotkeyOf(1)), (13, 280, HotkeyOf(2)), (Spare, 120, HotkeyOf(0))])
        );
        await TraceAsync(index.Alice, AbiEncoder.Call("step(uint16,uint256)", Spare, LegGas));
        await index.WaitAsync(Day / 8);
        await TraceAsync(index.Alice, AbiEncoder.Call("step(uint16,uint256)", (ushort)14, LegGas));
        await index.WaitAsync(3_600);
        await TraceAsync(index.Alice, AbiEncoder.Call("advanceEpoch()"));
        Assert.Equal(allowed.Order(), called.Order());

        async Task TraceAsync(Address from, string data, UInt128 value = default)
        {
            var hashes = await index.Chain.Client.SubmitAsync([new DevnetTransaction(from, index.Index, data, value)], default);
            await index.WaitAsync(1);
            var receipt = (await index.Chain.Client.ReceiptsAsync(hashes, default))[0];
            Assert.Equal("0x1", receipt.GetProperty("status").GetString());
            Look(await index.Chain.Client.SendAsync("debug_traceTransaction", $"[\"{hashes[0]}\",{{\"tracer\":\"callTracer\"}}]", default));
        }

        void Look(JsonElement call)
        {
            foreach (var inner in call.TryGetProperty("calls", out var calls) ? calls.EnumerateArray() : default)
            {
                var to = inner.GetProperty("to").GetString()!;
                if (inner.GetProperty("from").GetString() == index.Index.ToString())
                {
                    var type = inner.GetProperty("type").GetString()!;
                    Assert.True(type is "CALL" or "STATICCALL" && allowed.Contains(to), $"{type} {to}");
                    Assert.True(type == "STATICCALL" || to != index.Means.ToString() || DataOf(call) == AbiEncoder.Call("advanceEpoch()"));
                    called.Add(to);
                }

                Look(inner);
            }
        }

        static string DataOf(JsonElement call) => call.GetProperty("input").GetString()!;
    }
}
