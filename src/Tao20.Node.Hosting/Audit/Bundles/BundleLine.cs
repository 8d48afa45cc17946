using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tao20.Chain.Contracts;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit.Bundles;

/// <summary>A line of a bundle: exactly one of these (described in docs/audit.md, A bundle).</summary>
internal sealed record BundleLine
{
    /// <summary>The first line: what it is a bundle of.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BundleHead? Bundle { get; init; }

    /// <summary>Parameters that hold from here on: those at the beginning, and where there is no registry, all that follow.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BundleParameters>? Parameters { get; init; }

    /// <summary>A trade.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BundleTrade? Trade { get; init; }

    /// <summary>The end of an epoch.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BundleEnd? End { get; init; }

    /// <summary>Something that the registry has said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BundleFact? Fact { get; init; }

    /// <summary>The chain's state at the epoch's last block.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BundleState? State { get; init; }

    /// <summary>What follows from all lines before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonNode? Result { get; init; }

    /// <summary>The last line: whose signature of all lines before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BundleSignature? Signature { get; init; }
}

/// <summary>What a bundle is of.</summary>
/// <param name="Format"><see cref="BundleFormat.Name"/>.</param>
/// <param name="Version"><see cref="BundleFormat.Version"/>.</param>
/// <param name="ChainId">The EVM chain id.</param>
/// <param name="Genesis">The hash of block 0.</param>
/// <param name="Contract">The index.</param>
/// <param name="Registry">The registry; null for none.</param>
/// <param name="FromBlock">The first block whose logs were read.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Netuid">The subnet whose UIDs weights are of.</param>
internal sealed record BundleHead(
    string Format,
    int Version,
    ulong ChainId,
    Hash256 Genesis,
    Address Contract,
    Address? Registry,
    ulong FromBlock,
    ulong Epoch,
    ushort Netuid
)
{
    /// <summary>The head of a bundle.</summary>
    public static BundleHead Of(ChainIdentity identity, EpochId epoch, ushort netuid) =>
        new(
            BundleFormat.Name,
            BundleFormat.Version,
            identity.ChainId,
            identity.Genesis,
            identity.Contract,
            identity.Registry,
            identity.FromBlock,
            epoch.Value,
            netuid
        );

    /// <summary>Which chain and contracts it is of.</summary>
    public ChainIdentity Identity() => new(ChainId, Genesis, Contract, FromBlock, Registry);
}

/// <summary>Parameters from an epoch on.</summary>
/// <param name="Version">Counts the changes, from 1.</param>
/// <param name="FromEpoch">The first epoch they hold for.</param>
/// <param name="Text">Their canonical text.</param>
internal sealed record BundleParameters(uint Version, ulong FromEpoch, string Text)
{
    /// <summary>All versions of a schedule.</summary>
    public static IReadOnlyList<BundleParameters> Of(ParameterSchedule schedule) =>
        [.. schedule.Versions.Select(one => new BundleParameters(one.Version, one.FromEpoch.Value, one.Parameters.Text()))];

    /// <summary>The schedule of these versions.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static ParameterSchedule Schedule(IReadOnlyList<BundleParameters> versions)
    {
        try
        {
            return new ParameterSchedule(
                versions.Select(one => new ParametersVersion(
                    one.Version,
                    new EpochId(one.FromEpoch),
                    DomainParameters.TryParse(one.Text, out var problem) ?? throw new FormatException(problem)
                ))
            );
        }
        catch (ArgumentException e)
        {
            throw new FormatException(e.Message, e);
        }
    }
}

/// <summary>A trade, as the chain has logged it.</summary>
/// <param name="At">Block and log.</param>
/// <param name="Epoch">The epoch that was open.</param>
/// <param name="Tx">The transaction.</param>
/// <param name="Miner">The miner.</param>
/// <param name="Side">Mint or redemption.</param>
/// <param name="Tokens">Tokens, in wei.</param>
/// <param name="Value">What it was worth, in TAO wei.</param>
/// <param name="Nav">The NAV it was executed at, 18 decimals.</param>
/// <param name="Time">Its block's time, in Unix seconds.</param>
/// <param name="Counted">
/// With a miner's first trade: what the contract had counted before it, in TAO wei; null where that is not known.
/// </param>
internal sealed record BundleTrade(
    Position At,
    ulong Epoch,
    Hash256 Tx,
    Address Miner,
    TradeSide Side,
    Wei Tokens,
    Wei Value,
    TaoPerToken Nav,
    ulong Time,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UInt128? Counted = null
)
{
    /// <summary>The line of a trade.</summary>
    public static BundleTrade Of(in Trade one, UInt128? counted) =>
        new(one.Position, one.Epoch.Value, one.TxHash, one.Miner, one.Side, one.Tokens, one.Value, one.Nav, one.Timestamp, counted);

    /// <summary>The trade of a line.</summary>
    public Trade Trade() => new(At, new EpochId(Epoch), Tx, Miner, Side, Tokens, Value, Nav, Time);
}

