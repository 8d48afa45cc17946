using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Devnet.Commands.Terminal;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Index;
using Tao20.Node;

namespace Tao20.Devnet.Commands;

/// <summary>What became of the index's composition, in the devnet's summary.</summary>
/// <param name="OpenedAt">The block in which a window was opened; null when none was.</param>
/// <param name="ClosedAt">The block in which it was closed: all legs were there, or its time was over; null when it is still open.</param>
/// <param name="MostOffBps">How far the leg that is furthest from its target is from it, in hundredths of a percent.</param>
/// <param name="Steps">The trades of legs towards their targets.</param>
/// <param name="MovedWei">What they bought and sold for, in TAO wei.</param>
/// <param name="Dissolved">The subnets that were dissolved and taken out of the index.</param>
/// <param name="TaoWei">The index's own TAO at the end, in wei.</param>
/// <param name="Wanted">What was asked for: a window, and a subnet that ends.</param>
internal sealed record RebalancingSummary(
    ulong? OpenedAt,
    ulong? ClosedAt,
    int MostOffBps,
    int Steps,
    string MovedWei,
    IReadOnlyList<ushort> Dissolved,
    string TaoWei,
    RebalancingWanted Wanted
)
{
    /// <summary>What fees take, and prices that move, is missing at the end of a window: a leg may be short by so much.</summary>
    private const int AllowedBps = 200;

    /// <summary>The window was seen through, and the subnet that ended is out of the index.</summary>
    public bool Right =>
        (!Wanted.Window || (OpenedAt is not null && MostOffBps <= AllowedBps))
        && (Wanted.Dissolve is not { } netuid || Dissolved.Contains(netuid));

    private string Off => string.Create(CultureInfo.InvariantCulture, $"{MostOffBps / 100}.{MostOffBps % 100:D2}");

    public void Print()
    {
        if (Wanted.Window && OpenedAt is null)
            Printer.Say("NO WINDOW WAS OPENED");
        else if (Wanted.Window)
            Printer.Say(
                $"A window was open from block {OpenedAt} "
                    + (ClosedAt is { } end ? $"to {end}" : "and still is")
                    + $": {Steps} steps for {FixedPoint.Tao(MovedWei, 18)} TAO; every leg is within {Off} % of its target"
            );
        if (Wanted.Dissolve is not { } netuid)
            return;
        Printer.Say(
            Dissolved.Contains(netuid)
                ? $"Subnet {netuid} was dissolved and is out of the index, which has {FixedPoint.Tao(TaoWei, 18)} TAO of its own"
                : $"SUBNET {netuid} IS STILL IN THE INDEX"
        );
    }
}

/// <summary>What a run is asked to show of the index's composition.</summary>
/// <param name="Window">Whether other targets are proposed, and traded for.</param>
/// <param name="Dissolve">The subnet that ends half way through; null for none.</param>
internal sealed record RebalancingWanted(bool Window, ushort? Dissolve);

/// <summary>
/// Has the index's owner propose other targets and apply them when their time has come, and a subnet end. Legs are traded by validators'
/// nodes, and where none has a key by the keeper, as anybody may.
/// </summary>
internal sealed class DevnetRebalancing(Economy economy, DevnetSettings settings)
{
    private const int ProposedIn = 2;
    private const ulong Moved = 10_000_000_000_000_000;
    private const int StepsOfDissolution = 6;
    private readonly IndexReader _reader = new(economy.Chain.Client.Pool, economy.Index);
    private byte[]? _proposed;

    private RebalancingWanted Wanted => new(settings.Rebalance, settings.Dissolve is { } netuid ? (ushort)netuid : null);

    /// <summary>What happens in a block besides all else.</summary>
    /// <param name="block">Which block of the run it is, from 0.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<IReadOnlyList<DevnetTransaction>> AtAsync(int block, CancellationToken cancel)
    {
        var transactions = new List<DevnetTransaction>();
        if (settings.Rebalance && block >= ProposedIn)
            transactions.AddRange(await WindowAsync(cancel));
        if (Wanted.Dissolve is { } netuid)
            transactions.AddRange(Dissolve(netuid, block - settings.Blocks * 2 / 3));
        return transactions;
    }

