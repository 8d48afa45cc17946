using System.Buffers;
using System.Text;
using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Registry;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Chain.Contracts;

/// <summary>
/// Decodes the logs of one <c>eth_getLogs</c> answer straight from its UTF-8 bytes, and checks on the way what a correct node cannot
/// get wrong: address and topics asked for, order, no duplicate, none removed, the same hash for the same block.
/// </summary>
/// <remarks>Not for sharing between threads; one decoder serves one answer. Nothing is allocated per log beyond its value.</remarks>
public sealed class LogDecoder(Address contract, ulong fromBlock, ulong toBlock, Address? registry = null)
{
    private const int MaxTopics = 4;
    private const int MaxDataBytes = 8 * AbiWords.Length;
    private const int MaxRawBytes = 64 * 1024;
    private readonly TradeBuffer _trades = new();
    private readonly List<ClosedEpoch> _advances = [];
    private readonly List<QuarantinedLog> _quarantined = [];
    private readonly List<RegistryLog> _facts = [];
    private readonly List<(ulong Number, Hash256 Hash)> _blocks = [];
    private readonly Dictionary<Address, ChainCounter> _totals = [];
    private readonly Dictionary<Address, UInt128> _ahead = [];
    private (Position Position, Hash256 TxHash, ulong Timestamp)? _unread;
    private (Address Miner, Hash256 TxHash, UInt128 Value)? _uncounted;
    private Position? _last;
    private ulong _lastTimestamp;

    /// <summary>The trades, in chain order; their epoch is not known yet.</summary>
    public ReadOnlySequence<Trade> Trades => _trades.ToSequence();

    /// <summary>What the trades are in, for whoever has copied them to give back.</summary>
    public TradeBuffer Memory => _trades;

    /// <summary>The epoch changes, in chain order.</summary>
    public List<ClosedEpoch> Advances => _advances;

    /// <summary>What the registry's logs say, in chain order; at time 0 where <see cref="LacksTimestamps"/>.</summary>
    public List<RegistryLog> Facts => _facts;

    /// <summary>The logs that could not be decoded.</summary>
    public List<QuarantinedLog> Quarantined => _quarantined;

    /// <summary>Number and hash of each block that has a log, ascending.</summary>
    public List<(ulong Number, Hash256 Hash)> Blocks => _blocks;

    /// <summary>The contract's running totals around these logs, by miner; empty when it keeps none.</summary>
    public Dictionary<Address, ChainCounter> Totals => _totals;

    /// <summary>Where a running total shows that logs are missing; null when none does.</summary>
    public string? Gap { get; private set; }

    /// <summary>How many logs were read.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a log came without the time of its block (older nodes): it has to be read from the header.</summary>
    public bool LacksTimestamps { get; private set; }

