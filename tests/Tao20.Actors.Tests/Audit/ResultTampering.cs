using System.Collections.Immutable;
using Tao20.Domain.Audit;
using Tao20.Domain.Coordination;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using static Tao20.Actors.Tests.Audit.Tampering;

namespace Tao20.Actors.Tests.Audit;

/// <summary>Ways to change what follows from trades: the cursor, settled epochs, the book of validators, snapshots.</summary>
internal static class ResultTampering
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Tampering> All() => [.. Cursors(), .. Epochs(), .. Books(), .. Snapshots()];

    private static IEnumerable<Tampering> Cursors()
    {
        yield return Range(
            "a range ends at an earlier block",
            range => range with { Last = range.Last with { Number = 1 } },
            DifferenceKind.CursorOutOfOrder
        );
        yield return Range("a range has more trades", range => range with { Trades = range.Trades + 1 }, DifferenceKind.RangeCountDiffers);
        yield return Range(
            "a range is of another epoch",
            range => range with { OpenEpoch = range.OpenEpoch.Next },
            DifferenceKind.CursorOutOfOrder,
            isNext: true
        );
        yield return Range(
            "a range says more epochs to be settled",
            range => range with { Settled = range.Settled + 1 },
            DifferenceKind.EpochNotSettled
        );
        yield return Range(
            "a range says more trades of a miner",
            range => range with { Heads = Heads(range, head => head with { Trades = head.Trades + 1 }) },
            DifferenceKind.MinerHeadDiffers
        );
        yield return Range(
            "a range says another hash of a miner",
            range => range with { Heads = Heads(range, head => head with { Hash = Hash256.Zero }) },
            DifferenceKind.MinerHeadDiffers
        );
        yield return Range(
            "a range leaves a miner out",
            range => range with { Heads = range.Heads.Skip(1).ToImmutableDictionary() },
            DifferenceKind.TradesNotCounted,
            heads: 2
        );
        yield return Range(
            "a range has a miner that did not trade",
            range => range with { Joined = [.. range.Joined, default] },
            DifferenceKind.EpochMinersDiffer
        );
        yield return Range(
            "a range says something for the book that was not queued",
            range => range with { LastFact = new Position(range.Last.Number, 1) },
            DifferenceKind.FactsMissing
        );
        yield return Closing(
            "a range leaves out a miner of the epoch it ends",
            closed => closed with { Miners = [.. closed.Miners.Skip(1)] },
            DifferenceKind.EpochMinersDiffer
        );
        yield return Closing(
            "a range ends an epoch at another time",
            closed => closed with { Closed = closed.Closed with { Timestamp = closed.Closed.Timestamp + 1 } },
            DifferenceKind.FactsMissing
        );
        yield return Edit<CursorEvent.SettlementAcknowledged>(
            "an epoch is acknowledged that is not the oldest",
            CursorStream,
            e => new(e.Epoch.Next),
            DifferenceKind.EventWithoutEffect
        );
        yield return Edit<CursorEvent.ParametersAdopted>(
            "other parameters are adopted at the beginning",
            CursorStream,
            e =>
                new(
                    ParameterSchedule.Of(
                        e.Schedule.Latest.Parameters with
                        {
                            Score = e.Schedule.Latest.Parameters.Score with { MintPercent = 111 },
                        }
                    )
                ),
            DifferenceKind.EpochDiffers,
            shows: journal => journal.Find<CoordinatorEvent.EpochSettled>(ConsensusStream),
            showsIn: ConsensusStream
        );
    }

    private static IEnumerable<Tampering> Epochs()
    {
        yield return Epoch(
            "a miner is paid more",
            report =>
                report with
                {
                    Rewards = WithPayouts(
                        report.Rewards,
                        (payout, i) => i == 0 ? payout with { Payout = new Rao(payout.Payout.Value + 1) } : payout
                    ),
                }
        );
        yield return Epoch(
            "validators are paid more",
            report => report with { Rewards = report.Rewards with { ValidatorPool = new Rao(report.Rewards.ValidatorPool.Value + 1) } }
        );
        yield return Epoch("more is carried over", report => report with { Rewards = report.Rewards with { CarriedOut = new Rao(1) } });
        yield return Epoch("the ranking root is another one", report => report with { RankingRoot = Hash256.Zero });
        yield return Epoch(
            "the hash of the epoch is another one",
            report => report with { Chain = report.Chain! with { Hash = Hash256.Zero } }
        );
        yield return Epoch(
            "the hash of the epoch before is another one",
            report => report with { Chain = report.Chain! with { Previous = Hash256.Zero } }
        );
        yield return Epoch(
            "the parameters are of another version",
            report => report with { ParametersVersion = report.ParametersVersion + 1 }
        );
        yield return Epoch(
            "two miners change places",
            report =>
                report with
                {
                    Rewards = report.Rewards with
                    {
                        Payouts = [report.Rewards.Payouts[1], report.Rewards.Payouts[0], .. report.Rewards.Payouts.Skip(2)],
                    },
                }
        );
        yield return Epoch(
            "a miner has traded more",
            report =>
                report with
                {
                    Rewards = Scored(
                        report.Rewards,
                        one => one with { Activity = one.Activity with { MintEligible = one.Activity.MintEligible + 1 } }
                    ),
                }
        );
        yield return Epoch(
            "a miner has a better score",
            report =>
                report with
                {
                    Rewards = Scored(
                        report.Rewards,
                        one => one with { Score = one.Score with { Final = new Ratio(one.Score.Final.Value + 1) } }
                    ),
                }
        );
        yield return Epoch(
            "a miner is left out",
            report => report with { Rewards = report.Rewards with { Payouts = [.. report.Rewards.Payouts.SkipLast(1)] } }
        );
        yield return Epoch(
            "the epoch ended elsewhere",
            report => report with { Closed = report.Closed with { ClosedAt = report.Closed.ClosedAt with { LogIndex = 99 } } },
            DifferenceKind.EpochOutOfOrder
        );
        yield return Epoch("the hash of the epoch is taken away", report => report with { Chain = null });
    }

    private static IEnumerable<Tampering> Books()
    {
        yield return Edit<CoordinatorEvent.FactsQueued>(
            "what happened in the registry is turned round",
            ConsensusStream,
            e => new([.. e.Items.Reverse()]),
            DifferenceKind.FactsOutOfOrder,
            e => e.Items.Count > 1
        );
        yield return Edit<CoordinatorEvent.FactsQueued>(
            "the last that happened in the registry is left out",
            ConsensusStream,
            e => new([.. e.Items.SkipLast(1)]),
            DifferenceKind.BookDiffers,
            e => e.Items.Count > 1,
            shows: _ => 0
        );
        yield return Edit<CoordinatorEvent.BookAdvanced>(
            "more is taken into the book than waits",
            ConsensusStream,
            e => e with { Taken = e.Taken + 1 },
            DifferenceKind.BookDiffers
        );
        yield return Edit<CoordinatorEvent.BookAdvanced>(
            "the hash of a round is another one",
            ConsensusStream,
            e => e with { Rounds = [.. e.Rounds.Select(round => round with { Chain = round.Chain with { Hash = Hash256.Zero } })] },
            DifferenceKind.BookDiffers,
            e => e.Rounds.Count > 0
        );
    }

    private static IEnumerable<Tampering> Snapshots()
    {
        yield return new(
            "a snapshot says more trades",
            DifferenceKind.SnapshotDiffers,
            journal =>
            {
                journal.Edit<CursorState>(CursorStream, 202, state => state with { Trades = state.Trades + 1 }, "snapshot");
                return new JournalRow(CursorStream, 202);
            }
        );
        yield return Sql(
            "a snapshot is cut off",
            CursorStream,
            202,
            DifferenceKind.SnapshotUnreadable,
            "UPDATE snapshot SET snapshot " + "= x'0a'"
        );
        yield return Sql(
            "a snapshot is of another stream",
            Miner,
            100,
            DifferenceKind.SnapshotDiffers,
            $"UPDATE snapshot SET persistence_id = '{Miner}', sequence_number = 100"
        );
        yield return Sql(
            "a snapshot is of an entry that is not there",
            CursorStream,
            999,
            DifferenceKind.SnapshotAhead,
            "UPDATE snapshot SET sequence_number = 999"
        );
        yield return new(
            "entries behind a snapshot are deleted, and it is changed",
            DifferenceKind.CursorOutOfOrder,
            journal =>
            {
                journal.Execute($"DELETE FROM journal WHERE persistence_id = '{CursorStream}' AND sequence_number <= 202");
                journal.Edit<CursorState>(
                    CursorStream,
                    202,
                    state => state with { Book = state.Book with { Open = state.Book.Open.Next } },
                    "snapshot"
                );
                return new JournalRow(CursorStream, 203);
            }
        );
    }
}
