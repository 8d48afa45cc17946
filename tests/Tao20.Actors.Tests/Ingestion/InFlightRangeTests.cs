using System.Buffers;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Chain.Contracts;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Actors.Tests.Ingestion.Given;

namespace Tao20.Actors.Tests.Ingestion;

[Trait("Category", "Fast")]
public sealed class InFlightRangeTests
{
    [Fact]
    public void A_later_part_waits_until_the_one_before_it_is_acknowledged()
    {
        // The rules change with epoch 1: the miner's trades of one range are two parts.
        var stricter = DomainParameters.Default with
        {
            Eligibility = EligibilityRules.Default with { BurstTrades = 5 },
        };
        var schedule = new ParameterSchedule([new(1, new EpochId(0), DomainParameters.Default), new(2, new EpochId(1), stricter)]);
        var trades = new ReadOnlySequence<Trade>([.. Trades(1), .. Trades(2), .. Trades(3)]);
        var progress = new EpochProgress(
            [new(new EpochId(0), trades.Slice(0, 2)), new(new EpochId(1), trades.Slice(2))],
            [],
            new EpochId(1),
            [Miner]
        );
        var totals = new Dictionary<Address, RunningTotal> { [Miner] = new(0, 3 * Wei.OneTao.Value) };
        var work = InFlightRange.Of(7, Range(9, trades, totals), progress, schedule, followsRegistry: false);

        Assert.Equal((2, 0), (work.Missing, Assert.Single(work.Pending).Part));
        var second = work.Acknowledge(new FoldAcknowledged(7, 0, Miner));
        Assert.Equal((1, 1), (work.Missing, second!.Part));
        Assert.Equal(new ChainCounter(2 * Wei.OneTao.Value, 3 * Wei.OneTao.Value), second.Trades.Counter);
        Assert.Null(work.Acknowledge(new FoldAcknowledged(7, 0, Miner)));
        Assert.Null(work.Acknowledge(new FoldAcknowledged(7, 1, Miner)));
        Assert.Equal(0, work.Missing);
    }
}
