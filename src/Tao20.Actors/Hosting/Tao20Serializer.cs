using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Tao20.Actors.Alerts;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Consensus;
using Tao20.Actors.Index;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Actors.Pricing;
using Tao20.Actors.Serialization;
using Tao20.Actors.Transactions;

namespace Tao20.Actors.Hosting;

/// <summary>
/// Everything that is persisted or sent between nodes, as protobuf with a stable manifest. How each room's messages are written stands
/// beside the room.
/// </summary>
public sealed class Tao20Serializer : SerializerWithStringManifest
{
    /// <summary>The number by which journals and nodes know it.</summary>
    public const int Number = 2020;

    private static readonly WireForm[] Forms =
    [
        .. MinerWire.Forms,
        .. CursorWire.Forms,
        .. StatusWire.Forms,
        .. ConsensusWire.Forms,
        .. RegistryWire.Forms,
        .. WeightsWire.Forms,
        .. LocalEpochResultWire.Forms,
        .. OutboxWire.Forms,
        .. ArbitrageWire.Forms,
        .. PricingWire.Forms,
        .. IndexDutyWire.Forms,
        .. AlertWire.Forms,
    ];

    private static readonly FrozenDictionary<Type, WireForm> ByType = Forms.ToFrozenDictionary(form => form.Type);
    private static readonly FrozenDictionary<string, WireForm> ByManifest = Forms
        .Concat(RegistryWire.Superseded)
        .ToFrozenDictionary(form => form.Manifest);

    /// <summary>The serializer of an actor system.</summary>
    public Tao20Serializer(ExtendedActorSystem system)
        : base(system) { }

    /// <summary>The types it serializes.</summary>
    public static IReadOnlyList<Type> Types { get; } = [.. Forms.Select(form => form.Type)];

    /// <inheritdoc/>
    public override int Identifier => Number;

    /// <inheritdoc/>
    public override string Manifest(object o) =>
        ByType.TryGetValue(o.GetType(), out var form)
            ? form.Manifest
            : throw new SerializationException($"A {o.GetType()} is not serialized here.");

    /// <summary>How a type is written; null where it is not.</summary>
    internal static WireForm? FormOf(Type type) => ByType.GetValueOrDefault(type);

    /// <summary>Reads what was written under a manifest.</summary>
    /// <exception cref="SerializationException">This version does not know the manifest.</exception>
    internal static object Read(byte[] bytes, string manifest) =>
        ByManifest.TryGetValue(manifest, out var form)
            ? form.FromBytes(bytes)
            : throw new SerializationException($"'{manifest}' is not known to this version");

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        ByType.TryGetValue(obj.GetType(), out var form)
            ? form.ToBytes(obj)
            : throw new SerializationException($"A {obj.GetType()} is not serialized here.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => Read(bytes, manifest);
}
