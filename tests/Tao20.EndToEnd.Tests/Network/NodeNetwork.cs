using Tao20.Devnet;

namespace Tao20.EndToEnd.Tests.Network;

/// <summary>
/// The network between the nodes of a cluster and their database: every connection goes through a door of the one it leads to, where the
/// way of the one it comes from can be cut.
/// </summary>
internal sealed class NodeNetwork : IAsyncDisposable
{
    private const int Unknown = -1;
    private readonly Door[] _doors;
    private readonly Door[] _databases;
    private readonly int[] _bound;
    private readonly int?[] _processes;

    /// <summary>Builds the network.</summary>
    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="database">The port of their database, at the moment that somebody connects.</param>
    public NodeNetwork(int nodes, Func<int> database)
    {
        _processes = new int?[nodes];
        _bound = [.. Enumerable.Range(0, nodes).Select(_ => Anvil.FreePort())];
        _doors = [.. Enumerable.Range(0, nodes).Select(node => new Door(() => _bound[node], WhoIs))];
        _databases = [.. Enumerable.Range(0, nodes).Select(_ => new Door(database, (_, _) => 0))];
    }

    /// <summary>The port by which the others reach a node.</summary>
    public int PortOf(int node) => _doors[node].Port;

    /// <summary>The node that the others reach by a port.</summary>
    public int NodeAt(int port) => Array.FindIndex(_doors, door => door.Port == port);

    /// <summary>The port on which it listens.</summary>
    public int BoundPortOf(int node) => _bound[node];

    /// <summary>The port by which it reaches its database.</summary>
    public int DatabasePortOf(int node) => _databases[node].Port;

    /// <summary>Tells which process a node is now.</summary>
    public void Runs(int node, int process) => _processes[node] = process;

    /// <summary>Cuts or heals what is between two nodes.</summary>
    public void Set(int one, int other, Cut cut)
    {
        _doors[one].Set(other, cut);
        _doors[other].Set(one, cut);
    }

    /// <summary>Cuts or heals what is between a node and the database.</summary>
    public void SetDatabase(int node, Cut cut) => _databases[node].Set(0, cut);

    /// <summary>Heals everything.</summary>
    public void Heal()
    {
        for (var one = 0; one < _doors.Length; one++)
        {
            SetDatabase(one, Cut.None);
            for (var other = 0; other < one; other++)
                Set(one, other, Cut.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var door in _doors.Concat(_databases))
            await door.DisposeAsync();
    }

    private int WhoIs(int from, int to) =>
        SocketOwner.Of(from, to, _processes.OfType<int>()) is { } process ? Array.IndexOf(_processes, process) : Unknown;
}
