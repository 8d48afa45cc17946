using Akka.Actor;
using Akka.Serialization;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Audit;

/// <summary>An entry that cannot be read.</summary>
/// <param name="Manifest">What it is said to be.</param>
/// <param name="Reason">Why not.</param>
internal sealed record UnreadableEntry(string Manifest, string Reason)
{
    /// <summary>The error of such an entry.</summary>
    public JournalException In(string stream, long number) =>
        new(JournalProblem.Corrupt, $"entry {number} of {stream}, '{Manifest}', cannot be read: {Reason}");
}

/// <summary>
/// Reads what <see cref="Tao20Serializer"/> has written. What cannot be read is one more thing that an audit finds, and must not end the
/// stream of what is behind it.
/// </summary>
/// <param name="system">The actor system.</param>
internal sealed class AuditSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public override int Identifier => Tao20Serializer.Number;

    /// <inheritdoc/>
    public override string Manifest(object o) => throw Nothing();

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw Nothing();

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => Read(bytes, manifest);

    /// <summary>What was written, or an <see cref="UnreadableEntry"/>.</summary>
    public static object Read(byte[] bytes, string manifest)
    {
        try
        {
            return Tao20Serializer.Read(bytes, manifest);
        }
        catch (Exception e) when (!OutOfMemory.IsBehind(e))
        {
            return new UnreadableEntry(manifest, e is NullReferenceException ? "a part of it is missing" : e.Message);
        }
    }

    private static NotSupportedException Nothing() => new("An audit writes nothing.");
}
