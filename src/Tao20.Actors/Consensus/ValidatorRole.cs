using Tao20.Chain.Signing;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Actors.Consensus;

/// <summary>What makes a node that counts a validator that speaks.</summary>
/// <param name="Key">The attester's key: it commits, signs and wakes, and moves no bond.</param>
/// <param name="Registry">The registry it attests to.</param>
/// <param name="Netuid">The subnet whose UIDs weights are of.</param>
/// <param name="Strategy">What it states, given what it has computed.</param>
/// <param name="Emissions">Where subnets' emissions are known from, to hold the composition against the index rule; null for
/// nowhere.</param>
public sealed record ValidatorRole(
    PrivateKey Key,
    RegistryIdentity Registry,
    ushort Netuid,
    IStatementStrategy Strategy,
    ICompositionCheck? Emissions = null
)
{
    /// <summary>The validators that this key acts for.</summary>
    public IEnumerable<Address> ServedIn(RegistryBook book) =>
        book.Validators.Where(one => (one.Value.Account.Attester ?? one.Key) == Key.Address).Select(one => one.Key);
}

/// <summary>Holds what the contract has as its composition against the index rule.</summary>
public interface ICompositionCheck
{
    /// <summary>
    /// Checks a reading's composition. Emissions that cannot be used are a difference of their own: they never keep a node from
    /// attesting.
    /// </summary>
    Task<CompositionCheck> CheckAsync(NavInputs inputs, CancellationToken cancel);
}

/// <summary>
/// What a validator makes of what it has computed. There is one honest way, which is what stands here; a test network has others.
/// </summary>
public interface IStatementStrategy
{
    /// <summary>What is stated.</summary>
    /// <param name="computed">What this node has computed.</param>
    Stated State(Stated computed) => computed;

    /// <summary>What is committed to.</summary>
    /// <param name="own">The commitment to what is stated.</param>
    /// <param name="validator">For which validator.</param>
    /// <param name="book">The book.</param>
    Hash256 Commit(Hash256 own, Address validator, RegistryBook book) => own;

    /// <summary>What is done.</summary>
    /// <param name="own">What the rules say.</param>
    /// <param name="validator">For which validator.</param>
    /// <param name="book">The book.</param>
    /// <param name="time">The time of the last final block, in seconds.</param>
    IEnumerable<RegistryDuty> Do(IReadOnlyList<RegistryDuty> own, Address validator, RegistryBook book, ulong time) => own;

    /// <summary>What else is sent to the registry, as calls by a name that is used once.</summary>
    /// <param name="validator">For which validator.</param>
    /// <param name="book">The book.</param>
    /// <param name="block">The last final block.</param>
    IEnumerable<(string Id, string Call)> Send(Address validator, RegistryBook book, ulong block) => [];
}

/// <summary>States what was computed.</summary>
public sealed class HonestStrategy : IStatementStrategy;
