using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>Which logs are read: those of the index contract and of the registry, each of its own events.</summary>
public sealed class LogFilter
{
    private readonly (Address Address, HashSet<Hash256> Topics, int[] Bits, int[][] TopicBits)[] _contracts;

    /// <summary>The logs of these contracts.</summary>
    /// <param name="contract">The index contract; null for none.</param>
    /// <param name="registry">The ValidatorRegistry; null for none.</param>
    public LogFilter(Address? contract, Address? registry)
    {
        Registry = registry;
        List<(Address, IReadOnlyCollection<Hash256>)> sought = [];
        if (contract is { } index)
            sought.Add((index, Tao20Events.All));
        if (registry is { } other)
            sought.Add((other, RegistryFacts.Topics));
        _contracts = [.. sought.Select(pair => Of(pair.Item1, pair.Item2))];
        var addresses = string.Join(',', sought.Select(pair => $"\"{pair.Item1}\""));
        Json =
            $"\"address\":{(sought.Count == 1 ? addresses : $"[{addresses}]")},"
            + $"\"topics\":[[{string.Join(',', sought.SelectMany(pair => pair.Item2).Select(topic => $"\"{topic}\""))}]]";
    }

    /// <summary>The ValidatorRegistry; null for none.</summary>
    public Address? Registry { get; }

    /// <summary>Addresses and topics as the members of a filter of <c>eth_getLogs</c>.</summary>
    public string Json { get; }

    /// <summary>Whether a log with this address and first topic is one of them.</summary>
    public bool Matches(Address address, Hash256 topic) =>
        Array.Exists(_contracts, contract => contract.Address == address && contract.Topics.Contains(topic));

    /// <summary>Whether a block with this bloom may have such a log.</summary>
    /// <param name="bloom">The bloom as hex digits, without 0x.</param>
    /// <exception cref="FormatException">It is no bloom.</exception>
    public bool MayBeIn(ReadOnlySpan<byte> bloom)
    {
        if (bloom.Length != 2 * LogBloom.Length)
            throw new FormatException($"a bloom of {bloom.Length} digits");
        foreach (var (_, _, bits, topics) in _contracts)
        {
            if (!LogBloom.Has(bloom, bits))
                continue;
            foreach (var topic in topics)
            {
                if (LogBloom.Has(bloom, topic))
                    return true;
            }
        }

        return false;
    }

    private static (Address, HashSet<Hash256>, int[], int[][]) Of(Address address, IReadOnlyCollection<Hash256> topics) =>
        (address, [.. topics], LogBloom.BitsOf(address.ToBytes()), [.. topics.Select(topic => LogBloom.BitsOf(topic.ToBytes()))]);
}
