using Tao20.Domain.Units;

namespace Tao20.Actors.Status;

/// <summary>What people are told of something that a node has not, wherever they ask.</summary>
public static class NothingThere
{
    /// <summary>Of validators and rounds.</summary>
    public const string NoRegistry = "This node follows no registry: it knows no validators and no rounds.";

    /// <summary>Of transactions.</summary>
    public const string NoTransactions = "This node sends no transactions: it has no key, or only looks.";

    /// <summary>Of alerts, while who knows them is away.</summary>
    public const string NoAlertsYet = "What watches for deviations has not answered: its journal is away.";

    /// <summary>Of a miner.</summary>
    public static string OfMiner(Address miner) => $"{miner} has not traded.";
}
