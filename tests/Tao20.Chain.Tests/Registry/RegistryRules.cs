using System.Numerics;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Registry;

/// <summary>What a registry goes by for ever: amounts in wei, times in seconds.</summary>
public sealed record RegistryRules
{
    public BigInteger MinStake { get; init; } = 1_000 * (BigInteger)Wei.OneTao.Value;

    public int MinAttesters { get; init; } = 3;

    public ulong Commit { get; init; } = 600;

    public ulong Reveal { get; init; } = 600;

    public ulong Evidence { get; init; } = 30 * 3_600;

    public ulong Unbonding { get; init; } = 36 * 3_600;

    public int DormantRounds { get; init; } = 48;

    public BigInteger ProposalDeposit { get; init; } = 100 * (BigInteger)Wei.OneTao.Value;

    public Address Treasury { get; init; }

    internal AbiStruct Encoded =>
        new([MinStake, MinAttesters, Commit, Reveal, Evidence, Unbonding, DormantRounds, ProposalDeposit, Treasury]);
}
