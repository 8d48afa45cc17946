using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

/// <summary>
/// A TAO20 economy on a local chain: twenty subnets, the index, its market and its router, and miners that hold alpha to mint with.
/// </summary>
public sealed class Economy
{
    /// <summary>The staking precompile.</summary>
    public static readonly Address Staking = Precompiles.Staking;

    /// <summary>The alpha precompile.</summary>
    public static readonly Address Alpha = Precompiles.Alpha;

    private const int Subnets = 20;
    private const ulong Rao = 1_000_000_000;
    private const ulong EmissionParts = 2_000;
    private static readonly Hash256 Hotkey = Keccak.Hash("the hotkey of the devnet's index"u8);

    private Economy(Anvil chain, Address index, Address pool, Address router, IReadOnlyList<Address> miners, Address keeper)
    {
        Chain = chain;
        Index = index;
        Pool = pool;
        Router = router;
        Miners = miners;
        Participants = miners;
        Keeper = keeper;
    }

    /// <summary>The chain.</summary>
    public Anvil Chain { get; }

    /// <summary>The TAO20 contract.</summary>
    public Address Index { get; }

    /// <summary>The TAO20/TAO market.</summary>
    public Address Pool { get; }

    /// <summary>The router.</summary>
    public Address Router { get; }

    /// <summary>The accounts of the miners that trade by script.</summary>
    public IReadOnlyList<Address> Miners { get; }

    /// <summary>All accounts that mint and redeem: these, and who was admitted beside them.</summary>
    public IReadOnlyList<Address> Participants { get; private set; }

    /// <summary>The account that deploys, advances epochs and moves prices.</summary>
    public Address Keeper { get; }

    /// <summary>The netuids of the index, in the order of its composition.</summary>
    public static IReadOnlyList<int> Netuids { get; } = [.. Enumerable.Range(1, Subnets)];

    /// <summary>The weights of the index, 18 decimals, in the same order: falling from 9.5 % to 0.5 %, summing to 1.</summary>
    public static IReadOnlyList<BigInteger> Weights { get; } =
    [.. Enumerable.Range(0, Subnets).Select(i => new BigInteger(2 * (Subnets - i) - 1) * 1_000_000_000_000_000_000 / (Subnets * Subnets))];

    /// <summary>Deploys everything and gives each miner stake in every subnet. Every miner can trade afterwards.</summary>
    /// <param name="chain">A fresh chain that mines on demand.</param>
    /// <param name="miners">How many miners; the chain has at least one account more.</param>
    /// <param name="startTime">The time of the first block to be mined, in Unix seconds.</param>
    /// <param name="cancel">Ends the set-up.</param>
    /// <param name="spec">Which of Subtensor's specs the chain follows.</param>
    /// <returns>The economy and the time of its last block.</returns>
    /// <exception cref="DevnetException">A transaction of the set-up was reverted.</exception>
    public static async Task<(Economy Economy, ulong Time)> DeployAsync(
        Anvil chain,
        int miners,
        ulong startTime,
        CancellationToken cancel,
        uint spec = SubtensorMock.October
    )
    {
        var client = chain.Client;
        var time = startTime;
        var accounts = await client.AccountsAsync(cancel).ConfigureAwait(false);
        var (keeper, traders) = (accounts[0], accounts.Skip(1).Take(miners).ToList());

        await SubtensorMock.InstallAsync(client, keeper, spec, time++, cancel).ConfigureAwait(false);
        await client
            .ExecuteAsync(
                [
                    .. Netuids.Select(netuid => SubtensorMock.Set(keeper, "setPool", (ushort)netuid, PoolTao(netuid), PoolAlpha(netuid))),
                    .. Netuids.Select(netuid => MockStorage.Subnet(keeper, (ushort)netuid)),
                    MockStorage.Chain(keeper),
                    SubtensorMock.Set(keeper, "setHotkey", Hotkey, Keccak.Hash("the owner of the index's hotkey"u8)),
                ],
                time++,
                cancel
            )
            .ConfigureAwait(false);

        List<ushort> netuids = [.. Netuids.Select(netuid => (ushort)netuid)];
        var index = await DeployContractAsync(new IndexDeployment(Hotkey, netuids, [.. Weights]).EncodeDeployment()).ConfigureAwait(false);
        var pool = await DeployContractAsync(new PoolDeployment(index).EncodeDeployment()).ConfigureAwait(false);
        var router = await DeployContractAsync(new RouterDeployment(index, pool).EncodeDeployment()).ConfigureAwait(false);
        await client
            .ExecuteAsync([MockStorage.Account(keeper, Hotkey), MockStorage.Account(keeper, Coldkey.Of(index))], time++, cancel)
            .ConfigureAwait(false);
        await client
            .ExecuteAsync([new DevnetTransaction(keeper, index, new SetRouterFunction(router, true).Encode())], time++, cancel)
            .ConfigureAwait(false);
        foreach (var netuid in Netuids)
        {
            await client
                .ExecuteAsync(
                    [.. traders.SelectMany(miner => new[] { Stake(miner, netuid, 20_000 * Rao), Approve(miner, index, netuid) })],
                    time++,
                    cancel
                )
                .ConfigureAwait(false);
        }

        return (new Economy(chain, index, pool, router, traders, keeper), time - 1);

        async Task<Address> DeployContractAsync(string code) =>
            (await client.ExecuteAsync([new DevnetTransaction(keeper, null, code)], time++, cancel).ConfigureAwait(false))[0]!.Value;
    }

