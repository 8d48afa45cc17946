using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tao20.Actors.Faults;
using Tao20.Chain.Signing;
using Tao20.Domain.Audit;
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
    /// <summary>So many differences are told: what is behind the first is mostly what follows from it.</summary>
    private const int DifferencesKept = 100;
    private readonly List<DifferenceDocument> _differences = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _line;
    private BundleHead? _head;
    private BundleHistory? _history;
    private BundleState? _state;
    private FoldedEpoch? _folded;
    private EpochAudit? _recomputed;
    private Address? _signer;
    private bool _isBroken;

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
            else if (_history is null && line.Parameters is null)
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
        if (line.Parameters is { } parameters && _history is null)
            _history = new BundleHistory(_head!, BundleParameters.Schedule(parameters));
        else if (line.State is { } state)
            _state = state;
        else if (line.Result is { } result)
            Compare(result);
        else
            _history!.Take(line);
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
            folded = _history!.Result(name);
        }
        catch (NodeException e)
        {
            Break(DifferenceKind.BundleResultDiffers, e.Message);
            return;
        }

        // Only the result says up to which block there is nothing more.
        var block = result["block"]?.GetValue<ulong>() ?? 0;
        if (block < _history.LastBlock)
            Report(DifferenceKind.BundleResultDiffers, $"it is said to go up to block {block}, and has block {_history.LastBlock}");
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
            _history?.Trades ?? 0,
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

    private void Report(DifferenceKind kind, string text, IReadOnlyList<FieldDocument>? fields = null)
    {
        if (_differences.Count < DifferencesKept)
            _differences.Add(new DifferenceDocument(kind.ToString(), name, _line, text, fields ?? []));
    }

    private NodeException NoBundle(Exception? cause) =>
        new(
            ExitCodes.Usage,
            $"{name} is no bundle of an epoch{(cause is null ? "" : $" ({cause.Message})")}: give what 'tao20 audit export' has written.",
            cause
        );
}
