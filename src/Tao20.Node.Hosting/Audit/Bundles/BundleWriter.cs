using System.Security.Cryptography;
using System.Text.Json;
using Tao20.Chain.Signing;
using Tao20.Domain.Coordination;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit.Bundles;

/// <summary>
/// Writes a bundle while a history is folded: trades, ends of epochs and facts in the order of the chain, however they come, so that
/// journals and chains give the same bytes.
/// </summary>
/// <param name="output">Where it goes.</param>
internal sealed class BundleWriter(Stream output) : IDisposable
{
    private static readonly byte[] LineFeed = [(byte)'\n'];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly HashSet<Address> _known = [];
    private readonly List<BundleTrade> _waiting = [];
    private BundleHead? _head;

    /// <summary>Trades that were written.</summary>
    public long Trades { get; private set; }

    /// <summary>Begins with what it is of.</summary>
    public void Begin(BundleHead head, ParameterSchedule schedule)
    {
        _head = head;
        Write(new BundleLine { Bundle = head });
        Take(schedule);
    }

    /// <summary>Takes parameters.</summary>
    public void Take(ParameterSchedule schedule) => Write(new BundleLine { Parameters = BundleParameters.Of(schedule) });

    /// <summary>Takes a miner's trades.</summary>
    public void Take(ReadOnlyMemory<Trade> trades, UInt128? baseline)
    {
        foreach (ref readonly var trade in trades.Span)
            _waiting.Add(BundleTrade.Of(trade, _known.Add(trade.Miner) ? baseline : null));
    }

    /// <summary>All trades up to a block have been taken.</summary>
    public void Take(BlockHeader last, IReadOnlyList<BookItem> items)
    {
        var passed = _waiting.Where(trade => trade.At.Block <= last.Number).OrderBy(trade => trade.At).ToList();
        _waiting.RemoveAll(trade => trade.At.Block <= last.Number);
        Trades += passed.Count;
        var next = 0;
        foreach (var item in items)
        {
            while (next < passed.Count && passed[next].At < item.At)
                Write(new BundleLine { Trade = passed[next++] });
            Write(
                item switch
                {
                    BookItem.EpochEnd(var end) => new BundleLine { End = BundleEnd.Of(end) },
                    BookItem.Fact(var log) => new BundleLine { Fact = new BundleFact(log.At, log.Fact) },
                    _ => throw new InvalidOperationException($"A {item.GetType().Name} has no line."),
                }
            );
        }

        while (next < passed.Count)
            Write(new BundleLine { Trade = passed[next++] });
    }

    /// <summary>Ends with what all of it comes to, and the signature of an account; null for none.</summary>
    public void Finish(EpochInputs inputs, EpochAudit result, PrivateKey? signer)
    {
        Write(new BundleLine { State = BundleState.Of(inputs) });
        Write(new BundleLine { Result = JsonSerializer.SerializeToNode(result, Http.NodeEndpoints.Json) });
        if (signer is null)
            return;
        var sha256 = Convert.ToHexStringLower(_hash.GetCurrentHash());
        var signature = signer.Sign(PersonalMessage.Digest(BundleFormat.Message(_head!, sha256)));
        Write(
            new BundleLine { Signature = new BundleSignature(signer.Address, sha256, $"0x{Convert.ToHexStringLower(signature.ToBytes())}") }
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Write(BundleLine line)
    {
        Append(JsonSerializer.SerializeToUtf8Bytes(line, BundleFormat.Json));
        Append(LineFeed);
    }

    private void Append(byte[] bytes)
    {
        _hash.AppendData(bytes);
        output.Write(bytes);
    }
}
