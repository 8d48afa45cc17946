using Akka.Hosting;
using Tao20.Actors.Alerts;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Checks;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Index;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Pricing;
using Tao20.Actors.Remoting;
using Tao20.Actors.Transactions;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Actors.Hosting;

/// <summary>What a node does besides folding the chain's trades and settling epochs.</summary>
public abstract record NodeWork
{
    private NodeWork() { }

    /// <summary>Nothing: it only counts.</summary>
    public sealed record Counting : NodeWork;

    /// <summary>It attests, judges, and has weights set.</summary>
    /// <param name="Role">Who it is, and for which registry.</param>
    /// <param name="Fees">What its transactions may cost.</param>
    /// <param name="Weights">How weights are set.</param>
    /// <param name="Index">What it does for the index.</param>
    public sealed record Validating(ValidatorRole Role, FeePolicy Fees, WeightsOptions Weights, IndexDutyOptions Index) : NodeWork;

    /// <summary>It keeps the market at NAV.</summary>
    /// <param name="Trader">How it trades.</param>
    /// <param name="Index">What it does for the index.</param>
    public sealed record Trading(TraderSetup Trader, IndexDutyOptions Index) : NodeWork;
}

/// <summary>How a miner trades, and what for.</summary>
/// <param name="Account">Whose balances and rights trades are decided by.</param>
/// <param name="Key">The account's key; null sends nothing.</param>
/// <param name="ChainId">The chain that is signed for.</param>
/// <param name="Market">Where it trades.</param>
/// <param name="Rules">When, how much, and when it stops.</param>
/// <param name="Fees">What its transactions may cost.</param>
/// <param name="DryRun">Whether it only says what it would do.</param>
/// <param name="MaxBlockAge">How old a block may be that is traded by; null for chains that keep their own time.</param>
/// <param name="Journal">How events are kept, and what to say when they cannot be.</param>
/// <param name="Metrics">Where it is counted.</param>
/// <param name="Clock">The clock.</param>
public sealed record TraderSetup(
    Address Account,
    PrivateKey? Key,
    ulong ChainId,
    MarketAddresses Market,
    ArbitrageRules Rules,
    FeePolicy Fees,
    bool DryRun,
    TimeSpan? MaxBlockAge,
    JournalFaultReporter Journal,
    ArbitrageMetrics Metrics,
    TimeProvider Clock
);

/// <summary>The one place where a node's actors are put together, for the executable, the tests and the benchmarks alike.</summary>
public static class NodeComposition
{
    /// <summary>All of a node.</summary>
    /// <param name="akka">What is being built.</param>
    /// <param name="follower">What is followed, and how it is counted.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="work">What the node does besides.</param>
    /// <param name="cluster">The cluster it is a node of; null for a node by itself.</param>
    /// <param name="check">How the chain is checked; null leaves it unchecked, and nothing is signed.</param>
    /// <param name="writer">The process as a writer of the journal; null where the journal has one by itself.</param>
    /// <param name="alerts">From where on people are told of deviations; null tells nobody.</param>
    public static AkkaConfigurationBuilder WithTao20Node(
        this AkkaConfigurationBuilder akka,
        FollowerSettings follower,
        ChainConnection chain,
        NodeWork work,
        ClusterOptions? cluster = null,
        ChainCheckSettings? check = null,
        JournalWriter? writer = null,
        AlertSettings? alerts = null
    )
    {
        var identity = cluster is null ? null : ClusterIdentity.Of(cluster.Name, writer?.JournalId, follower.Identity);
        var role = identity?.Role;
        if (check is not null)
            akka.WithChainCheck(check, chain);
        akka.WithTao20Miners(follower.Journal, cluster, writer, identity);
        switch (work)
        {
            case NodeWork.Counting:
                akka.WithConsensus(follower, role);
                break;
            case NodeWork.Validating(var who, var fees, var weights, var index):
                var rules = chain.RulesOf(fees);
                akka.WithTransactions(new SenderSettings(who.Registry.ChainId, who.Key, fees, rules, follower.Journal), chain, role)
                    .WithValidator(follower, who, weights, chain, role);
                if (index.Step)
                    akka.WithIndexDuties(new(who.Key.Address, index, fees, rules, follower.Journal), chain, role);
                break;
            case NodeWork.Trading(var trader, var index):
                akka.WithConsensus(follower, role).WithTrader(trader, chain);
                if (index.Step && trader is { Key: not null, DryRun: false })
                    akka.WithIndexDuties(
                        new(trader.Account, index, trader.Fees, chain.RulesOf(trader.Fees), follower.Journal),
                        chain,
                        role: null
                    );
                break;
        }

        akka.WithWatches(follower).WithChainFollower(follower, chain, role).WithStatus(follower).WithHealth(isMember: role is not null);
        return alerts is null ? akka : akka.WithAlerts(alerts, role);
    }

    /// <summary>The part of a node that folds: the journal, the cluster, and one actor for each miner.</summary>
    /// <param name="akka">What is being built.</param>
    /// <param name="journal">Where events are kept.</param>
    /// <param name="cluster">The cluster it is a node of; null for a node by itself.</param>
    /// <param name="writer">The process as a writer of the journal; null where the journal has one by itself.</param>
    /// <param name="identity">What makes nodes those of its cluster; null for what follows from these.</param>
    public static AkkaConfigurationBuilder WithTao20Miners(
        this AkkaConfigurationBuilder akka,
        JournalFaultReporter journal,
        ClusterOptions? cluster = null,
        JournalWriter? writer = null,
        ClusterIdentity? identity = null
    )
    {
        akka.WithTao20Basics().WithJournal(journal.Options);
        if (cluster is not null)
            akka.WithTao20Cluster(cluster, identity ??= ClusterIdentity.Of(cluster.Name, writer?.JournalId, null), writer);
        if (identity is not null && writer is not null)
            akka.WithWriter(writer, journal, identity);
        return akka.WithMiners(journal, identity?.Role);
    }

    /// <summary>The part of a node that trades: the feed, the trader and, if there is a key to send with, the sender.</summary>
    /// <param name="akka">What is being built.</param>
    /// <param name="trader">How it trades.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="rules">What the chain makes of its transactions; null for what the check of the chain has found.</param>
    public static AkkaConfigurationBuilder WithTrader(
        this AkkaConfigurationBuilder akka,
        TraderSetup trader,
        ChainConnection chain,
        ITransactionRules? rules = null
    )
    {
        // Step by step a trade is forty transactions, which do not wait for each other.
        var fees = trader.Market.Router is null ? trader.Fees with { MaxInFlight = FeePolicy.MostInFlight } : trader.Fees;
        rules ??= chain.RulesOf(fees);
        if (trader is { Key: { } key, DryRun: false })
            akka.WithTransactions(
                new SenderSettings(trader.ChainId, key, fees, rules, trader.Journal, SeesPending: true),
                chain,
                role: null
            );
        return akka.WithArbitrage(
            new FeedSettings(
                trader.Rules.LadderSizes(),
                trader.Fees.PriorityFeePerGas,
                TimeSpan.FromSeconds(trader.Rules.StaleSeconds),
                trader.MaxBlockAge
            ),
            new ArbitrageSettings(
                trader.Account,
                trader.Rules,
                rules,
                trader.Fees,
                trader.DryRun,
                trader.Journal,
                trader.Metrics,
                trader.Clock
            ),
            chain,
            trader.Market
        );
    }
}
