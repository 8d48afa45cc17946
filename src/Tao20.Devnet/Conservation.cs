using System.Numerics;
using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

/// <summary>
/// All the TAO and TAO20 of a local economy at one block: nothing is made and nothing is lost but base fees, which the chain burns.
/// </summary>
/// <param name="Block">The block.</param>
/// <param name="Tao">TAO of everyone, in wei.</param>
/// <param name="Tokens">TAO20 of everyone, in wei.</param>
/// <param name="Supply">TAO20 there is, in wei.</param>
public sealed record Conservation(ulong Block, BigInteger Tao, BigInteger Tokens, BigInteger Supply)
{
    /// <summary>Where the index's first tokens are locked (source: Contracts/Index/Index.sol).</summary>
    private static readonly Address DeadAccount = Address.Parse("0x000000000000000000000000000000000000dEaD");

    private IReadOnlyDictionary<Address, (BigInteger Tao, BigInteger Tokens)> Owned { get; init; } =
        new Dictionary<Address, (BigInteger, BigInteger)>();

    /// <summary>What one of those counted owns.</summary>
    public (BigInteger Tao, BigInteger Tokens) BalanceOf(Address account) => Owned[account];

    /// <summary>Adds up everyone at the latest block.</summary>
    /// <param name="economy">The economy: its contracts, its participants, its keeper and who mines its blocks.</param>
    /// <param name="others">Whoever else owns something.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public static async Task<Conservation> CountAsync(Economy economy, IEnumerable<Address> others, CancellationToken cancel)
    {
        var client = economy.Chain.Client;
        var block = await client.BlockNumberAsync(cancel).ConfigureAwait(false);
        var at = HexText.Quantity(block);
        var author = Address.Parse(
            (await client.SendAsync("eth_getBlockByNumber", $"[\"{at}\",false]", cancel).ConfigureAwait(false))
                .GetProperty("miner")
                .GetString()!
        );
        List<Address> everyone =
        [
            .. new[] { economy.Keeper, DeadAccount, author }
                .Concat(economy.Contracts)
                .Concat(economy.Participants)
                .Concat(SubtensorMock.Addresses)
                .Append(SubtensorMock.State)
                .Concat(others)
                .Distinct(),
        ];
        var balances = await client
            .SendAsync([.. everyone.Select(account => ("eth_getBalance", $"[\"{account}\",\"{at}\"]"))], cancel)
            .ConfigureAwait(false);
        var tokens = await client
            .CallAsync(
                [
                    .. everyone.Select(account => (economy.Index, new BalanceOfFunction(account).Encode())),
                    (economy.Index, new TotalSupplyFunction().Encode()),
                ],
                cancel,
                at
            )
            .ConfigureAwait(false);
        return new Conservation(
            block,
            balances.Aggregate(BigInteger.Zero, (sum, balance) => sum + Big(balance)),
            tokens[..^1].Aggregate(BigInteger.Zero, (sum, words) => sum + AbiWords.BigInteger(words, 0)),
            AbiWords.BigInteger(tokens[^1], 0)
        )
        {
            Owned = everyone
                .Select((account, i) => (account, (Big(balances[i]), AbiWords.BigInteger(tokens[i], 0))))
                .ToDictionary(pair => pair.account, pair => pair.Item2),
        };
    }

    /// <summary>The base fees burned after this block, up to another.</summary>
    public async Task<BigInteger> BurnedAsync(Economy economy, Conservation until, CancellationToken cancel)
    {
        var blocks = await economy
            .Chain.Client.SendAsync(
                [
                    .. Enumerable
                        .Range(1, (int)(until.Block - Block))
                        .Select(i => ("eth_getBlockByNumber", $"[\"{HexText.Quantity(Block + (ulong)i)}\",false]")),
                ],
                cancel
            )
            .ConfigureAwait(false);
        return blocks.Aggregate(
            BigInteger.Zero,
            (sum, block) => sum + Big(block.GetProperty("baseFeePerGas")) * Big(block.GetProperty("gasUsed"))
        );
    }

    private static BigInteger Big(JsonElement quantity) => HexText.BigQuantity(quantity.GetString()!);
}
