using System.Collections.Immutable;
using Tao20.Domain.Epochs;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Settlement;

/// <summary>
/// The volumes of a closed epoch's miners, as far as they are known. An answer counts once, and only when it is of this epoch.
/// </summary>
/// <param name="Epoch">The epoch and who traded in it.</param>
/// <param name="Known">What each miner that has answered did in it.</param>
public sealed record VolumeGathering(EpochToSettle Epoch, ImmutableDictionary<Address, EpochVolume> Known)
{
    /// <summary>Nobody has answered.</summary>
    public static VolumeGathering Of(EpochToSettle epoch) => new(epoch, ImmutableDictionary<Address, EpochVolume>.Empty);

    /// <summary>The miners that have not answered.</summary>
    public IEnumerable<Address> Missing => Epoch.Miners.Where(miner => !Known.ContainsKey(miner));

    /// <summary>Whether all have answered.</summary>
    public bool IsComplete => Known.Count == Epoch.Miners.Count;

    /// <summary>With one more answer.</summary>
    public VolumeGathering With(EpochVolume volume) =>
        volume.Epoch != Epoch.Closed.Epoch || Known.ContainsKey(volume.Miner)
            ? this
            : this with
            {
                Known = Known.Add(volume.Miner, volume),
            };
}
