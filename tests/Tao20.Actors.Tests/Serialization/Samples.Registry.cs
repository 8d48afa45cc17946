using Tao20.Actors.Consensus;
using Tao20.Chain.Abi;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Tests.Serialization;

/// <summary>Everything a registry can say, and the book it leaves.</summary>
internal static partial class Samples
{
    private static readonly Hash256 Root = Keccak.Hash("root"u8);

    private static IReadOnlyList<RegistryFact> Facts()
    {
        var rules = new RegistryRules(Tao(1_000), 3, 600, 601, 108_000, 129_600, 48, Tao(100), Validator(99));
        var settled = Stated(1_000);
        var other = Stated(1_030);
        return
        [
            new RegistryFact.ParametersScheduled(1, 1, new EpochId(0), "rulesversion=1\n"),
            new RegistryFact.Created(1, rules),
            .. Enumerable.Range(1, 4).Select(i => new RegistryFact.Bonded((ulong)i, Validator(i), Account(2_000 + i))),
            new RegistryFact.Bonded(
                5,
                Validator(5),
                Account(2_000) with
                {
                    IsDormant = true,
                    LeavesAt = 9,
                    Leaving = Tao(5),
                    LastSeen = 3,
                }
            ),
            new RegistryFact.AttesterSet(6, Validator(2), Validator(12)),
            new RegistryFact.EpochClosed(3_700, new EpochId(0), new Rao(7)),
            new RegistryFact.RoundOpened(3_701, 1, new EpochId(0), 3_700, 8_010 * Wei.OneTao.Value),
            new RegistryFact.Committed(3_701, 1, Validator(1), Keccak.Hash([1])),
            new RegistryFact.Committed(3_702, 1, Validator(2), Keccak.Hash([2])),
            new RegistryFact.CommitmentVoided(3_703, 1, Validator(2)),
            new RegistryFact.Attested(4_301, 1, Validator(1), Keccak.Hash([10]), 2_001 * Wei.OneTao.Value, settled),
            new RegistryFact.Attested(4_302, 1, Validator(3), Keccak.Hash([10]), 2_003 * Wei.OneTao.Value, settled),
            new RegistryFact.Attested(4_303, 1, Validator(4), Keccak.Hash([11]), 2_004 * Wei.OneTao.Value, other),
            new RegistryFact.Settled(4_304, 1, Keccak.Hash([10])),
            new RegistryFact.Slashed(5_000, 1, Validator(4), Severity.Severe, 0, 300 * Wei.OneTao.Value),
            new RegistryFact.Unbonding(5_001, Validator(3), Tao(1_500), Tao(503), 140_000),
            new RegistryFact.Withdrawn(5_002, Validator(5)),
            new RegistryFact.Awake(5_003, Validator(5)),
            new RegistryFact.Dormant(5_004, Validator(1)),
            new RegistryFact.Proposed(5_005, 1, Validator(2), new EpochId(60), "a=1\n", Keccak.Hash([20])),
            new RegistryFact.Proposed(5_006, 2, Validator(2), new EpochId(61), "a=\u00ff\n", Keccak.Hash([21])),
            new RegistryFact.Endorsed(5_007, 2, Validator(3), Wei.OneTao.Value),
            new RegistryFact.ProposalEnded(5_008, 1),
        ];
    }

    private static IEnumerable<object> Registry(ClosedEpoch closed)
    {
        var facts = Facts();
        var book = facts.Aggregate(RegistryBook.Initial, (book, fact) => book.After(fact));
        List<BookItem> items =
        [
            .. facts
                .Where(fact => fact is not RegistryFact.EpochClosed)
                .Select((fact, i) => new BookItem.Fact(new RegistryLog(new Position(9, (uint)i), fact))),
            new BookItem.EpochEnd(closed with { LastBlockHash = Root }),
        ];
        return
        [
            new FoldFacts(3, items, 99, 7_000, null),
            new FoldFacts(3, items, 99, 7_000, new Position(98, 7)),
            new FactsFolded(3),
            new CoordinatorEvent.FactsQueued(items),
            new CoordinatorEvent.BookAdvanced(5, []),
            new CoordinatorEvent.BookAdvanced(6, [new ChainedRound(1, new ChainedHash(Hash256.Zero, Root))]),
            new CoordinatorState(
                SettledState.Initial,
                new ConsensusInbox(book, [.. items], items[^1].At) { LastRound = new ChainedRound(7, new ChainedHash(Root, Root)) }
            ),
            new CoordinatorState(SettledState.Initial, new ConsensusInbox(RegistryBook.Initial, [], null)) { IsPaused = true },
            new CoordinatorEvent.StatingPaused(true),
            new SwitchStating(true),
            new StatingSwitched(true, 48),
            new SettledEpochs(0, [], book.After(new RegistryFact.EpochClosed(7_300, new EpochId(1), new Rao(5))), 7_400)
            {
                LastRound = new ChainedRound(7, new ChainedHash(Root, Root)),
            },
        ];
    }

    private static Stated Stated(ulong nav)
    {
        SubnetWeight[] weights = [new(1, 65_535), new(7, 12)];
        return new Stated(
            new Statement(new EpochId(0), 300, Root, TaoPerToken.From(nav), Tao(5), Root, Chain.Signing.Eip712.WeightsHash(weights), Root),
            weights
        );
    }

    private static Address Validator(int i) => Address.Parse($"0x{i:x40}");

    private static Wei Tao(int tao) => Wei.From((UInt128)tao * Wei.OneTao.Value);

    private static RegistryAccount Account(int tao) => RegistryAccount.None with { Bond = Tao(tao) };
}