/// <summary>The end of an epoch.</summary>
/// <param name="At">Block and log.</param>
/// <param name="Epoch">The epoch that ended.</param>
/// <param name="Opened">The epoch that began.</param>
/// <param name="Time">The block's time, in Unix seconds.</param>
/// <param name="LastBlockHash">The hash of the block before it, where state is read.</param>
internal sealed record BundleEnd(Position At, ulong Epoch, ulong Opened, ulong Time, Hash256 LastBlockHash)
{
    /// <summary>The line of an epoch's end.</summary>
    public static BundleEnd Of(ClosedEpoch one) => new(one.ClosedAt, one.Epoch.Value, one.Opened.Value, one.Timestamp, one.LastBlockHash);

    /// <summary>The end of a line.</summary>
    public ClosedEpoch Closed() => new(new EpochId(Epoch), new EpochId(Opened), At, Time) { LastBlockHash = LastBlockHash };
}

/// <summary>Something that the registry has said.</summary>
/// <param name="At">Block and log.</param>
/// <param name="Said">What.</param>
internal sealed record BundleFact(Position At, RegistryFact Said);

/// <summary>The chain's state at the epoch's last block, as far as it could be read: nobody can check it offline.</summary>
/// <param name="Read">The state; null where none could be read.</param>
/// <param name="NotVerified">What could not be verified, and why.</param>
internal sealed record BundleState(BundleInputs? Read, IReadOnlyList<string> NotVerified)
{
    /// <summary>The line of a state.</summary>
    public static BundleState Of(EpochInputs inputs) => new(inputs.Read is { } read ? BundleInputs.Of(read) : null, inputs.NotVerified);

    /// <summary>The state of a line.</summary>
    /// <exception cref="FormatException">An address is none, or it is not said why nothing could be read.</exception>
    public EpochInputs Inputs() =>
        Read is null && NotVerified.Count == 0
            ? throw new FormatException("it does not say why there is no state")
            : new EpochInputs(Read?.Inputs(), NotVerified);
}

/// <summary>What of the chain's state statements are made from.</summary>
/// <param name="Nav">The index's NAV, 18 decimals; 0 where it does not tell it.</param>
/// <param name="NavFailure">Why it does not; null where it does.</param>
/// <param name="Supply">Tokens in circulation, in wei.</param>
/// <param name="Uids">The UIDs of the miners that are paid.</param>
internal sealed record BundleInputs(TaoPerToken Nav, string? NavFailure, Wei Supply, IReadOnlyDictionary<string, ushort> Uids)
{
    /// <summary>What has been read.</summary>
    public static BundleInputs Of(StatementInputs read) =>
        new(
            read.Nav,
            read.NavFailure,
            read.Supply,
            read.Uids.OrderBy(one => one.Key).ToDictionary(one => one.Key.ToString(), one => one.Value)
        );

    /// <summary>The same as it is read.</summary>
    /// <exception cref="FormatException">An address is none.</exception>
    public StatementInputs Inputs() =>
        new(
            new BlockHeader(0, default, default, 0),
            Nav,
            NavFailure,
            Supply,
            Uids.ToDictionary(one => Address.Parse(one.Key), one => one.Value),
            []
        );
}

/// <summary>Whose signature a bundle has.</summary>
/// <param name="Signer">The account.</param>
/// <param name="Sha256">The SHA-256 of all lines before this one, line feeds included, as 64 hex digits.</param>
/// <param name="Signature">r, s and v in hex, over <see cref="BundleFormat.Message"/>.</param>
internal sealed record BundleSignature(Address Signer, string Sha256, string Signature);
