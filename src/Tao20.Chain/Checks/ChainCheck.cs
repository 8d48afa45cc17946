using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;

namespace Tao20.Chain.Checks;

/// <summary>
/// Holds every assumption about the chain against one node, read-only and at one final block: before anything is sent, after each upgrade
/// of the runtime, daily, and when a person asks (source: the chain reference, section 11).
/// </summary>
/// <param name="chain">The endpoints: one that tells its runtime is asked, where there is one.</param>
public sealed class ChainCheck(ChainConnection chain)
{
    private const int Attempts = 3;

    // Of a node that does not tell its runtime, which is only read from, only this is asked: who it is, and whether it reads well.
    private static readonly IReadOnlySet<int> AskedOfGateways = new HashSet<int> { 1, 2, 3, 4, 7, 9, 22, 41, 42, 43 };

    /// <summary>All assumptions, by number.</summary>
    internal static IReadOnlyList<CheckRow> Rows { get; } =
    [
        .. NodeRows
            .All.Concat(PrecompileRows.All)
            .Concat(FeeRows.All)
            .Concat(StakeRows.All)
            .Concat(SubnetRows.All)
            .Concat(NeuronRows.All)
            .OrderBy(row => row.Number),
    ];

    /// <summary>Makes the check.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint can be read from, or the block it was read at was replaced again and again.</exception>
    public Task<CheckReport> RunAsync(CheckSubject subject, CancellationToken cancel) => RunAsync(subject, Rows, cancel);

    /// <summary>Makes some rows of it.</summary>
    internal async Task<CheckReport> RunAsync(CheckSubject subject, IReadOnlyList<CheckRow> rows, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunOnceAsync(subject, rows, cancel).ConfigureAwait(false);
            }
            catch (BlockReplacedException) when (attempt < Attempts)
            {
                // The chain was reorganized underneath: what was read may be of two chains.
            }
        }
    }

    private async Task<CheckReport> RunOnceAsync(CheckSubject subject, IReadOnlyList<CheckRow> rows, CancellationToken cancel)
    {
        var (endpoint, tells) = await ChosenAsync(cancel).ConfigureAwait(false);
        var head = await chain.Head.ReadAsync(endpoint, cancel).ConfigureAwait(false);
        var final = head.Finalized ?? throw new IncompleteAnswerException(endpoint.Name, "no block of it is final yet");

        // By the rules of that block, and not of the latest: after an upgrade they are others until the upgrade is final.
        var (version, hash, metadata) = tells
            ? await RuntimeAsync(endpoint, final.Number, cancel).ConfigureAwait(false)
            : (null, null, null);
        var probe = new CheckProbe(endpoint, subject, version, metadata, (head.Latest, final, hash), cancel);
        if (subject.Contract is { } contract)
            probe.Index = await IndexAsync(probe, contract).ConfigureAwait(false);
        var results = new List<CheckResult>(rows.Count);
        foreach (var row in rows)
            results.Add(row.Of(await FindAsync(row, probe).ConfigureAwait(false)));

        BlockHeader? again = null;
        await endpoint.SendAsync([EthCalls.Header(final.Number, header => again = header)], cancel).ConfigureAwait(false);
        if (again?.Hash != final.Hash)
            throw new BlockReplacedException(endpoint.Name, final.Number, final.Hash, again?.Hash ?? Hash256.Zero);
        return new CheckReport(
            endpoint.Name.ToString(),
            version,
            final.Number,
            final.Hash,
            (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            results
        )
        {
            Values = probe.Values,
        };
    }

    /// <summary>The first endpoint that tells its runtime; the first of all where none does.</summary>
    private async Task<(RpcEndpoint Endpoint, bool Tells)> ChosenAsync(CancellationToken cancel)
    {
        RpcEndpoint? silent = null;
        ChainException? failed = null;
        foreach (var endpoint in chain.Pool.InTurn)
        {
            try
            {
                RuntimeVersion? version = null;
                string? refusal = null;
                await endpoint
                    .SendAsync([RuntimeCalls.Version(found => version = found) with { Refused = error => refusal = error.Text }], cancel)
                    .ConfigureAwait(false);
                if (version is not null)
                    return (endpoint, true);
                silent ??= refusal is null ? null : endpoint;
            }
            catch (EndpointException e) when (RuntimeWatch.LacksMethods(e))
            {
                silent ??= endpoint;
            }
            catch (EndpointException e)
            {
                failed = e;
            }
        }

        return silent is not null ? (silent, false) : throw failed ?? chain.Pool.NobodyLeft();
    }

    private static async Task<(RuntimeVersion Version, Hash256? Hash, RuntimeMetadata? Metadata)> RuntimeAsync(
        RpcEndpoint endpoint,
        ulong block,
        CancellationToken cancel
    )
    {
        Hash256? hash = null;
        RuntimeVersion? version = null;
        RuntimeMetadata? metadata = null;
        await endpoint.SendAsync([RuntimeCalls.BlockHash(block, found => hash = found)], cancel).ConfigureAwait(false);
        if (hash is not { } at)
            throw new IncompleteAnswerException(endpoint.Name, $"it does not have block {block}");
        await endpoint
            .SendAsync(
                [
                    RuntimeCalls.Version(found => version = found, at),
                    RuntimeCalls.Metadata(at, found => metadata = found) with
                    {
                        Refused = _ => { },
                    },
                ],
                cancel
            )
            .ConfigureAwait(false);
        return (version!, hash, metadata);
    }

    private static async Task<CheckedIndex?> IndexAsync(CheckProbe probe, Address contract)
    {
        var answers = await probe
            .CallAsync([(contract, new ColdkeyFunction().Encode()), (contract, new LegsFunction().Encode())])
            .ConfigureAwait(false);
        return answers.Any(answer => answer.Bytes is null)
            ? null
            : new CheckedIndex(contract, answers[0].Words.Hash(0), LegWords.Of(answers[1].Words));
    }

    /// <summary>A row that cannot be read counts as different.</summary>
    private static async Task<Finding> FindAsync(CheckRow row, CheckProbe probe)
    {
        if (probe.Version is null && !AskedOfGateways.Contains(row.Number))
            return Finding.NotAsked("the node does not tell its runtime: see row 1");
        try
        {
            return await row.Probe(probe).ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is CheckUnreadableException or FormatException or OverflowException or IndexOutOfRangeException or ArgumentException)
        {
            return Finding.Differs($"it cannot be read: {e.Message}");
        }
    }
}
