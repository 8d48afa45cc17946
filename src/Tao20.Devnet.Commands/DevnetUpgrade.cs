using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tao20.Chain.Abi;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Checks;
using Tao20.Domain.Units;
using Tao20.Node;
using Tao20.Node.Checks;
using Tao20.Node.Hosting;

namespace Tao20.Devnet.Commands;

/// <summary>What a node did about the upgrade of the chain it was running on.</summary>
/// <param name="Account">The account it signs for; null for a node that signs nothing.</param>
/// <param name="CheckedAt">The block at which it first checked the new runtime; null when it never did.</param>
/// <param name="SentUnchecked">Transactions of its account in blocks between the upgrade and that check. None may be there.</param>
/// <param name="Off">What the check has switched off.</param>
internal sealed record UpgradedNode(string? Account, ulong? CheckedAt, int SentUnchecked, IReadOnlyList<string> Off);

/// <summary>An upgrade of the chain, in the devnet's summary.</summary>
/// <param name="From">The spec before.</param>
/// <param name="To">The spec after.</param>
/// <param name="Block">The block in which it happened.</param>
/// <param name="Nodes">What each node did about it.</param>
internal sealed record UpgradeSummary(uint From, uint To, ulong Block, IReadOnlyList<UpgradedNode> Nodes)
{
    /// <summary>Everyone has checked the new runtime, and nobody has sent anything before.</summary>
    public bool Right => Nodes.All(node => node is { CheckedAt: not null, SentUnchecked: 0 });

    /// <summary>Whether the spec is one that nobody has seen: what is off then is off rightly.</summary>
    [JsonIgnore]
    public bool IsUnseen => To == RuntimeUpgrade.Unseen;
}

/// <summary>Upgrades the chain of a devnet half way through, and looks what its nodes do about it.</summary>
internal sealed class DevnetUpgrade(Economy economy, DevnetSettings settings, IReadOnlyList<NodeHost> nodes)
{
    // What is in the block after the upgrade's was signed before that one was there; final is what lies two blocks back.
    private const ulong NotYetSeen = 1;
    private const ulong UntilFinal = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);
    private readonly Dictionary<NodeHost, CheckReport> _first = [];
    private ulong? _block;

    /// <summary>What happens in a block besides all else: the upgrade, when it is its time.</summary>
    /// <param name="block">Which block of the run it is, from 0.</param>
    public IReadOnlyList<DevnetTransaction> At(int block) =>
        block == settings.Blocks / 2 && settings.UpgradeTo is { } spec ? RuntimeUpgrade.To(economy.Keeper, spec) : [];

    /// <summary>
    /// Notes what has been checked after a block. As soon as the upgrade is final it waits for the checks: here a block takes a moment and
    /// not 12 s, which is more than a check takes.
    /// </summary>
    /// <param name="block">Which block of the run it was, from 0.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">A node does not check.</exception>
    public async Task NoteAsync(int block, CancellationToken cancel)
    {
        if (block < settings.Blocks / 2 || settings.UpgradeTo is not { } spec || _first.Count == nodes.Count)
            return;
        var head = await economy.Chain.Client.BlockNumberAsync(cancel);
        _block ??= head;
        using var looks = new PeriodicTimer(LookEvery);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            foreach (var node in nodes.Where(node => node.LastCheck?.Version?.Spec == spec))
                _first.TryAdd(node, node.LastCheck!);
            if (_first.Count == nodes.Count || head < _block + UntilFinal + NotYetSeen)
                return;
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new NodeException(
                    ExitCodes.Failed,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"A node has not checked the chain within {Patience.TotalSeconds:0} s of its upgrade to {spec} in block {_block}."
                    )
                );
            await looks.WaitForNextTickAsync(cancel);
        }
    }

    /// <summary>What came of it; null where there was none.</summary>
    public async Task<UpgradeSummary?> SummaryAsync(CancellationToken cancel)
    {
        if (_block is not { } at || settings.UpgradeTo is not { } spec)
            return null;
        var upgraded = new List<UpgradedNode>();
        foreach (var node in nodes)
        {
            var first = _first.GetValueOrDefault(node);
            upgraded.Add(
                new UpgradedNode(
                    node.Account?.ToString(),
                    first?.Block,
                    node.Account is { } account ? await SentAsync(account, at + NotYetSeen + 1, first?.Block + UntilFinal, cancel) : 0,
                    [.. first?.Off.Select(CheckText.Word) ?? []]
                )
            );
        }

        return new UpgradeSummary(settings.ChainSpec, spec, at, upgraded);
    }

    /// <summary>How many transactions of an account are in these blocks; up to the latest where no last one is given.</summary>
    private async Task<int> SentAsync(Address account, ulong first, ulong? last, CancellationToken cancel)
    {
        var sent = 0;
        last ??= await economy.Chain.Client.BlockNumberAsync(cancel);
        for (var number = first; number <= last; number++)
        {
            var block = await economy.Chain.Client.SendAsync("eth_getBlockByNumber", $"[\"{HexText.Quantity(number)}\",true]", cancel);
            sent += block.GetProperty("transactions").EnumerateArray().Count(one => SenderOf(one) == account);
        }

        return sent;
    }

    private static Address SenderOf(JsonElement transaction) => Address.Parse(transaction.GetProperty("from").GetString()!);
}
