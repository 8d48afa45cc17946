using System.Globalization;
using System.Numerics;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Devnet;

/// <summary>The validators of a local chain: a registry, and accounts that have bonded in it.</summary>
/// <param name="Registry">The ValidatorRegistry.</param>
/// <param name="Keys">The validators' keys.</param>
public sealed record ValidatorSet(Address Registry, IReadOnlyList<PrivateKey> Keys)
{
    /// <summary>What each validator bonds, in whole TAO.</summary>
    public const int BondTao = 2_000;

    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;

    /// <summary>The shortest tempo of a subnet that takes weights by commit and reveal here, in blocks.</summary>
    public const ushort ShortTempo = 20;

    /// <summary>The tempo of a subnet that takes them in the clear, in blocks: that of the chain.</summary>
    public const ushort Tempo = 360;

    /// <summary>The rules of a registry here: those of the design (source: the consensus rules, The registry).</summary>
    public static readonly RegistryRules Rules = new(
        Wei.From(1_000 * Wei.OneTao.Value),
        3,
        600,
        600,
        30 * 3_600,
        36 * 3_600,
        48,
        Wei.From(100 * Wei.OneTao.Value),
        Address.Parse("0x000000000000000000000000000000000000dead")
    );

    // Below this the chain pays nothing out, and an account that has less is gone.
    private const ulong LeastRao = 500;
    private const int BlocksUntilFinal = 3;
    private const int VersionKey = 1;
    private const int RateLimitBlocks = 10;
    private const int RevealPeriod = 1;
    private const int MaxUids = 256;

    /// <summary>
    /// Deploys the registry, makes and funds accounts, bonds them, and gives every miner a UID on the subnet and every validator a neuron
    /// with a permit.
    /// </summary>
    /// <param name="economy">The economy they judge.</param>
    /// <param name="count">How many.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="seed">Which keys: the same seed gives the same.</param>
    /// <param name="time">The time of the last block; blocks are mined after it.</param>
    /// <param name="cancel">Ends the set-up.</param>
    /// <param name="rules">The rules of the registry; null for <see cref="Rules"/>.</param>
    /// <returns>The validators and the time of the last block.</returns>
    /// <exception cref="DevnetException">A transaction of the set-up was reverted.</exception>
    public static Task<(ValidatorSet Validators, ulong Time)> DeployAsync(
        Economy economy,
        int count,
        int netuid,
        int seed,
        ulong time,
        CancellationToken cancel,
        RegistryRules? rules = null
    ) =>
        DeployAsync(
            economy,
            [.. Enumerable.Range(1, count).Select(i => PrivateKey.FromBytes(SecretOf(i, seed).ToBytes()))],
            netuid,
            time,
            cancel,
            rules
        );

