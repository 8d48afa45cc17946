using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The calls by which an index's duties are done.</summary>
public static class IndexCalls
{
    /// <summary>Takes legs out of the index whose subnets are gone; anybody may.</summary>
    public static string Sync() => new SyncFunction().Encode();

    /// <summary>Whom a duty calls, and with what, as 0x and hex digits.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="index">The index.</param>
    /// <param name="means">What keeps its mean prices.</param>
    /// <param name="legGas">The gas of each call that moves stake.</param>
    /// <exception cref="ArgumentException">There is no such duty.</exception>
    public static (Address To, string Data) Of(IndexDuty duty, Address index, Address means, ulong legGas) =>
        duty switch
        {
            IndexDuty.Observe(var netuids) => (means, new ObserveFunction([.. netuids]).Encode()),
            IndexDuty.Step(var netuid) => (index, new StepFunction(netuid, legGas).Encode()),
            IndexDuty.Close => (index, new CloseFunction().Encode()),
            _ => throw new ArgumentException($"A {duty.GetType().Name} is no duty.", nameof(duty)),
        };
}