    /// <summary>What came of it; null where nothing was asked for.</summary>
    public async Task<RebalancingSummary?> SummaryAsync(CancellationToken cancel)
    {
        if (Wanted is { Window: false, Dissolve: null })
            return null;
        var opened = await LogsAsync("WindowOpened(uint16[],uint256[],uint256)", cancel);
        var closed = await LogsAsync("WindowClosed()", cancel);
        var steps = await LogsAsync("Stepped(uint16,bool,uint256,uint256,uint256,uint256,uint256,uint256)", cancel);
        var dissolved = await LogsAsync("LegDissolved(uint16,uint256)", cancel);
        var moved = steps.Aggregate(BigInteger.Zero, (sum, step) => sum + new AbiData(step.Data).Integer(3));
        var view = await _reader.ReadAsync(await economy.Chain.Client.LatestAsync(cancel), cancel);
        return new RebalancingSummary(
            opened.Count > 0 ? opened[0].Block : null,
            closed.Count > 0 ? closed[0].Block : null,
            (int)view.Legs.Where(leg => leg.Unit > 0).Select(leg => OffBps(view, leg)).DefaultIfEmpty().Max(),
            steps.Count,
            (moved * 1_000_000_000).ToString(CultureInfo.InvariantCulture),
            [.. dissolved.Select(log => (ushort)HexText.BigQuantity(log.Subject))],
            (view.TaoRao * 1_000_000_000).ToString(CultureInfo.InvariantCulture),
            Wanted
        );
    }

    private static BigInteger OffBps(IndexView view, IndexLeg leg) =>
        BigInteger.Abs(leg.Counted - view.TargetOf(leg)) * 10_000 / BigInteger.Max(1, view.TargetOf(leg));

    private async Task<IReadOnlyList<DevnetTransaction>> WindowAsync(CancellationToken cancel)
    {
        if (_proposed is null)
        {
            var proposal = new Proposal.Composition(Targets(), ImmutableList<NamedPrice>.Empty);
            _proposed = ManagerCalls.DataOf(proposal);
            return [new DevnetTransaction(economy.Keeper, economy.Manager, ManagerCalls.Propose(proposal))];
        }

        var view = await _reader.ReadAsync(await economy.Chain.Client.LatestAsync(cancel), cancel);
        var pending = view.Pending.Find(proposal => proposal.Kind == ProposalKind.Composition);
        if (pending.Since > 0 && view.Block.Time >= pending.Since + view.TimeLock.Delay)
            return [new(economy.Keeper, economy.Manager, ManagerCalls.Execute(ProposalKind.Composition, _proposed, Economy.LegGas))];
        if (settings.Validators > 1 || IndexDuties.Next(view, economy.Keeper, ImmutableHashSet<string>.Empty) is not { } duty)
            return [];
        var (to, data) = IndexCalls.Of(duty, economy.Index, view.Means, Economy.LegGas);
        return [new DevnetTransaction(economy.Keeper, to, data)];
    }

    /// <summary>A hundredth of the value goes from the largest leg to the smallest.</summary>
    private static ImmutableList<LegTarget> Targets() =>
        [
            .. Economy.Netuids.Select(
                (netuid, i) =>
                    new LegTarget(
                        (ushort)netuid,
                        (ulong)Economy.Weights[i] - (i == 0 ? Moved : 0) + (i == Economy.Netuids.Count - 1 ? Moved : 0),
                        Economy.Hotkey
                    )
            ),
        ];

    /// <summary>The end of a subnet, by the chain's own steps; one of them a block, where it takes many.</summary>
    private IEnumerable<DevnetTransaction> Dissolve(ushort netuid, int blocksSince)
    {
        if (blocksSince == 0)
        {
            economy.Forget(netuid);
            yield return SubtensorMock.Set(economy.Keeper, "dissolve", netuid);
        }
        else if (blocksSince is > 0 and < StepsOfDissolution && settings.ChainSpec == SubtensorMock.October)
        {
            yield return SubtensorMock.Set(economy.Keeper, "stepDissolution", netuid, (BigInteger)1_000, false);
        }
        else if (blocksSince == StepsOfDissolution)
        {
            // Anybody may; else it is done with the next mint or redemption.
            yield return new DevnetTransaction(economy.Keeper, economy.Index, IndexCalls.Sync());
        }
    }

    private async Task<IReadOnlyList<(ulong Block, string Subject, byte[] Data)>> LogsAsync(string signature, CancellationToken cancel)
    {
        var logs = await economy.Chain.Client.SendAsync(
            "eth_getLogs",
            $"[{{\"address\":\"{economy.Index}\",\"fromBlock\":\"0x0\",\"toBlock\":\"latest\","
                + $"\"topics\":[\"{Keccak.Topic(signature)}\"]}}]",
            cancel
        );
        return
        [
            .. logs.EnumerateArray()
                .Select(log =>
                    (
                        (ulong)HexText.BigQuantity(log.GetProperty("blockNumber").GetString()!),
                        log.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()!).ElementAtOrDefault(1) ?? "0x0",
                        Convert.FromHexString(log.GetProperty("data").GetString()!.AsSpan(2))
                    )
                ),
        ];
    }
}
