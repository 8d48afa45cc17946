using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tao20.Actors.Faults;
using Tao20.Chain.Signing;
using Tao20.Domain.Audit;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Node.Http;

namespace Tao20.Node.Audit.Bundles;

/// <summary>
/// Reads a bundle line by line, folds its history anew, and holds what it says of its epoch against that. Asks nobody. What is found is
/// found at the first line at which it shows; nothing more is folded after a line that cannot be.
/// </summary>
/// <param name="name">What the file is called.</param>
/// <param name="wanted">The account that must have signed; null for any validator's attester.</param>
internal sealed class BundleVerification(string name, Address? wanted)
{
    private readonly List<DifferenceDocument> _differences = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SortedSet<Address> _traded = [];
    private long _line;
    private BundleHead? _head;
    private EpochFold? _fold;
    private HistoryReplay? _replay;
    private Position? _before;
    private EpochId? _open;
    private bool _hasEnded;
    private ParametersVersion? _first;
    private BundleState? _state;
    private FoldedEpoch? _folded;
    private EpochAudit? _recomputed;
    private Address? _signer;
    private bool _isBroken;

    /// <summary>Trades that were folded.</summary>
    public long Trades { get; private set; }

    /// <summary>Verifies a file.</summary>
    /// <exception cref="NodeException">It is no bundle, or of a newer version.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<BundleDocument> VerifyAsync(FileInfo file, Address? wanted, CancellationToken cancel)
    {
        await using var stream = BundleFile.Open(file);
        var verification = new BundleVerification(file.Name, wanted);
        try
        {
            await foreach (var line in BundleFile.LinesAsync(stream, cancel))
                verification.Take(line.Span);
        }
        catch (InvalidDataException e)
        {
            verification._line++;
            verification.Break(DifferenceKind.BundleUnreadable, e.Message);
        }

        return verification.Finish();
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _line++;
        BundleLine line;
        try
        {
            line = Read(bytes);
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException)
        {
            if (_head is null)
                throw NoBundle(e);
            _hash.AppendData(bytes);
            Break(DifferenceKind.BundleUnreadable, $"it cannot be read: {e.Message}");
            return;
        }

        if (_signer is not null)
            Report(DifferenceKind.BundleOutOfOrder, "it comes after the signature, which does not cover it");
        else if (line.Signature is { } signature)
            Take(signature);
        else
        {
            _hash.AppendData(bytes);
            Take(line);
        }
    }

    private static BundleLine Read(ReadOnlySpan<byte> bytes)
    {
        var line = JsonSerializer.Deserialize<BundleLine>(bytes, BundleFormat.Json) ?? throw new JsonException("there is nothing in it");
        object?[] parts = [line.Bundle, line.Parameters, line.Trade, line.End, line.Fact, line.State, line.Result, line.Signature];
        if (parts.Count(part => part is not null) != 1)
            throw new JsonException("it has to have one part");
        return bytes[^1] == '\n' ? line : throw new JsonException("it breaks off");
    }

    private void Take(BundleLine line)
    {
        if (_head is null)
        {
            Begin(line.Bundle ?? throw NoBundle(null));
            return;
        }

        if (_isBroken)
            return;
        try
        {
            if (_recomputed is not null || (_state is not null && line.Result is null))
                Break(DifferenceKind.BundleOutOfOrder, "it comes after what all of it comes to");
            else if (_fold is null && line.Parameters is null)
                Break(DifferenceKind.BundleOutOfOrder, "the parameters have to come before it");
            else if (line.Bundle is not null)
                Break(DifferenceKind.BundleOutOfOrder, "there is a second head");
            else
                Fold(line);
        }
        catch (OutOfOrderException e)
        {
            Break(DifferenceKind.BundleOutOfOrder, e.Message);
        }
        catch (Exception e) when (!OutOfMemory.IsBehind(e))
        {
            // Whoever wrote it may have written anything: what the rules cannot fold is told and ends the folding.
            Break(DifferenceKind.BundleUnreadable, $"it cannot be folded: {e.Message}");
        }
    }

    private void Begin(BundleHead head)
    {
        if (head.Format != BundleFormat.Name)
            throw NoBundle(null);
        if (head.Version != BundleFormat.Version)
            throw new NodeException(
                ExitCodes.NewerJournal,
                $"{name} is a bundle of version {head.Version}, and this program knows {BundleFormat.Version}: verify it with a newer one."
            );
        _head = head;
    }

