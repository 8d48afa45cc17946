using System.Net;
using System.Net.Sockets;

namespace Tao20.EndToEnd.Tests.Network;

/// <summary>How a way between two processes is cut.</summary>
internal enum Cut
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Packets are lost, as when a switch fails: connections stay, and what is sent comes once it is healed.</summary>
    Silent,

    /// <summary>Connections are ended and refused, as by a rule of a firewall.</summary>
    Refused,
}

/// <summary>The port by which others reach a process. Whoever comes has a way of its own, which can be cut and healed.</summary>
internal sealed class Door : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int> _target;
    private readonly Func<int, int, int> _whoIs;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Way> _ways = [];
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    /// <summary>Opens a door.</summary>
    /// <param name="target">The port behind it, at the moment that somebody comes.</param>
    /// <param name="whoIs">Who has opened a connection, by the port it comes from and the door's own.</param>
    public Door(Func<int> target, Func<int, int, int> whoIs)
    {
        (_target, _whoIs) = (target, whoIs);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it is.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Cuts or heals the way of somebody, in both directions.</summary>
    public void Set(int who, Cut cut) => WayOf(who).Set(cut);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] connections;
        lock (_lock)
            connections = [.. _connections];
        await Task.WhenAll(connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var comes = await _listener.AcceptTcpClientAsync(_stop.Token);
                lock (_lock)
                {
                    _connections.RemoveAll(connection => connection.IsCompleted);
                    _connections.Add(ServeAsync(comes));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The door is closed, or who came is gone.
            }
        }
    }

    private async Task ServeAsync(TcpClient comes)
    {
        await Task.Yield();
        using var client = comes;
        try
        {
            var way = WayOf(_whoIs(((IPEndPoint)client.Client.RemoteEndPoint!).Port, Port));
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, way.Refused);
            await way.PassableAsync(ends.Token);
            using var target = new TcpClient { NoDelay = true };
            client.NoDelay = true;
            await target.ConnectAsync(IPAddress.Loopback, _target(), ends.Token);
            Task[] pumps = [PumpAsync(client, target, way, ends.Token), PumpAsync(target, client, way, ends.Token)];
            await Task.WhenAny(pumps);
            await ends.CancelAsync();
            await Task.WhenAll(pumps);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // One side is gone, the way is refused, or the door is closed: the connection ends, which is what the other side is told.
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to, Way way, CancellationToken cancel)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.GetStream().ReadAsync(buffer, cancel)) > 0)
        {
            await way.PassableAsync(cancel);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), cancel);
        }
    }

    private Way WayOf(int who)
    {
        lock (_lock)
            return _ways.TryGetValue(who, out var way) ? way : _ways[who] = new Way();
    }

    /// <summary>The way of one who comes.</summary>
    private sealed class Way
    {
        private readonly Lock _lock = new();
        private CancellationTokenSource _refused = new();
        private TaskCompletionSource _open = Opened();

        /// <summary>Ends what goes through it now.</summary>
        public CancellationToken Refused
        {
            get
            {
                lock (_lock)
                    return _refused.Token;
            }
        }

        public void Set(Cut cut)
        {
            lock (_lock)
            {
                if (cut == Cut.Silent && _open.Task.IsCompleted)
                    _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (cut != Cut.Silent)
                    _open.TrySetResult();
                if (cut == Cut.Refused)
                    _refused.Cancel();
                else if (_refused.IsCancellationRequested)
                    _refused = new();
            }
        }

        public Task PassableAsync(CancellationToken cancel)
        {
            lock (_lock)
                return _open.Task.WaitAsync(cancel);
        }

        private static TaskCompletionSource Opened()
        {
            var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            open.SetResult();
            return open;
        }
    }
}
