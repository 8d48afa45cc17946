using System.Numerics;
using System.Text.Json;
using Nethereum.Util;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.EndToEnd.Tests.Uniswap;

/// <summary>Uniswap's second version on a local chain, from its own packages: router, wrapped TAO, a pair with the token.</summary>
internal sealed class UniswapMarket
{
    private readonly ChainFixture _chain;

    private UniswapMarket(ChainFixture chain, Address factory, Address wrapped, Address router, Address pair) =>
        (_chain, Factory, Wrapped, Router, Pair) = (chain, factory, wrapped, router, pair);

    public Address Factory { get; }

    public Address Wrapped { get; }

    public Address Router { get; }

    public Address Pair { get; }

    private Address Keeper => _chain.Economy.Keeper;

    /// <summary>Opens a pair.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="time">The time of the block it is opened in.</param>
    /// <param name="tao">The TAO in it.</param>
    /// <param name="tokens">The tokens in it.</param>
    public static async Task<UniswapMarket> OpenAsync(ChainFixture chain, ulong time, BigInteger tao, BigInteger tokens)
    {
        var tools = NpmTools.Of("a foreign market", "Uniswap's contracts", typeof(UniswapMarket).Assembly, "uniswap");
        var packages = Path.Combine(await tools.EnsureAsync(null, CancellationToken.None), "node_modules", "@uniswap");
        var client = chain.Chain.Client;
        var keeper = chain.Economy.Keeper;
        var nonce = await client.NonceAsync(keeper, CancellationToken.None);
        var (factory, wrapped, router) = (Next(0), Next(1), Next(2));
        await client.ExecuteAsync(
            [
                new DevnetTransaction(keeper, null, Code("v2-core", "UniswapV2Factory") + Word(keeper)),
                new DevnetTransaction(keeper, null, Code("v2-periphery", "WETH9")),
                new DevnetTransaction(keeper, null, Code("v2-periphery", "UniswapV2Router02") + Word(factory) + Word(wrapped)),
                new DevnetTransaction(keeper, chain.Economy.Index, RouterCalls.ApproveAll(router)),
            ],
            time,
            CancellationToken.None
        );
        await client.ExecuteAsync(
            [
                new DevnetTransaction(
                    keeper,
                    router,
                    AbiEncoder.Call(
                        "addLiquidityETH(address,uint256,uint256,uint256,address,uint256)",
                        chain.Economy.Index,
                        tokens,
                        0,
                        0,
                        keeper,
                        time + 1_000
                    ),
                    (UInt128)tao
                ),
            ],
            time + 1,
            CancellationToken.None
        );
        var answer = await client.CallAsync(
            [(factory, AbiEncoder.Call("getPair(address,address)", chain.Economy.Index, wrapped))],
            CancellationToken.None
        );
        Assert.True(AbiWords.TryAddress(answer[0], out var pair));
        return new UniswapMarket(chain, factory, wrapped, router, pair);

        Address Next(ulong i) => Address.Parse(ContractUtils.CalculateContractAddress(keeper.ToString(), nonce + i));

        string Code(string package, string contract)
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(packages, package, "build", contract + ".json")));
            return "0x" + json.RootElement.GetProperty("bytecode").GetString();
        }

        static string Word(Address address) => address.ToString()[2..].PadLeft(64, '0');
    }

    /// <summary>The hashes of the code of pair, router and wrapped TAO.</summary>
    public async Task<IReadOnlyList<string>> CodesAsync()
    {
        var hashes = new List<string>();
        foreach (var address in (Address[])[Pair, Router, Wrapped])
        {
            var code = await _chain.Chain.Client.SendAsync("eth_getCode", $"[\"{address}\",\"latest\"]", CancellationToken.None);
            hashes.Add(Keccak.Hash(Convert.FromHexString(code.GetString()!.AsSpan(2))).ToString());
        }

        return hashes;
    }

    /// <summary>A sale of the keeper's, which moves the price down.</summary>
    public DevnetTransaction Sell(BigInteger tokens, ulong deadline) =>
        new(
            Keeper,
            Router,
            AbiEncoder.Call(
                "swapExactTokensForETH(uint256,uint256,address[],address,uint256)",
                tokens,
                1,
                (object[])[_chain.Economy.Index, Wrapped],
                Keeper,
                deadline
            )
        );
}
