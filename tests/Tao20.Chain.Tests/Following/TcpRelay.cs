using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tao20.Chain.Tests.Following;

/// <summary>Passes connections on to a real node, and cuts them all when told; refuses WebSockets while told to.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _node;
    private readonly Task _accepting;

    public TcpRelay(Uri node)
    {
        _node = node;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Url { get; }

    public bool RefusesWebSockets { get; set; }

    /// <summary>Breaks every connection off.</summary>
    public void Cut()
    {
        foreach (var client in _open.Keys)
            client.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
                passing.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Told to stop.
        }

        await Task.WhenAll(passing);
    }

    private async Task PassAsync(TcpClient client)
    {
        using var node = new TcpClient();
        _open[client] = _open[node] = 0;
        try
        {
            await node.ConnectAsync(_node.Host, _node.Port, _stop.Token);
            var first = new byte[64 * 1024];
            var read = await client.GetStream().ReadAsync(first, _stop.Token);
            if (
                RefusesWebSockets
                && Encoding.ASCII.GetString(first, 0, read).Contains("Upgrade: websocket", StringComparison.OrdinalIgnoreCase)
            )
                return;
            await node.GetStream().WriteAsync(first.AsMemory(0, read), _stop.Token);
            await Task.WhenAny(
                client.GetStream().CopyToAsync(node.GetStream(), _stop.Token),
                node.GetStream().CopyToAsync(client.GetStream(), _stop.Token)
            );
        }
        catch (Exception e)
            when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // Cut, by either side or by the test.
        }
        finally
        {
            client.Close();
            _open.TryRemove(client, out _);
            _open.TryRemove(node, out _);
        }
    }
}
