using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

/// <summary>
/// A TAO20 economy on a local chain: twenty subnets, the index, its market and its router, and miners that hold alpha to mint with.
/// </summary>
public sealed partial class Economy
{
    /// <summary>The staking precompile.</summary>
    public static readonly Address Staking = Precompiles.Staking;

    /// <summary>The alpha precompile.</summary>
    public static readonly Address Alpha = Precompiles.Alpha;

    /// <summary>The gas of each leg: the mock's code costs more than the chain's own.</summary>
    public const ulong LegGas = 3_000_000;

    /// <summary>What the keeper mints the first tokens with, in whole TAO.</summary>
    public const int GenesisTao = 200;

    private const int Subnets = 20;
    private const ulong Rao = 1_000_000_000;
    private const ulong EmissionParts = 2_000;

    /// <summary>
    /// How old subnets are before anything is observed, in spans of a mean, each of which is at most a sixteenth of the age: enough that
    /// there is one whenever it is observed regularly, and enough for one.
    /// </summary>
    private const uint OldEnough = 36;
    private const uint JustOldEnough = 17;
    private const ulong SeedRao = 10_000_000;
    private static readonly ulong[] RealChains = [964, 945];
    private static readonly BigInteger One = BigInteger.Pow(10, 18);

    /// <summary>The hotkey of all legs.</summary>
    public static readonly Hash256 Hotkey = Keccak.Hash("the hotkey of the devnet's index"u8);

    private Economy(Anvil chain, Address keeper, IReadOnlyList<Address> miners, NavReader nav)
    {
        Chain = chain;
        Keeper = keeper;
        Miners = miners;
        Participants = miners;
        _nav = nav;
    }

    private readonly NavReader _nav;

    /// <summary>The chain.</summary>
    public Anvil Chain { get; }

    /// <summary>The TAO20 contract.</summary>
    public required Address Index { get; init; }

    /// <summary>The TAO20/TAO market.</summary>
    public required Address Pool { get; init; }

    /// <summary>The router.</summary>
    public required Address Router { get; init; }

    /// <summary>What keeps the subnets' mean prices.</summary>
    public required Address Means { get; init; }

    /// <summary>The time lock before the index.</summary>
    public required Address Manager { get; init; }

    /// <summary>All contracts of the index.</summary>
    public IReadOnlyList<Address> Contracts => [Index, Pool, Router, Means, Manager];

    /// <summary>By which rules the chain runs at first.</summary>
    public uint Spec { get; private init; }

    /// <summary>The accounts of the miners that trade by script.</summary>
    public IReadOnlyList<Address> Miners { get; }

    /// <summary>All accounts that mint and redeem: these, and who was admitted beside them.</summary>
    public IReadOnlyList<Address> Participants { get; private set; }

    /// <summary>The account that deploys, advances epochs and moves prices.</summary>
    public Address Keeper { get; }

    /// <summary>The netuids of the index, in the order of its composition.</summary>
    public static IReadOnlyList<int> Netuids { get; } = [.. Enumerable.Range(1, Subnets)];

    /// <summary>Those of them that are there.</summary>
    public IReadOnlyList<int> Live { get; private set; } = Netuids;

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
        List<ushort> netuids = [.. Netuids.Select(netuid => (ushort)netuid)];
        await client
            .ExecuteAsync(
                [
                    MockStorage.Chain(keeper),
                    MockStorage.Subnet(keeper, 0),
                    SubtensorMock.Set(keeper, "registerSubnet", (ushort)0),
                    .. netuids.Select(netuid => SubtensorMock.Set(keeper, "setPool", netuid, PoolTao(netuid), PoolAlpha(netuid))),
                    .. netuids.Select(netuid => MockStorage.Subnet(keeper, netuid)),
                    .. netuids.Select(netuid => SubtensorMock.Set(keeper, "setEmission", netuid, new object[] { 1UL, 1UL, false }, 0UL)),
                    SubtensorMock.Set(keeper, "setHotkey", Hotkey, Keccak.Hash("the owner of the index's hotkey"u8)),
                    MockStorage.Account(keeper, Hotkey),
                ],
                time++,
                cancel
            )
            .ConfigureAwait(false);
        foreach (var part in netuids.Chunk(5))
            await client
                .ExecuteAsync([.. part.SelectMany(netuid => traders.Select(miner => Stake(miner, netuid, 20_000 * Rao)))], time++, cancel)
                .ConfigureAwait(false);

        // Prices have been where they are for long enough.
        var times = await TimesOfAsync(client, cancel).ConfigureAwait(false);
        var age = await client.BlockNumberAsync(cancel).ConfigureAwait(false);
        var needed = times.Shortest * (times == IndexTimes.Table ? JustOldEnough : OldEnough);
        if (age < needed)
            time = await client.MineAsync((int)(needed - age), cancel).ConfigureAwait(false) + 1;
        var prices = await PricesAsync(client, Netuids, cancel).ConfigureAwait(false);
        await client
            .ExecuteAsync(
                [.. netuids.Select((netuid, i) => SubtensorMock.Set(keeper, "setMovingPrice", netuid, (prices[i] << 32) / One))],
                time++,
                cancel
            )
            .ConfigureAwait(false);

