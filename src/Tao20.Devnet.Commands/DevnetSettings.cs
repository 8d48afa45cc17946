using System.Globalization;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Registry;
using Tao20.Node;

namespace Tao20.Devnet.Commands;

/// <summary>What <c>tao20 devnet</c> is asked to do.</summary>
internal sealed record DevnetSettings(
    string? DataDirectory,
    int Miners,
    TimeSpan Duration,
    TimeSpan Epoch,
    TimeSpan BlockTime,
    int Seed,
    int? HttpPort,
    int RpcPort,
    bool Json,
    bool Keep,
    int Validators,
    IReadOnlyList<string> ByzantineTexts,
    bool CommitReveal,
    int Arbitrageurs,
    string MarketNoiseText,
    bool Stepwise,
    uint ChainSpec,
    uint? UpgradeTo,
    bool Rebalance,
    int? Dissolve,
    int Washers,
    int WashTao,
    string WashByText,
    int Nodes,
    TimeSpan KillEvery
)
{
    /// <summary>How many scripted miners there can be.</summary>
    public const int MaxMiners = 50;

    /// <summary>How many validators there can be.</summary>
    public const int MaxValidators = 16;

    /// <summary>How many nodes a validator can have.</summary>
    public const int MaxNodes = 5;

    /// <summary>How many arbitrageurs there can be.</summary>
    public const int MaxArbitrageurs = 10;

    /// <summary>How many traders for volume alone there can be.</summary>
    public const int MaxWashers = 5;

    /// <summary>Who trades for volume holds what it has minted for a while.</summary>
    public const string Hold = "hold";

    private const string Pass = "pass";
    private const int MaxWashTao = 10_000;
    private const int BlocksOfWindow = 20;
    private const double MaxNoise = 0.2;
    private static readonly TimeSpan LeastKillEvery = TimeSpan.FromSeconds(1);

    /// <summary>How the chain is started: an account for each scripted miner, one for the keeper, and one for the market's maker.</summary>
    public AnvilOptions Anvil => new() { Accounts = Scripted + 2 };

    /// <summary>
    /// How many validators are in this process: of several registered ones, the last is the one on several nodes; one that only counts has
    /// it beside itself.
    /// </summary>
    public int ValidatorsHere => Nodes > 1 && Validators > 1 ? Validators - 1 : Validators;

    /// <summary>How many miners trade by script: for themselves, and for volume alone.</summary>
    public int Scripted => Miners + Washers;

    /// <summary>Deploys the economy on a fresh chain.</summary>
    public Task<(Economy Economy, ulong Time)> DeployAsync(Anvil chain, CancellationToken cancel) =>
        Economy.DeployAsync(chain, Scripted, Anvil.GenesisTimestamp + 1, cancel, ChainSpec);

    /// <summary>The standard deviation of the market's move in a minute, as a fraction.</summary>
    public double MarketNoise => Percentage.TryParse(MarketNoiseText) ?? 0;

    /// <summary>Chain time of a block: so much that an hour's epoch passes in <see cref="Epoch"/>.</summary>
    public int SecondsPerBlock => Math.Max(1, (int)Math.Round(3600 * BlockTime / Epoch));

    /// <summary>
    /// The subnet's tempo, in blocks, where it takes weights by commit and reveal: weights come once in an epoch, and two tempos without
    /// any are an alarm; on the chain, an epoch of 300 blocks is less than a tempo of 360.
    /// </summary>
    public ushort RevealTempo => (ushort)Math.Clamp(Epoch / BlockTime, ValidatorSet.ShortTempo, ValidatorSet.Tempo);

    /// <summary>How the scripted traders behave: prices are observed by validators' nodes, and for want of any by the keeper.</summary>
    public TraderScript Script =>
        new(Seed, SecondsPerBlock)
        {
            Observes = Validators == 1,
            Washers = Washers,
            WashTao = WashTao,
            WashBy = WashByText == Pass ? WashKind.Pass : WashKind.Hold,
        };

    public int Blocks => (int)Math.Round(Duration / BlockTime);

    /// <summary>The validators that do not keep to the rules.</summary>
    public IReadOnlyList<Byzantine> Byzantines => [.. ByzantineTexts.Select(text => Byzantine.TryParse(text)).OfType<Byzantine>()];

    /// <summary>What a validator does otherwise than the rules say; null for nothing.</summary>
    /// <param name="validator">Which one, from 0.</param>
    public Byzantine? Of(int validator) => Byzantines.FirstOrDefault(byzantine => byzantine.Validator == validator + 1);

    /// <summary>
    /// The registry's rules: windows of so many blocks that nodes have the time that blocks of 12 s give them, and of which an epoch has
    /// room for both.
    /// </summary>
    public RegistryRules RegistryRules
    {
        get
        {
            var window = Math.Clamp((ulong)(BlocksOfWindow * SecondsPerBlock), ValidatorSet.Rules.CommitSeconds, 1_800);
            return ValidatorSet.Rules with { CommitSeconds = window, RevealSeconds = window };
        }
    }

    /// <summary>These settings, once each is in its range.</summary>
    /// <exception cref="NodeException">One is not; it is named, with its range.</exception>
    public DevnetSettings Checked()
    {
        Require(Miners is >= 1 and <= MaxMiners, "--miners", Miners, $"1 to {MaxMiners}");
        Require(
            BlockTime >= TimeSpan.FromMilliseconds(20) && BlockTime <= TimeSpan.FromSeconds(12),
            "--block-time",
            BlockTime,
            "20ms to 12s"
        );
        Require(Epoch >= 4 * BlockTime && Epoch <= TimeSpan.FromHours(1), "--epoch", Epoch, "four block times to 1h");
        Require(
            Validators == 1 || Epoch >= 2 * BlocksOfWindow * BlockTime,
            "--epoch",
            Epoch,
            $"{2 * BlocksOfWindow} block times or more where validators agree: they commit and state within one"
        );
        Require(Duration >= BlockTime && Duration <= TimeSpan.FromHours(24), "--duration", Duration, "one block time to 24h");
        Require(RpcPort is >= 0 and <= 65535, "--rpc-port", RpcPort, "0 to 65535");
        Require(Validators is >= 1 and <= MaxValidators, "--validators", Validators, $"1 to {MaxValidators}");
        Require(Arbitrageurs is >= 0 and <= MaxArbitrageurs, "--arbitrageurs", Arbitrageurs, $"0 to {MaxArbitrageurs}");
        Require(
            Percentage.TryParse(MarketNoiseText) is >= 0 and <= MaxNoise,
            "--market-noise",
            MarketNoiseText,
            "0% to 20%, with its sign"
        );
        Require(
            Arbitrageurs > 0 || MarketNoise == 0,
            "--market-noise",
            MarketNoiseText,
            "0% without --arbitrageurs: nobody would bring the market back"
        );
        Require(SubtensorMock.Specs.Contains(ChainSpec), "--chain-spec", ChainSpec, string.Join(" or ", SubtensorMock.Specs));
        Require(
            UpgradeTo is not { } to || (RuntimeUpgrade.Specs.Contains(to) && to != ChainSpec),
            "--upgrade-to",
            UpgradeTo ?? 0,
            $"{string.Join(" or ", RuntimeUpgrade.Specs)}, another than the chain begins with"
        );
        Require(
            Dissolve is null or (>= 1 and < DevnetNodes.Netuid),
            "--dissolve",
            Dissolve ?? 0,
            $"1 to {DevnetNodes.Netuid - 1}: subnet {DevnetNodes.Netuid} is the validators' own"
        );
        Require(Washers is >= 0 and <= MaxWashers, "--washers", Washers, $"0 to {MaxWashers}");
        Require(WashTao is >= 1 and <= MaxWashTao, "--wash-tao", WashTao, $"1 to {MaxWashTao}");
        Require(WashByText is Hold or Pass, "--wash-by", WashByText, $"{Hold} or {Pass}");
        Require(WashByText == Hold || Washers % 2 == 0, "--washers", Washers, "an even number with --wash-by pass: one mints, one redeems");
        Require(Nodes is >= 1 and <= MaxNodes, "--nodes", Nodes, $"1 to {MaxNodes}");
        Require(
            KillEvery == TimeSpan.Zero || (KillEvery >= LeastKillEvery && Nodes > 1),
            "--kill-every",
            KillEvery,
            $"{LeastKillEvery.TotalSeconds:0}s or more, with --nodes 2 or more"
        );
        foreach (var text in ByzantineTexts)
            Require(
                Byzantine.TryParse(text) is { } byzantine && byzantine.Validator <= ValidatorsHere && Validators > 1,
                "--byzantine",
                text,
                $"{Byzantine.Kinds}, N one of the --validators{(Nodes > 1 ? ", not the last, which has several nodes" : "")}"
            );
        return this;

        static void Require(bool holds, string option, object value, string allowed)
        {
            if (!holds)
                throw new NodeException(
                    ExitCodes.Usage,
                    string.Create(CultureInfo.InvariantCulture, $"{option} = {value} is out of range: give {allowed}.")
                );
        }
    }
}
