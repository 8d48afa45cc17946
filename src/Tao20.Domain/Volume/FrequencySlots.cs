using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

/// <summary>
/// The slots of the open epoch that have a trade which counts at least the dust limit (source: the score's frequency). A slot is counted
/// for good once its trade can be cancelled out no more; till then it depends on what is left of the trade.
/// </summary>
/// <param name="Seconds">How long a slot is; 0 before the first trade that counts.</param>
/// <param name="LeastWei">What a trade must count, in TAO wei.</param>
/// <param name="Final">How many slots are counted for good.</param>
/// <param name="Last">One more than the number of the last of them, which is Unix time over the seconds; 0 without one.</param>
public readonly record struct FrequencySlots(int Seconds, Wei LeastWei, long Final, ulong Last)
{
    /// <summary>With the rules of the epoch's trades.</summary>
    internal FrequencySlots Counting(in EligibilityRules rules) => this with { Seconds = rules.SlotSeconds, LeastWei = rules.DustWei };

    /// <summary>With a trade that can be cancelled out no more; they come in their order.</summary>
    internal FrequencySlots With(in Candidate trade) =>
        Seconds == 0 || trade.Counted < LeastWei.Value || SlotOf(in trade) == Last
            ? this
            : this with
            {
                Final = Final + 1,
                Last = SlotOf(in trade),
            };

    /// <summary>How many there are with those of trades that can still be cancelled out.</summary>
    internal long CountWith(RoundTripWindow window, EpochId epoch)
    {
        var slots = this;
        for (var i = 0; i < window.Count; i++)
        {
            if (window[i].Epoch == epoch)
                slots = slots.With(in window[i]);
        }

        return slots.Final;
    }

    private ulong SlotOf(in Candidate trade) => trade.Timestamp / (ulong)Seconds + 1;
}
