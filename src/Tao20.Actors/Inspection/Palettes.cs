using Akka.Actor;

namespace Tao20.Actors.Inspection;

/// <summary>
/// The palettes of an actor system: the node's own, and whatever else is registered. An extension of Akka's that is listed under
/// <c>akka.extensions</c> is made when the system starts and can register there: no line of the node has to change.
/// </summary>
/// <example>
/// <code>
/// public sealed class Greetings : ExtensionIdProvider&lt;Greetings.Registered&gt;
/// {
///     public sealed class Registered : IExtension;
///     public override Registered CreateExtension(ExtendedActorSystem system)
///     {
///         Palettes.Get(system).Register(new Palette("greet", "Says hello", [...]));
///         return new Registered();
///     }
/// }
/// </code>
/// </example>
public sealed class Palettes : IExtension
{
    private readonly Lock _lock = new();
    private volatile IReadOnlyList<Palette> _all = [];

    internal Palettes() { }

    /// <summary>All that are registered, in that order.</summary>
    public IReadOnlyList<Palette> All => _all;

    /// <summary>The palettes of an actor system.</summary>
    public static Palettes Get(ActorSystem system) => system.WithExtension<Palettes, Provider>();

    /// <summary>Adds one.</summary>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    public void Register(Palette palette)
    {
        lock (_lock)
        {
            if (_all.Any(one => one.Name == palette.Name))
                throw new ArgumentException($"There is a palette {palette.Name} already.", nameof(palette));
            _all = [.. _all, palette];
        }
    }

    /// <summary>Makes it.</summary>
    public sealed class Provider : ExtensionIdProvider<Palettes>
    {
        /// <inheritdoc/>
        public override Palettes CreateExtension(ExtendedActorSystem system)
        {
            var palettes = new Palettes();
            palettes.Register(ActorPalette.Of(system));
            palettes.Register(ClusterPalette.Of(system));
            palettes.Register(ShardingPalette.Of(system));
            return palettes;
        }
    }
}
