using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Index;

/// <content>What there is on it.</content>
public sealed partial class IndexChain
{
    public async Task<ulong> RevisionAsync() => (ulong)await ReadAsync("revision()");

    /// <summary>What the index knows of each leg.</summary>
    public async Task<IReadOnlyList<LegView>> LegsAsync()
    {
        const int WordsPerLeg = 10;
        var (legs, count) = new AbiData(await Chain.WordsAsync(Index, AbiEncoder.Call("legs()"))).List(0);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => i * WordsPerLeg)
                .Select(at => new LegView(
                    (ushort)legs.UInt64(at),
                    legs.UInt64(at + 1) == 1,
                    legs.Integer(at + 3),
                    legs.Hash(at + 6),
                    legs.Integer(at + 7),
                    legs.Integer(at + 8)
                )),
        ];
    }

    /// <summary>What the index holds of each leg that it has, by netuid.</summary>
    public async Task<IReadOnlyDictionary<ushort, BigInteger>> HoldingsAsync()
    {
        var held = new Dictionary<ushort, BigInteger>();
        foreach (var leg in await LegsAsync())
            held[leg.Netuid] = await Chain.StakeAsync(leg.Netuid, Coldkey, leg.Hotkey);
        return held;
    }

    public Task<BigInteger> SupplyAsync() => ReadAsync("totalSupply()");

    public Task<BigInteger> TokensAsync(Address account) => ReadAsync("balanceOf(address)", account);

    public Task<BigInteger> TaoAsync() => Chain.BalanceAsync(Index);

    public Task<BigInteger> ReadAsync(string signature, params object[] arguments) => ReadOfAsync(Index, signature, arguments);

    public async Task<BigInteger> ReadOfAsync(Address contract, string signature, params object[] arguments) =>
        AbiWords.BigInteger(await Chain.WordsAsync(contract, AbiEncoder.Call(signature, arguments)), 0);

    /// <summary>What the lens quotes: alpha of each leg, and TAO in rao.</summary>
    public async Task<(List<BigInteger> Alpha, BigInteger Tao)> QuoteAsync(string signature, BigInteger tokens)
    {
        var words = new AbiData(await Chain.WordsAsync(Lens, AbiEncoder.Call(signature, tokens)));
        var (alpha, count) = words.List(0);
        return ([.. Enumerable.Range(0, count).Select(alpha.Integer)], words.Integer(1));
    }
}