    private void Fold(BundleLine line)
    {
        switch (line)
        {
            case { Parameters: { } parameters }:
                Adopt(BundleParameters.Schedule(parameters));
                break;
            case { Trade: { } trade }:
                Fold(trade);
                break;
            case { End: { } end }:
                Pass(end.At, end.Closed(), null);
                break;
            case { Fact: { } fact }:
                Pass(fact.At, null, fact);
                break;
            case { State: { } state }:
                _state = state;
                break;
            case { Result: { } result }:
                Compare(result);
                break;
        }
    }

    private void Adopt(ParameterSchedule schedule)
    {
        if (_replay is { } replay)
        {
            if (_head!.Registry is not null)
                throw new FormatException("where there is a registry, nobody else says the parameters");
            replay.Adopt(schedule);
            return;
        }

        _first = schedule.Versions[0];
        _fold = new EpochFold(_head!.Identity(), schedule, new EpochId(_head.Epoch));
        _replay = _fold.Begin();
    }

    private void Fold(BundleTrade line)
    {
        var trade = line.Trade();
        Advance(trade.Position);
        if (_open is { } open && trade.Epoch != open)
        {
            // What was read begins in the middle of an epoch, whose end is nobody's to settle.
            if (_hasEnded || trade.Epoch.Value < open.Value)
                throw new OutOfOrderException($"epoch {trade.Epoch} is said of the trade, and {open} is open");
            _traded.Clear();
        }

        _open = trade.Epoch;
        _traded.Add(trade.Miner);
        Trades++;
        _replay!.Fold(trade.Miner, new[] { trade }, line.Counted);
    }

    private void Pass(Position at, ClosedEpoch? closed, BundleFact? fact)
    {
        Advance(at);
        if (closed is not null && _hasEnded && closed.Epoch != _open)
            throw new OutOfOrderException($"epoch {closed.Epoch} ends, and {_open} is open");
        if (
            fact?.Said is RegistryFact.ParametersScheduled scheduled
            && scheduled.Version == _first!.Version
            && scheduled.Text != _first.Parameters.Text()
        )
            throw new FormatException("the registry has begun with other parameters than the bundle");
        List<BookItem.Fact> facts = fact is null ? [] : [new BookItem.Fact(new RegistryLog(fact.At, fact.Said))];
        _replay!.Adopt(facts.Select(one => one.Log.Fact));
        _replay.Pass(
            new BlockHeader(at.Block, default, default, 0),
            closed is null ? [] : [new EpochToSettle(closed, [.. _traded])],
            facts
        );
        if (closed is null)
            return;
        (_open, _hasEnded) = (closed.Opened, true);
        _traded.Clear();
    }

    private void Advance(Position at)
    {
        if (_before is { } before && at <= before)
            throw new OutOfOrderException($"{at} comes after {before}");
        _before = at;
    }

    private void Compare(JsonNode result)
    {
        if (_state is not { } state)
        {
            Break(DifferenceKind.BundleOutOfOrder, "the chain's state has to come before it");
            return;
        }

        FoldedEpoch folded;
        try
        {
            folded = _fold!.Result(name);
        }
        catch (NodeException e)
        {
            Break(DifferenceKind.BundleResultDiffers, e.Message);
            return;
        }

        // Only the result says up to which block there is nothing more.
        var block = result["block"]?.GetValue<ulong>() ?? 0;
        if (block < (_before?.Block ?? 0))
            Report(DifferenceKind.BundleResultDiffers, $"it is said to go up to block {block}, and has block {_before?.Block}");
        _folded = folded with { Block = block };
        _recomputed = EpochAudit.Of(_folded, state.Inputs());
        var fields = JsonDifference.Between(JsonSerializer.SerializeToNode(_recomputed, NodeEndpoints.Json), result);
        if (fields.Count > 0)
            Report(DifferenceKind.BundleResultDiffers, "what it says of the epoch is not what its own history comes to", fields);
    }

    private void Take(BundleSignature signature)
    {
        if (_recomputed is null && !_isBroken)
            Report(DifferenceKind.BundleIncomplete, "it is signed before it says what it comes to");
        _signer = signature.Signer;
        var found = Convert.ToHexStringLower(_hash.GetCurrentHash());
        if (found != signature.Sha256)
            Report(
                DifferenceKind.BundleChanged,
                $"the lines before have the SHA-256 {found}, and {signature.Sha256} was signed: they are others"
            );
        var bytes = HexOf(signature.Signature);
        var signer = Signature.TryParse(bytes)?.Signer(PersonalMessage.Digest(BundleFormat.Message(_head!, signature.Sha256)));
        if (signer != signature.Signer)
            Report(
                DifferenceKind.SignatureDiffers,
                $"it is said to be signed by {signature.Signer}; {(signer is { } other ? $"{other} has" : "nobody has")}"
            );
    }