    /// <summary>Reads the array of logs the reader is at.</summary>
    /// <exception cref="LogViolationException">An answer that no correct node gives.</exception>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new LogViolationException($"eth_getLogs gave a {reader.TokenType}, not a list");
        Span<byte> topics = stackalloc byte[MaxTopics * Hash256.Length];
        Span<byte> data = stackalloc byte[MaxDataBytes];
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            ReadLog(ref reader, source, topics, data);
    }

    private void ReadLog(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, scoped Span<byte> topics, scoped Span<byte> data)
    {
        var start = (int)reader.TokenStartIndex;
        var (topicCount, dataLength, hasAddress) = (0, 0, false);
        ulong? block = null,
            index = null,
            timestamp = null;
        Hash256? txHash = null,
            blockHash = null;
        var ofRegistry = false;
        ReadOnlySpan<byte> dataText = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            switch (name.Length)
            {
                case 4 when name.SequenceEqual("data"u8):
                    reader.Read();
                    dataText = reader.ValueSpan;
                    dataLength = HexText.Bytes(ref reader, data);
                    break;
                case 6 when name.SequenceEqual("topics"u8):
                    reader.Read();
                    topicCount = ReadTopics(ref reader, topics);
                    break;
                case 7 when name.SequenceEqual("address"u8):
                    reader.Read();
                    hasAddress = true;
                    var found = HexText.Address(ref reader);
                    ofRegistry = registry is { } asked && found == asked;
                    if (!ofRegistry && found != contract)
                        throw new LogViolationException(
                            $"a log of {found} where only {contract}{(registry is { } other ? $" and {other}" : "")} was asked for"
                        );
                    break;
                case 7 when name.SequenceEqual("removed"u8):
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.True)
                        throw new LogViolationException("a log that is marked as removed");
                    break;
                case 8 when name.SequenceEqual("logIndex"u8):
                    reader.Read();
                    index = HexText.Quantity(ref reader);
                    break;
                case 9 when name.SequenceEqual("blockHash"u8):
                    reader.Read();
                    blockHash = HexText.Hash(ref reader);
                    break;
                case 11 when name.SequenceEqual("blockNumber"u8):
                    reader.Read();
                    block = HexText.Quantity(ref reader);
                    break;
                case 14 when name.SequenceEqual("blockTimestamp"u8):
                    reader.Read();
                    timestamp = reader.TokenType == JsonTokenType.String ? HexText.Quantity(ref reader) : null;
                    break;
                case 15 when name.SequenceEqual("transactionHash"u8):
                    reader.Read();
                    txHash = HexText.Hash(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (block is null || index is null or > uint.MaxValue || txHash is null || blockHash is null || !hasAddress || topicCount == 0)
            throw new LogViolationException("a log without its block, index, transaction, block hash, address or topics");
        if (dataText.IsEmpty)
            throw new LogViolationException("a log without its data");
        var position = new Position(block.Value, (uint)index.Value);
        CheckPlace(position, blockHash.Value, timestamp);
        Count++;
        var problem = ofRegistry
            ? DecodeFact(position, timestamp ?? 0, topics[..(topicCount * 32)], dataText)
            : Decode(position, txHash.Value, timestamp ?? 0, topics[..(topicCount * 32)], dataLength, data);
        if (problem is not null)
        {
            var length = Math.Min((int)reader.BytesConsumed - start, MaxRawBytes);
            _quarantined.Add(new QuarantinedLog(position, problem, source.Slice(start, length).ToArray()));
        }
    }

    private void CheckPlace(Position position, Hash256 blockHash, ulong? timestamp)
    {
        if (position.Block < fromBlock || position.Block > toBlock)
            throw new LogViolationException($"a log of block {position.Block} outside of the range {fromBlock} to {toBlock} asked for");
        if (_last is { } last && position <= last)
            throw new LogViolationException(
                position == last ? $"the log at {position} twice" : $"the log at {position} after the one at {last}"
            );
        _last = position;

        if (_blocks.Count == 0 || _blocks[^1].Number != position.Block)
            _blocks.Add((position.Block, blockHash));
        else if (_blocks[^1].Hash != blockHash)
            throw new LogViolationException($"two hashes for block {position.Block}");

        if (timestamp is null)
            LacksTimestamps = true;
        else if (timestamp < _lastTimestamp)
            throw new LogViolationException($"the log at {position} is of time {timestamp}, before its predecessor of {_lastTimestamp}");
        else
            _lastTimestamp = timestamp.Value;
    }

    /// <summary>Decodes one log; what is wrong with it, or null.</summary>
    private string? Decode(
        Position position,
        Hash256 txHash,
        ulong timestamp,
        ReadOnlySpan<byte> topics,
        int dataLength,
        ReadOnlySpan<byte> data
    )
    {
        var kind = new Hash256(topics[..32]);
        if (kind == Tao20Events.Minted || kind == Tao20Events.Redeemed)
        {
            var (side, topicCount, words) = kind == Tao20Events.Minted ? (TradeSide.Mint, 4, 4) : (TradeSide.Redeem, 3, 3);
            var problem =
                Shape(topics, topicCount, dataLength, words)
                ?? DecodeTrade(position, txHash, timestamp, side, topics.Slice(64, 32), data, navWord: 2);
            _unread = problem is null ? null : (position, txHash, timestamp);
            return problem;
        }

        if (kind == Tao20Events.Activity)
            return DecodeActivity(txHash, topics, dataLength, data);
        if (kind == Tao20Events.EpochAdvanced)
            return Shape(topics, 1, dataLength, 3) ?? DecodeAdvance(position, data);
        throw new LogViolationException($"a log with topic {kind}, which was not asked for");
    }

    /// <summary>Few and of any length: decoded from text by itself.</summary>
    private string? DecodeFact(Position position, ulong timestamp, ReadOnlySpan<byte> topics, ReadOnlySpan<byte> dataText)
    {
        var words = new Hash256[topics.Length / 32];
        for (var i = 0; i < words.Length; i++)
            words[i] = new Hash256(topics.Slice(i * 32, 32));
        try
        {
            var data = Convert.FromHexString(Encoding.ASCII.GetString(dataText[2..]));
            _facts.Add(new RegistryLog(position, RegistryFacts.Decode(timestamp, words, data)));
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    private static string? Shape(ReadOnlySpan<byte> topics, int topicCount, int dataLength, int words) =>
        topics.Length != topicCount * 32 ? $"{topics.Length / 32} topics instead of {topicCount}"
        : dataLength != words * 32 ? $"{(dataLength < 0 ? "too many" : dataLength)} bytes of data instead of {words * 32}"
        : null;

    private string? DecodeTrade(
        Position position,
        Hash256 txHash,
        ulong timestamp,
        TradeSide side,
        ReadOnlySpan<byte> minerTopic,
        ReadOnlySpan<byte> data,
        int navWord
    )
    {
        if (!AbiWords.TryAddress(minerTopic, out var miner))
            return "the miner is not an address";
        if (!AbiWords.TryWei(data, 0, out var tokens))
            return "an implausible amount of tokens, above 2^96 wei";
        if (!AbiWords.TryWei(data, 1, out var value))
            return "an implausible value, above 2^96 wei";
        if (!AbiWords.TryWei(data, navWord, out var nav))
            return "an implausible NAV, above 2^96";
        _trades.Add(new Trade(position, default, txHash, miner, side, tokens, value, TaoPerToken.From(nav.Value), timestamp));
        _uncounted = (miner, txHash, value.Value);
        return null;
    }

    private string? DecodeActivity(Hash256 txHash, ReadOnlySpan<byte> topics, int dataLength, ReadOnlySpan<byte> data)
    {
        if (topics.Length < 64 || !AbiWords.TryAddress(topics.Slice(32, 32), out var miner))
            return "the miner is not an address";
        if (Shape(topics, 2, dataLength, 5) is { } shape)
        {
            CountUnread(miner, txHash);
            return shape;
        }

        if (!AbiWords.TryUInt128(data, 0, out var amount) || !AbiWords.TryUInt128(data, 3, out var cumulative) || amount > cumulative)
        {
            CountUnread(miner, txHash);
            return "an implausible amount or running total";
        }

        var before = cumulative - amount;
        if (!_totals.TryGetValue(miner, out var total))
            total = new ChainCounter(before - UInt128.Min(before, _ahead.GetValueOrDefault(miner)), before);
        if (total.After != before)
            Gap ??= $"the running total of {miner} goes from {total.After} to {before} without a log: logs are missing";
        _totals[miner] = total with { After = cumulative };
        AddUnread(miner, txHash, amount, data);
        _uncounted = null;
        return null;
    }

    /// <summary>A trade whose own log cannot be read, by the contract's count of it: its amount and its side are known.</summary>
    private void AddUnread(Address miner, Hash256 txHash, UInt128 amount, ReadOnlySpan<byte> data)
    {
        if (_unread is not { } unread || unread.TxHash != txHash || amount > Wei.Max)
            return;
        _unread = null;
        var side = AbiWords.TryUInt128(data, 1, out var isMint) && isMint > 0 ? TradeSide.Mint : TradeSide.Redeem;
        _trades.Add(new Trade(unread.Position, default, txHash, miner, side, default, Wei.From(amount), default, unread.Timestamp));
    }

    /// <summary>The contract's count of a trade cannot be read: it has moved by what the trade was worth.</summary>
    private void CountUnread(Address miner, Hash256 txHash)
    {
        if (_uncounted is not { } trade || trade.Miner != miner || trade.TxHash != txHash)
            return;
        _uncounted = null;
        if (_totals.TryGetValue(miner, out var total))
            _totals[miner] = total with { After = total.After + trade.Value };
        else
            _ahead[miner] = _ahead.GetValueOrDefault(miner) + trade.Value;
    }

    private string? DecodeAdvance(Position position, ReadOnlySpan<byte> data)
    {
        if (!AbiWords.TryUInt64(data, 0, out var closed) || !AbiWords.TryUInt64(data, 1, out var opened) || opened <= closed)
            return "epoch numbers that do not advance";
        if (!AbiWords.TryUInt64(data, 2, out var timestamp))
            return "an implausible timestamp";
        _advances.Add(new ClosedEpoch(new EpochId(closed), new EpochId(opened), position, timestamp));
        return null;
    }

    private static int ReadTopics(ref Utf8JsonReader reader, scoped Span<byte> topics)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new LogViolationException("topics that are no list");
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            if (count == MaxTopics)
                throw new LogViolationException("more than four topics");
            if (HexText.Bytes(ref reader, topics.Slice(count * 32, 32)) != 32)
                throw new LogViolationException("a topic that is not 32 bytes");
            count++;
        }

        return count;
    }
}

/// <summary>What makes an answer of logs one that no correct node gives.</summary>
public sealed class LogViolationException(string what) : Exception(what);