    /// <summary>Prices of all constituents, in 1e-18 TAO for one alpha, in the order of the composition.</summary>
    public async Task<IReadOnlyList<BigInteger>> PricesAsync(CancellationToken cancel)
    {
        var words = await Chain
            .Client.CallAsync([.. Netuids.Select(netuid => (Alpha, new GetAlphaPriceFunction((ushort)netuid).Encode()))], cancel)
            .ConfigureAwait(false);
        return [.. words.Select(word => AbiWords.BigInteger(word, 0))];
    }

    /// <summary>Each miner's TAO20, in wei.</summary>
    public async Task<IReadOnlyList<BigInteger>> BalancesAsync(CancellationToken cancel)
    {
        var words = await Chain
            .Client.CallAsync([.. Miners.Select(miner => (Index, new BalanceOfFunction(miner).Encode()))], cancel)
            .ConfigureAwait(false);
        return [.. words.Select(word => AbiWords.BigInteger(word, 0))];
    }

    /// <summary>The running epoch: how many have been closed.</summary>
    public async Task<ulong> EpochAsync(CancellationToken cancel) =>
        (ulong)
            AbiWords.BigInteger(
                (await Chain.Client.CallAsync([(Index, new EpochFunction().Encode())], cancel).ConfigureAwait(false))[0],
                0
            );

    /// <summary>Counts these accounts among those that mint and redeem.</summary>
    public void Admit(IEnumerable<Address> accounts) => Participants = [.. Participants.Union(accounts)];

    /// <summary>The contract's own lifetime total of each participant, in TAO wei.</summary>
    public async Task<IReadOnlyDictionary<Address, UInt128>> VolumesAsync(CancellationToken cancel)
    {
        var stats = await Chain
            .Client.CallAsync([.. Participants.Select(miner => (Index, new GetMinerStatsFunction(miner).Encode()))], cancel)
            .ConfigureAwait(false);
        return Participants
            .Zip(stats, (miner, words) => (miner, total: (UInt128)AbiWords.BigInteger(words, 2)))
            .ToDictionary(x => x.miner, x => x.total);
    }

    /// <summary>A mint in kind worth about <paramref name="value"/> TAO wei at these prices.</summary>
    public DevnetTransaction Mint(Address miner, BigInteger value, IReadOnlyList<BigInteger> prices, ulong deadline)
    {
        var alpha = Weights.Zip(prices, (weight, price) => value * weight / 1_000_000_000_000_000_000 * Rao / price);
        return new DevnetTransaction(miner, Index, new MintInKindFunction([.. alpha], 1, deadline).Encode());
    }

    /// <summary>A redemption of so many tokens.</summary>
    public DevnetTransaction Redeem(Address miner, BigInteger tokens, ulong deadline) =>
        new(miner, Index, new RedeemInKindFunction(tokens, [.. Netuids.Select(_ => BigInteger.Zero)], deadline).Encode());

    /// <summary>The end of an epoch.</summary>
    public DevnetTransaction AdvanceEpoch() => new(Keeper, Index, new AdvanceEpochFunction().Encode());

    /// <summary>A purchase of alpha, which moves its price up.</summary>
    public DevnetTransaction Buy(int netuid, ulong rao) => Stake(Keeper, netuid, rao);

    /// <summary>A block's emission into a subnet's pool: the pool's weights change, and its price does not.</summary>
    public DevnetTransaction Emit(int netuid) =>
        SubtensorMock.Set(Keeper, "emitIntoPool", (ushort)netuid, 0UL, PoolAlpha(netuid) / EmissionParts);

    private static DevnetTransaction Stake(Address account, int netuid, ulong rao) =>
        new(account, Staking, new AddStakeLimitFunction(Hotkey, rao, ulong.MaxValue, true, netuid).Encode());

    private static DevnetTransaction Approve(Address account, Address spender, int netuid) =>
        new(account, Staking, new ApproveStakeFunction(spender, netuid, BigInteger.Pow(2, 256) - 1).Encode());

    private static ulong PoolTao(int netuid) => (ulong)(5_000_000 - 150_000 * netuid) * Rao;

    private static ulong PoolAlpha(int netuid) => (ulong)(40_000_000 + 1_000_000 * netuid) * Rao;
}