    /// <summary>The secret behind a validator's key, of value on no chain but a local one.</summary>
    /// <param name="validator">Which one, from 1.</param>
    /// <param name="seed">Which keys.</param>
    public static Hash256 SecretOf(int validator, int seed) =>
        Keccak.Hash(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"validator {validator} of seed {seed}")));

    /// <summary>The same with these keys.</summary>
    /// <exception cref="DevnetException">A transaction of the set-up was reverted.</exception>
    public static async Task<(ValidatorSet Validators, ulong Time)> DeployAsync(
        Economy economy,
        IReadOnlyList<PrivateKey> keys,
        int netuid,
        ulong time,
        CancellationToken cancel,
        RegistryRules? rules = null
    )
    {
        var client = economy.Chain.Client;
        var code = new RegistryDeployment(economy.Index, rules ?? Rules, DomainParameters.Default.Text()).EncodeDeployment();
        var value = LeastRao * (UInt128)1_000_000_000;
        var registry = (
            await client.ExecuteAsync([new DevnetTransaction(economy.Keeper, null, code, value)], ++time, cancel).ConfigureAwait(false)
        )[0]!.Value;
        foreach (var key in keys)
        {
            var balance = ((BondTao + 100) * Tao).ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
            await client
                .SendAsync(
                    [("anvil_setBalance", $"[\"{key.Address}\",\"0x{balance}\"]"), ("anvil_impersonateAccount", $"[\"{key.Address}\"]")],
                    cancel
                )
                .ConfigureAwait(false);
        }

        await client
            .ExecuteAsync(
                [
                    .. keys.Select(key => new DevnetTransaction(
                        key.Address,
                        registry,
                        RegistryCalls.Bond(default),
                        (UInt128)(BondTao * Tao)
                    )),
                ],
                ++time,
                cancel
            )
            .ConfigureAwait(false);
        var subnet = (ushort)netuid;
        await client
            .ExecuteAsync(
                [
                    .. economy.Participants.Select((miner, uid) => Set("setUid", subnet, miner, (ushort)(uid + 1))),
                    .. keys.Select((key, i) => Set("setNeuron", subnet, UidOf(economy, i), key.Address, true)),
                    Set("setClock", subnet, Tempo, 0UL, await client.BlockNumberAsync(cancel).ConfigureAwait(false)),
                    SetWeightRules(economy, netuid, commitReveal: false),
                ],
                ++time,
                cancel
            )
            .ConfigureAwait(false);
        await client
            .ExecuteAsync(
                [
                    .. economy.Participants.Select(miner => MockStorage.Association(economy.Keeper, subnet, miner)),
                    .. keys.Select(key => MockStorage.Hotkey(economy.Keeper, subnet, Coldkey.Of(key.Address))),
                    .. Enumerable
                        .Range(0, economy.Participants.Count + 1 + keys.Count)
                        .Select(uid => MockStorage.Uid(economy.Keeper, subnet, (ushort)uid)),
                ],
                ++time,
                cancel
            )
            .ConfigureAwait(false);

        // Until this is final.
        for (var block = 0; block < BlocksUntilFinal; block++)
            await client.MineAsync(++time, cancel).ConfigureAwait(false);

        // From here on they sign for themselves.
        foreach (var key in keys)
            await client.SendAsync("anvil_stopImpersonatingAccount", $"[\"{key.Address}\"]", cancel).ConfigureAwait(false);
        return (new ValidatorSet(registry, keys), time);

        DevnetTransaction Set(string function, params object[] arguments) => SubtensorMock.Set(economy.Keeper, function, arguments);
    }

    /// <summary>The UID of a validator's neuron, by its place among the keys: behind those of the miners.</summary>
    public static ushort UidOf(Economy economy, int validator) => (ushort)(economy.Participants.Count + 1 + validator);

    /// <summary>What a neuron has set on the subnet.</summary>
    public static async Task<IReadOnlyList<SubnetWeight>> WeightsAsync(Economy economy, int netuid, ushort uid, CancellationToken cancel)
    {
        var answer = await economy
            .Chain.Client.CallAsync([(SubtensorMock.State, SubtensorMock.Data("weightsOf", (ushort)netuid, uid))], cancel)
            .ConfigureAwait(false);
        var words = new AbiData(answer[0]);
        var ((uids, count), (weights, _)) = (words.List(0), words.List(1));
        return [.. Enumerable.Range(0, count).Select(i => new SubnetWeight((ushort)uids.UInt64(i), (ushort)weights.UInt64(i)))];
    }

    /// <summary>Has the subnet take weights by commit and reveal, with a tempo so short that one can look on.</summary>
    /// <param name="economy">The economy of the chain.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="cancel">Cancels.</param>
    /// <param name="minWeights">How many weights it demands.</param>
    /// <param name="tempo">Its tempo, in blocks.</param>
    public static async Task<DevnetTransaction[]> CommitRevealAsync(
        Economy economy,
        int netuid,
        CancellationToken cancel,
        int minWeights = 1,
        ushort tempo = ShortTempo
    ) =>
        [
            SetWeightRules(economy, netuid, commitReveal: true, minWeights: minWeights),
            SubtensorMock.Set(
                economy.Keeper,
                "setClock",
                (ushort)netuid,
                tempo,
                0UL,
                await economy.Chain.Client.BlockNumberAsync(cancel).ConfigureAwait(false)
            ),
        ];

    /// <summary>Changes what the subnet demands of weights: in the clear, or by commit and reveal.</summary>
    public static DevnetTransaction SetWeightRules(
        Economy economy,
        int netuid,
        bool commitReveal,
        int rateLimitBlocks = RateLimitBlocks,
        int minWeights = 1
    ) =>
        SubtensorMock.Set(
            economy.Keeper,
            "setWeightRules",
            (ushort)netuid,
            new object[]
            {
                (ulong)VersionKey,
                (ulong)rateLimitBlocks,
                !commitReveal,
                (ulong)RevealPeriod,
                (ushort)minWeights,
                (ushort)MaxUids,
            }
        );
}
