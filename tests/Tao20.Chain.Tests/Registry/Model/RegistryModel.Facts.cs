using System.Buffers.Binary;
using System.Globalization;
using Tao20.Chain.Signing;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>What the contract's logs tell of what is done.</summary>
internal sealed partial class RegistryModel
{
    /// <summary>What an epoch gives its validators.</summary>
    public static readonly Rao Pool = new(5_000_000_007);

    private readonly Dictionary<Statement, Hash256> _hashes = [];

    /// <summary>Told every fact.</summary>
    public Action<RegistryFact> Tell { get; set; } = _ => { };

    private ulong Time => (ulong)Now;

    /// <summary>The address of an account.</summary>
    public Func<int, Address> AddressOf { get; init; } =
        account => Address.Parse("0x" + (account + 1).ToString("x40", CultureInfo.InvariantCulture));

    /// <summary>An amount in wei.</summary>
    public static UInt128 Wei(long rao) => (UInt128)rao * Tao;

    /// <summary>What a registry tells as it begins.</summary>
    public void Begin()
    {
        Tell(new RegistryFact.ParametersScheduled(Time, 1, new EpochId(0), RegistryChain.FirstText));
        Tell(
            new RegistryFact.Created(
                Time,
                new Domain.Registry.RegistryRules(
                    Domain.Units.Wei.From((UInt128)rules.MinStake),
                    rules.MinAttesters,
                    rules.Commit,
                    rules.Reveal,
                    rules.Evidence,
                    rules.Unbonding,
                    rules.DormantRounds,
                    Domain.Units.Wei.From((UInt128)rules.ProposalDeposit),
                    AddressOf(Treasury)
                )
            )
        );
    }

    /// <summary>All that the registry knows of an account.</summary>
    public RegistryAccount Known(AccountModel account) =>
        new(
            Domain.Units.Wei.From(Wei(account.Bond)),
            Domain.Units.Wei.From(Wei(account.Leaving)),
            (ulong)account.LeavesAt,
            account.Attester < 0 ? null : AddressOf(account.Attester),
            account.IsDormant,
            account.LastSeen
        );

    /// <summary>Something that tells a commitment from every other.</summary>
    public Hash256 HashOf(CommitmentModel to)
    {
        var bytes = to.Said is null ? new byte[Hash256.Length] : HashOf(to.Said).ToBytes();
        BinaryPrimitives.WriteInt32BigEndian(bytes, to.Validator);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(sizeof(int)), to.Key);
        return new Hash256(bytes);
    }

    private Hash256 HashOf(Statement said) =>
        _hashes.TryGetValue(said, out var hash) ? hash : _hashes[said] = Commitments.StatementHash(said);
}
