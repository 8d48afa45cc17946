namespace Tao20.Actors.Hosting;

/// <summary>What the checks of a node's health are found by.</summary>
public static class HealthTags
{
    /// <summary>Those that say whether it lives: one that does not is started again.</summary>
    public const string Live = "live";

    /// <summary>Those that say whether it is ready to answer.</summary>
    public const string Ready = "ready";
}
