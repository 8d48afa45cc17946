using System.Security.Cryptography;
using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Tests.Consensus;

/// <summary>
/// What happens on chain, told fact by fact, and the book that comes of it. Any hash will do for the rules; here it is SHA-256.
/// </summary>
internal sealed class Story
{
    public static readonly Keccak256 Hash = data => new Hash256(SHA256.HashData(data));
    public static readonly RegistryIdentity Registry = new(964, Account(9_999));
    public static readonly Hash256 Parameters = Hash("parameters"u8);
    public static readonly Hash256 Root = Hash("root"u8);
    public static readonly TaoPerToken Nav = TaoPerToken.From(1_234_500_000_000_000_000);
    public static readonly SubnetWeight[] Weights = [new(1, 65535), new(2, 30000), new(5, 4465)];
    public static readonly Rao Pool = new(1_000_003);
    private uint _index;

    public ConsensusBook Book { get; private set; } = ConsensusBook.Initial(Registry);

    public List<ConsensusEvent> Events { get; } = [];

    /// <summary>Every fact told, so that it can be told again.</summary>
    public List<ChainFact> Facts { get; } = [];

    public ulong Block { get; private set; } = 100;

    public ulong Epoch { get; private set; }

    public static Address Account(int i) => Address.Parse($"0x{i:x40}");

    public Position Next() => new(Block, _index++);

    public Story Tell(ChainFact fact)
    {
        Facts.Add(fact);
        foreach (var e in Book.Decide(fact, Hash))
        {
            Book = Book.Evolve(e);
            Events.Add(e);
        }

        return this;
    }

    public Story Bond(int validator, ulong tao) => BondWei(validator, tao * Wei.OneTao.Value);

    public Story BondWei(int validator, UInt128 wei) => Tell(new ChainFact.BondChanged(Next(), Account(validator), Wei.From(wei)));

    /// <summary>Validators 1 to n with these bonds, and the first epoch closed.</summary>
    public static Story Of(params ulong[] bonds)
    {
        var story = new Story();
        for (var i = 0; i < bonds.Length; i++)
            story.Bond(i + 1, bonds[i]);
        return story.Pass(10).Close();
    }

    /// <summary>Blocks go by, and all their logs have been seen.</summary>
    public Story Pass(int blocks)
    {
        Block += (ulong)blocks;
        return Tell(new ChainFact.BlockReached(Block - 1));
    }

    public Story Close()
    {
        Tell(
            new ChainFact.EpochClosed(
                new ClosedEpoch(new EpochId(Epoch), new EpochId(Epoch + 1), Next(), 1_700_000_000 + Block * 12)
                {
                    LastBlockHash = LastHash(Epoch),
                },
                Parameters,
                ConsensusRules.Default,
                Pool
            )
        );
        Epoch++;
        return this;
    }

    /// <summary>An attestation for the epoch closed last, right in everything that is not said otherwise.</summary>
    public SignedAttestation Says(
        int validator,
        decimal navPercent = 0,
        SubnetWeight[]? weights = null,
        Hash256? root = null,
        Hash256? parameters = null,
        Hash256? blockHash = null,
        ulong? epoch = null
    )
    {
        var of = epoch ?? Epoch - 1;
        var round = Book.RoundOf(new EpochId(of));
        var nav = TaoPerToken.From((UInt128)((decimal)(ulong)Nav.Value * (1 + navPercent / 100)));
        weights ??= Weights;
        var said = new NavAttestation(
            new EpochId(of),
            round?.LastBlock ?? 0,
            blockHash ?? LastHash(of),
            nav,
            Wei.OneTao,
            root ?? Root,
            WeightsHash(weights),
            parameters ?? Parameters,
            Account(validator)
        );
        return new SignedAttestation(said, Hash(System.Text.Encoding.UTF8.GetBytes(said.ToString())), weights, new byte[65]);
    }

    public Story Attest(
        int validator,
        decimal navPercent = 0,
        SubnetWeight[]? weights = null,
        Hash256? root = null,
        Hash256? parameters = null,
        Hash256? blockHash = null,
        ulong? epoch = null
    ) => Hear(Says(validator, navPercent, weights, root, parameters, blockHash, epoch));

    public Story Hear(SignedAttestation signed) => Tell(new ChainFact.Attested(Next(), signed));

    public Story AttestAll(params int[] validators)
    {
        foreach (var validator in validators)
            Attest(validator);
        return this;
    }

    /// <summary>A case found is raised, voted for by everyone else, confirmed and executed.</summary>
    public Story Punish(Hash256 id)
    {
        var found = Book.CaseOf(id)!.Case;
        var record = Book.Validators[found.Accused];
        var taken = record.Stake.Value * (uint)ConsensusRules.Percent(found.Severity) / 100;
        Tell(new ChainFact.CaseRaised(Next(), id, found, Account(1)));
        foreach (var voter in Book.Validators.Values.Where(voter => voter.Validator != found.Accused))
            Tell(new ChainFact.CaseVoted(Next(), id, voter.Validator, true, voter.Stake.Value));
        return Tell(new ChainFact.CaseDecided(Next(), id, true))
            .Tell(new ChainFact.CaseExecuted(Next(), id, found.Accused, taken))
            .Tell(new ChainFact.BondChanged(Next(), found.Accused, Wei.From(record.Stake.Value - taken)));
    }

    public IReadOnlyList<ConsensusEvent.CaseFound> Found => [.. Events.OfType<ConsensusEvent.CaseFound>()];

    public IReadOnlyList<ConsensusEvent.RoundConcluded> Concluded => [.. Events.OfType<ConsensusEvent.RoundConcluded>()];

    public ValidatorRecord Of(int validator) => Book.Validators[Account(validator)];

    public Round Round => Book.Rounds[^1];

    private static Hash256 LastHash(ulong epoch) => Hash(BitConverter.GetBytes(epoch));

    private static Hash256 WeightsHash(SubnetWeight[] weights) => Hash(System.Text.Encoding.UTF8.GetBytes(string.Join(',', weights)));
}
