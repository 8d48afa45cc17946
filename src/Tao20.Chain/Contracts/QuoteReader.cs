using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Substrate;
using Tao20.Domain.Nav;
using Tao20.Domain.Runtime;

namespace Tao20.Chain.Contracts;

/// <summary>
/// Asks for one subnet's price at a block, and for all that it can be held against: whether the subnet is there, and its pool, unless the
/// chain has put it on another curve.
/// </summary>
internal sealed class QuoteReader
{
    private readonly ushort _netuid;
    private BigInteger? _price;
    private ulong _tao;
    private ulong _alpha;
    private ulong _quoteWeight = BalancerPool.Half;
    private bool _exists;
    private bool _otherCurve;

    public QuoteReader(ushort netuid, ConstituentCalls calls, ulong block)
    {
        _netuid = netuid;
        Calls =
        [
            // A price that is refused is missing; that makes NAV unavailable, and says of which subnet.
            Ask(calls.Price, words => _price = words.Integer(0)) with
            {
                Refused = _ => _price = null,
            },
            Ask(calls.TaoInPool, words => _tao = words.UInt64(0)),
            Ask(calls.AlphaInPool, words => _alpha = words.UInt64(0)),
            StorageCalls.At(calls.Exists, block, value => _exists = value.Length > 0 && ScaleReader.Bool(value)),
            StorageCalls.At(
                calls.QuoteWeight,
                block,
                value => _quoteWeight = value.Length == 0 ? BalancerPool.Half : ScaleReader.UInt64(value)
            ),
            StorageCalls.At(calls.OtherCurve, block, value => _otherCurve = value.Length > 0),
        ];

        RpcCall Ask(string data, Action<AbiData> take) =>
            EthCalls.CallAt(Precompiles.Alpha, data, block, bytes => take(new AbiData(bytes)));
    }

    /// <summary>The calls that ask.</summary>
    public IReadOnlyList<RpcCall> Calls { get; }

    /// <summary>What they have answered; the pool only where its curve is known to be the balancer's.</summary>
    /// <param name="profile">Which rules hold.</param>
    public AlphaQuote Read(RuntimeProfile profile)
    {
        var known = profile != RuntimeProfile.Unknown && !_otherCurve;
        return new AlphaQuote(_netuid, _price, _exists, known ? new BalancerPool(_tao, _alpha, _quoteWeight) : null);
    }
}
