using System.Buffers;
using System.Security.Cryptography;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Tests.Ingestion;

/// <summary>Ranges of one block each, one the child of the other.</summary>
internal static class Ranges
{
    public static readonly Address Miner = Account(0xaa);

    public static readonly ParameterSchedule Schedule = new([new(1, new EpochId(0), DomainParameters.Default)]);

    public static readonly ChainIdentity Identity = new(964, Hash(0), Account(1), 1, Account(2));

    public static Address Account(int i) => Address.Parse($"0x{i:x40}");

    public static Hash256 Hash(int block) => new(SHA256.HashData(BitConverter.GetBytes(block)));

    public static BlockHeader Header(int block) => new((ulong)block, Hash(block), Hash(block - 1), 1_700_000_000 + (ulong)block);

    /// <summary>So many mints of one TAO by <see cref="Miner"/> in a block.</summary>
    public static IEnumerable<Trade> Mints(int block, int count = 1) => Mints(block, [.. Enumerable.Repeat(Miner, count)]);

    /// <summary>A mint of one TAO by each of these, in a block.</summary>
    public static IEnumerable<Trade> Mints(int block, Address[] miners) =>
        miners.Select(
            (miner, i) =>
                new Trade(
                    new Position((ulong)block, (uint)i),
                    default,
                    Hash256.Zero,
                    miner,
                    TradeSide.Mint,
                    Wei.OneTao,
                    Wei.OneTao,
                    TaoPerToken.From(1),
                    1_700_000_000 + (ulong)block
                )
        );

    public static TradeRange Range(int block, int trades = 1) => Range(block, Mints(block, trades));

    public static TradeRange Range(int block, IEnumerable<Trade> trades, params ClosedEpoch[] advances) =>
        Range(block, new ReadOnlySequence<Trade>([.. trades]), advances: advances);

    public static TradeRange Range(
        int block,
        ReadOnlySequence<Trade> trades,
        Dictionary<Address, ChainCounter>? totals = null,
        ClosedEpoch[]? advances = null
    ) => new(Header(block), Header(block), trades, advances ?? [], totals ?? [], [], [], (int)trades.Length, 0, "#1 node");

    /// <summary>The end of an epoch, logged last in a block.</summary>
    public static ClosedEpoch End(ulong epoch, int block) =>
        new(new EpochId(epoch), new EpochId(epoch + 1), new Position((ulong)block, 1_000), 1_700_000_000 + (ulong)block);
}
