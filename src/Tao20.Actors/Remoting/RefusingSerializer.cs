using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Tao20.Actors.Remoting;

/// <summary>
/// Stands where Akka's serializer of any object stands, by its number: one that makes whatever type a message names is one that lets a
/// message decide what is run. What has no form of its own is neither sent nor taken.
/// </summary>
public sealed class RefusingSerializer : Serializer
{
    /// <summary>The serializer of an actor system.</summary>
    public RefusingSerializer(ExtendedActorSystem system)
        : base(system) { }

    /// <summary>The same, with the settings of the one whose place it takes, which mean nothing here.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : this(system) => _ = settings;

    /// <summary>The number of Akka's <c>NewtonSoftJsonSerializer</c>.</summary>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        throw new SerializationException($"A {obj.GetType()} has no form that is sent between nodes or kept.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException($"A {type} is not taken: it comes in a form that lets a message choose what is made of it.");
}