        var addresses = new DeploymentAddresses(keeper, await client.NonceAsync(keeper, cancel).ConfigureAwait(false));
        var (index, means) = (addresses.Of(IndexContract.Index), addresses.Of(IndexContract.Means));
        var plan = new DeploymentPlan(
            [.. netuids.Select((netuid, i) => new LegTarget(netuid, (ulong)Weights[i], Hotkey))],
            keeper,
            keeper,
            times,
            GenesisTao * One
        );
        await client
            .ExecuteAsync(
                [
                    .. Enum.GetValues<IndexContract>().Select(contract => Deploy(new DeploymentStep.Make(contract))),
                    Deploy(new DeploymentStep.Bind()),
                    Deploy(new DeploymentStep.Observe([.. netuids])),
                    MockStorage.Account(keeper, Coldkey.Of(index)),
                ],
                time++,
                cancel
            )
            .ConfigureAwait(false);
        var economy = new Economy(chain, keeper, traders, new NavReader(client.Pool, index))
        {
            Index = index,
            Pool = addresses.Of(IndexContract.Pool),
            Router = addresses.Of(IndexContract.Router),
            Means = means,
            Manager = addresses.Of(IndexContract.Manager),
            Spec = spec,
        };
        time = await client.MineAsync((int)times.Shortest, cancel).ConfigureAwait(false) + 1;
        await economy.BeginAsync(time++, cancel).ConfigureAwait(false);
        return (economy, time - 1);

        DevnetTransaction Deploy(DeploymentStep step)
        {
            var intent = DeploymentCalls.Of(step, plan, addresses, LegGas);
            return new DevnetTransaction(
                keeper,
                intent.MakesContract ? null : intent.To,
                "0x" + Convert.ToHexStringLower(intent.Data.Span),
                intent.ValueWei
            );
        }
    }

    /// <summary>The times that a chain takes: one with the id of a real chain takes its own alone.</summary>
    private static async Task<IndexTimes> TimesOfAsync(DevnetClient client, CancellationToken cancel)
    {
        ulong id = 0;
        await client.Pool.SendAsync([EthCalls.ChainId(found => id = found)], cancel).ConfigureAwait(false);
        return RealChains.Contains(id) ? IndexTimes.Table : IndexTimes.Minutes;
    }

    /// <summary>Lets all approve the index, and the keeper mint the first tokens.</summary>
    private async Task BeginAsync(ulong time, CancellationToken cancel)
    {
        var before = await StakesAsync(Keeper, cancel).ConfigureAwait(false);
        await Chain
            .Client.ExecuteAsync(
                [
                    .. Netuids.Select((netuid, i) => Stake(Keeper, netuid, (ulong)(GenesisTao * Rao * Weights[i] / One))),
                    .. Miners.Append(Keeper).SelectMany(account => Netuids.Select(netuid => Approve(account, Index, netuid))),
                    new DevnetTransaction(Keeper, Index, new SeedFunction(SeedRao, LegGas).Encode(), (UInt128)(SeedRao * Rao)),
                ],
                time,
                cancel
            )
            .ConfigureAwait(false);
        var bought = (await StakesAsync(Keeper, cancel).ConfigureAwait(false)).Zip(before, (now, then) => now - then);
        await Chain
            .Client.ExecuteAsync(
                [new DevnetTransaction(Keeper, Index, new GenesisFunction([.. bought], LegGas, ulong.MaxValue).Encode())],
                time + 1,
                cancel
            )
            .ConfigureAwait(false);
    }

    /// <summary>The index as it is at the latest block, with the prices of its legs.</summary>
    /// <exception cref="DevnetException">A leg has no price.</exception>
    public async Task<NavReading.Available> NavAsync(CancellationToken cancel)
    {
        var head = await Chain.Client.LatestAsync(cancel).ConfigureAwait(false);
        var inputs = await _nav.ReadAsync(head, RuntimeProfile.Unknown, cancel).ConfigureAwait(false);
        return NavReading.Of(inputs, head.Timestamp) switch
        {
            NavReading.Available nav => nav,
            NavReading.Unavailable none => throw new DevnetException($"The index has no value: {none.Reason}"),
            var other => throw new InvalidOperationException($"A {other.GetType().Name} is no reading."),
        };
    }

    /// <summary>Prices of all constituents, in 1e-18 TAO for one alpha, in the order of the composition.</summary>
    public Task<IReadOnlyList<BigInteger>> PricesAsync(CancellationToken cancel) => PricesAsync(Chain.Client, Netuids, cancel);

    private static async Task<IReadOnlyList<BigInteger>> PricesAsync(
        DevnetClient client,
        IEnumerable<int> netuids,
        CancellationToken cancel
    )
    {
        var words = await client
            .CallAsync([.. netuids.Select(netuid => (Alpha, new GetAlphaPriceFunction((ushort)netuid).Encode()))], cancel)
            .ConfigureAwait(false);
        return [.. words.Select(word => AbiWords.BigInteger(word, 0))];
    }

    /// <summary>An account's stake in every constituent.</summary>
    private async Task<IReadOnlyList<BigInteger>> StakesAsync(Address account, CancellationToken cancel)
    {
        var coldkey = Coldkey.Of(account);
        var words = await Chain
            .Client.CallAsync(
                [.. Netuids.Select(netuid => (Staking, new GetStakeFunction(Hotkey, coldkey, (ushort)netuid).Encode()))],
                cancel
            )
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

    /// <summary>A subnet ends: nothing happens on it any more.</summary>
    public void Forget(int netuid) => Live = [.. Live.Where(live => live != netuid)];

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

    /// <summary>Has the subnets' moving prices go on, as each block of the real chain does.</summary>
    public DevnetTransaction MoveMovingPrices() =>
        SubtensorMock.Set(Keeper, "moveMovingPrices", Live.Select(netuid => (ushort)netuid).ToList(), 1UL);

    /// <summary>Readings of the moving prices, which means are made of.</summary>
    public DevnetTransaction Observe() => new(Keeper, Means, new ObserveFunction([.. Live.Select(netuid => (ushort)netuid)]).Encode());

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
