using Tao20.Domain.Validation;

namespace Tao20.Actors.Hosting;

/// <summary>How a node takes part in one operator's cluster.</summary>
[Settings("Cluster")]
public sealed record ClusterOptions
{
    /// <summary>Whether this node is one of several. Default false.</summary>
    [Setting("Whether this node is one of several of one operator; needs PostgreSQL.")]
    public bool Enabled { get; init; }

    /// <summary>The host name other nodes reach this one by. Default 127.0.0.1.</summary>
    [Setting("The host name by which other nodes reach this one.", Unit = "host")]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Its port; 0 takes a free one. Default 4053.</summary>
    [Setting("Its port; 0 takes a free one.", Least = "0", Most = "65535")]
    public int Port { get; init; } = 4053;

    /// <summary>The nodes asked first, as <c>akka.tcp://tao20@host:port</c>; at least one, the same on all nodes.</summary>
    [Setting("The nodes asked first, the same list on all.", Unit = "akka.tcp://tao20@host:port")]
    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    /// <summary>All that is missing, a line each with key and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (SeedNodes.Count == 0)
            errors.Add(
                "Cluster:SeedNodes is empty: give at least one address such as akka.tcp://tao20@10.0.0.1:4053, the same list on all nodes."
            );
        errors.AddRange(Setting.Check(this).Select(error => error.ToString()));
        return errors;
    }
}
