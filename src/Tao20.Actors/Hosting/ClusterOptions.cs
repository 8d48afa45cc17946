namespace Tao20.Actors.Hosting;

/// <summary>How a node takes part in one operator's cluster.</summary>
public sealed record ClusterOptions
{
    /// <summary>The host name other nodes reach this one by. Default 127.0.0.1.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Its port; 0 takes a free one. Default 4053.</summary>
    public int Port { get; init; } = 4053;

    /// <summary>The nodes asked first, as <c>akka.tcp://tao20@host:port</c>; at least one, the same on all nodes.</summary>
    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    /// <summary>All that is missing, a line each with key and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (SeedNodes.Count == 0)
            errors.Add(
                "Cluster:SeedNodes is empty: give at least one address such as akka.tcp://tao20@10.0.0.1:4053, the same list on all nodes."
            );
        if (Port is < 0 or > 65535)
            errors.Add($"Cluster:Port = {Port} is out of range: give 0 to 65535.");
        return errors;
    }
}
