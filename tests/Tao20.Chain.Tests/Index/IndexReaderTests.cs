using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using static Tao20.Chain.Tests.Index.IndexChain;
using static Tao20.Chain.Tests.Index.Proposals;

namespace Tao20.Chain.Tests.Index;

/// <summary>An index as the node reads it, held against what its contracts say.</summary>
[Collection(nameof(IndexChains))]
public sealed class IndexReaderTests(IndexChains chains)
{
    [Fact]
    public async Task Legs_holdings_targets_window_room_and_proposals_are_those_of_the_contracts()
    {
        var index = await chains.AnewAsync(473);
        var begun = await ReadAsync(index, index.Index);
        Assert.Equal(await index.SupplyAsync(), begun.Supply);
        Assert.Equal(Netuids, begun.Legs.Select(leg => leg.Netuid));
        Assert.All(begun.Legs, leg => Assert.True(leg is { IsActive: true, IsMissing: false, MeanWei: not null }));
        Assert.Equal((index.Manager, index.Founder, index.Bob), begun.Owners);
        Assert.Equal((Delay, Expiry, Gap, Day), (begun.TimeLock.Delay, begun.TimeLock.Expiry, begun.Rules.Gap, begun.Rules.Day));
        Assert.False(begun.IsOpen);
        Assert.Empty(begun.Pending);

        await index.CallAsync(
            index.Founder,
            Propose(ProposalKind.Hotkey, Data((ushort)12, HotkeyOf(3), HashOf(HotkeyOf(3)))),
            to: index.Manager
        );
        await index.PassAsync(
            ProposalKind.Composition,
            Composition([(11, 300, HotkeyOf(0)), (12, 300, HotkeyOf(1)), (13, 280, HotkeyOf(2)), (Spare, 120, HotkeyOf(0))])
        );
        await index.CallAsync(index.Alice, AbiEncoder.Call("step(uint16,uint256)", (ushort)14, LegGas));
        await index.WaitAsync(600);
        var open = await ReadAsync(index, index.Index);
        Assert.True(open.IsOpen);
        Assert.Equal([(ProposalKind.Hotkey, (ushort)12)], open.Pending.Select(proposal => (proposal.Kind, proposal.Netuid)));
        Assert.Equal((await index.HoldingsAsync()).Values, open.Legs.Select(leg => leg.Held));
        Assert.Equal(await index.TaoAsync(), open.TaoRao);
        var legs = await index.LegsAsync();
        Assert.Equal(legs.Select(leg => leg.Unit * open.Supply / One), open.Legs.Select(open.TargetOf));
        Assert.Equal([true, true, false, false, false], open.Legs.Select(open.IsThere));

        // What can be traded for is what the next step may take, and no more.
        var room = open.RoomNow;
        var tao = await index.TaoAsync();
        await index.CallAsync(index.Alice, AbiEncoder.Call("step(uint16,uint256)", (ushort)14, LegGas));
        Assert.InRange(await index.TaoAsync() - tao, room * 99 / 100, room * 102 / 100);

        // A swapped hotkey is a leg that is missing.
        await index.Chain.SetAsync("swapHotkey", HotkeyOf(1), Tao20.Chain.Abi.Keccak.Hash("the successor"u8), (ushort)12);
        Assert.Equal([(ushort)12], (await ReadAsync(index, index.Index)).Legs.Where(leg => leg.IsMissing).Select(leg => leg.Netuid));
    }

    [Fact]
    public async Task What_is_no_such_index_is_told()
    {
        var index = await chains.AnewAsync(473);
        foreach (var other in (Address[])[index.Founder, index.Lens, index.Manager])
            await Assert.ThrowsAsync<FormatException>(() => ReadAsync(index, other));
    }

    private static async Task<IndexView> ReadAsync(IndexChain index, Address contract)
    {
        await using var chain = ChainConnection.Http(
            new ChainOptions
            {
                Endpoints = [index.Chain.Rpc],
                Contract = contract,
                WebSocket = false,
            },
            NullLogger.Instance
        );
        await chain.Head.RefreshAsync(default);
        return await new IndexReader(chain.Pool, contract).ReadAsync(chain.Head.Latest!, default);
    }
}