    private static byte[] HexOf(string text)
    {
        try
        {
            return text.StartsWith("0x", StringComparison.Ordinal) ? Convert.FromHexString(text.AsSpan(2)) : [];
        }
        catch (FormatException)
        {
            // No signature has such bytes: it is reported as that of nobody.
            return [];
        }
    }

    private BundleDocument Finish()
    {
        if (_head is null)
            throw NoBundle(null);
        if (_recomputed is null && !_isBroken)
            Report(DifferenceKind.BundleIncomplete, "it ends before it says what it comes to");
        var validator = _signer is { } signer ? ValidatorOf(signer) : null;
        if (_signer is null)
            Report(DifferenceKind.SignerUnknown, "it is not signed");
        else if (wanted is { } one && one != _signer)
            Report(DifferenceKind.SignerUnknown, $"it is signed by {_signer}, and not by {one}");
        else if (wanted is null && _folded is not null && validator is null)
            Report(
                DifferenceKind.SignerUnknown,
                $"it is signed by {_signer}, which acts for no validator by its history: give --signer if it is the one you expect"
            );
        _hash.Dispose();
        return new BundleDocument(
            name,
            _head.ChainId,
            _head.Contract.ToString(),
            _head.Registry?.ToString(),
            _head.Epoch,
            Trades,
            _line,
            _signer?.ToString(),
            validator?.ToString(),
            _recomputed,
            _differences
        );
    }

    /// <summary>The validator that an account acts for, by the bundle's own history.</summary>
    private Address? ValidatorOf(Address signer) =>
        _folded
            ?.Book.Validators.Where(one => (one.Value.Account.Attester ?? one.Key) == signer)
            .Select(one => (Address?)one.Key)
            .FirstOrDefault();

    private void Break(DifferenceKind kind, string text)
    {
        Report(kind, text);
        _isBroken = true;
    }

    private void Report(DifferenceKind kind, string text, IReadOnlyList<FieldDocument>? fields = null) =>
        _differences.Add(new DifferenceDocument(kind.ToString(), name, _line, text, fields ?? []));

    private NodeException NoBundle(Exception? cause) =>
        new(
            ExitCodes.Usage,
            $"{name} is no bundle of an epoch{(cause is null ? "" : $" ({cause.Message})")}: give what 'tao20 audit export' has written.",
            cause
        );

    /// <summary>A line does not follow on those before it.</summary>
    private sealed class OutOfOrderException(string message) : Exception(message);
}

/// <summary>What the verification of a bundle has come to.</summary>
/// <param name="Bundle">The file.</param>
/// <param name="ChainId">The EVM chain id.</param>
/// <param name="Contract">The index.</param>
/// <param name="Registry">The registry; null for none.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Trades">Trades that were folded.</param>
/// <param name="Lines">How many lines it has.</param>
/// <param name="Signer">Who has signed it; null for nobody.</param>
/// <param name="Validator">For which validator that account acts, by the bundle's own history; null for none.</param>
/// <param name="Recomputed">What its history comes to; null where it cannot be folded.</param>
/// <param name="Differences">What differs.</param>
internal sealed record BundleDocument(
    string Bundle,
    ulong ChainId,
    string Contract,
    string? Registry,
    ulong Epoch,
    long Trades,
    long Lines,
    string? Signer,
    string? Validator,
    EpochAudit? Recomputed,
    IReadOnlyList<DifferenceDocument> Differences
)
{
    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Text()
    {
        yield return $"{Bundle}: epoch {Epoch} of {Contract} on chain {ChainId}, {Trades} trades in {Lines} lines";
        yield return Signer is null ? "  not signed" : $"  signed by {Signer}{(Validator is null ? "" : $", for validator {Validator}")}";
        foreach (var line in Recomputed?.Lines() ?? [])
            yield return $"  {line}";
        yield return "  taken as it is written: that the chain has logged this, and its state at the epoch's last block "
            + "('tao20 audit chain' asks it)";
        foreach (var line in Differences.SelectMany(one => one.Lines()))
            yield return line;
        yield return Differences.Count == 0 ? "verified" : $"NOT verified: {Differences.Count} differ";
    }
}
