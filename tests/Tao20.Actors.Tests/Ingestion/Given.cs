using System.Buffers;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Actors.Tests.Ingestion;

/// <summary>Ranges of one miner's trades, a block each, to begin with.</summary>
internal static class Given
{
    public static readonly Address Miner = Address.Parse("0x00000000000000000000000000000000000000aa");

    /// <summary>So many mints of one TAO in a block.</summary>
    public static IEnumerable<Trade> Trades(int block, int count = 1) =>
        Enumerable
            .Range(0, count)
            .Select(i => new Trade(
                new Position((ulong)block, (uint)i),
                default,
                Hash256.Zero,
                Miner,
                TradeSide.Mint,
                Wei.OneTao,
                Wei.OneTao,
                TaoPerToken.From(1),
                1_700_000_000 + (ulong)block
            ));

    public static TradeRange Range(int block, int trades = 1) => Range(block, new ReadOnlySequence<Trade>([.. Trades(block, trades)]));

    public static TradeRange Range(int block, ReadOnlySequence<Trade> trades, Dictionary<Address, RunningTotal>? totals = null)
    {
        var header = new BlockHeader((ulong)block, Hash(block), Hash(block - 1), 1_700_000_000 + (ulong)block);
        return new TradeRange(header, header, trades, [], totals ?? [], [], [], (int)trades.Length, 0, new Uri("http://node"));
    }

    private static Hash256 Hash(int block) => Keccak.Hash(BitConverter.GetBytes(block));
}
