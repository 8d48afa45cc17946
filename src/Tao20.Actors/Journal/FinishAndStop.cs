using Akka.Actor;

namespace Tao20.Actors.Journal;

/// <summary>
/// Ends a persistent actor after what it is writing is durable and answered for. A <see cref="PoisonPill"/> ends it in the middle: the
/// entry may still reach the journal after another node has read it, and nobody hears that it counts.
/// </summary>
public sealed class FinishAndStop : INoSerializationVerificationNeeded
{
    /// <summary>The only one.</summary>
    public static readonly FinishAndStop Instance = new();

    private FinishAndStop() { }
}
