using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>A leg as the index keeps it (source: Contracts/Index/Holdings.sol, Leg).</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="IsActive">Whether it has been bought or minted for.</param>
/// <param name="Registration">Which registration of the netuid it is of.</param>
/// <param name="Book">What was held at the end of the last operation that found it whole, in 1e-9 alpha.</param>
/// <param name="SteppedAt">When it was last traded towards its target, in Unix seconds.</param>
/// <param name="Hotkey">Where its stake is.</param>
/// <param name="Unit">What a token is to have of it, in 1e-9 alpha for 1e18.</param>
/// <param name="Anchor">Its mean price when the composition was applied, in wei per alpha.</param>
/// <param name="Weight">Its weight in the composition, of 1e18.</param>
internal sealed record LegWords(
    ushort Netuid,
    bool IsActive,
    ulong Registration,
    BigInteger Book,
    ulong SteppedAt,
    Hash256 Hotkey,
    BigInteger Unit,
    BigInteger Anchor,
    BigInteger Weight
)
{
    private const int WordsPerLeg = 10;

    /// <summary>The legs that an index answers with, in its order.</summary>
    /// <exception cref="FormatException">It is no such answer.</exception>
    public static List<LegWords> Of(AbiData data)
    {
        var (items, count) = data.List(0);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => i * WordsPerLeg)
                .Select(first => new LegWords(
                    NetuidOf(items.UInt64(first)),
                    items.UInt64(first + 1) == 1,
                    items.UInt64(first + 2),
                    items.Integer(first + 3),
                    items.UInt64(first + 4),
                    items.Hash(first + 6),
                    items.Integer(first + 7),
                    items.Integer(first + 8),
                    items.Integer(first + 9)
                )),
        ];
    }

    private static ushort NetuidOf(ulong word) =>
        word <= ushort.MaxValue ? (ushort)word : throw new FormatException($"{word} is no netuid");
}
