using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tao20.Actors.Tests.Remoting;

/// <summary>A DNS server of one zone, over UDP (source: RFC 1035, section 4; RFC 2782 for SRV).</summary>
internal sealed class DnsServer : IAsyncDisposable
{
    private const ushort TypeA = 1;
    private const ushort TypeAaaa = 28;
    private const ushort TypeSrv = 33;
    private const int HeaderLength = 12;
    private const ushort NameOfTheQuestion = 0xc000 | HeaderLength;
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Dictionary<(string Name, ushort Type), List<byte[]>> _records = [];
    private readonly Lock _lock = new();
    private readonly Task _serving;
    private int _asked;

    public DnsServer() => _serving = ServeAsync();

    /// <summary>Where it is.</summary>
    public string Address => _socket.Client.LocalEndPoint!.ToString()!;

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Names an address.</summary>
    public void Add(string name, IPAddress address) =>
        Add(name, address.AddressFamily == AddressFamily.InterNetwork ? TypeA : TypeAaaa, address.GetAddressBytes());

    /// <summary>Names a service.</summary>
    public void AddService(string name, string host, int port)
    {
        var data = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(4), (ushort)port);
        Add(name, TypeSrv, [.. data, .. Encode(host)]);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _serving;
    }

    private void Add(string name, ushort type, byte[] data)
    {
        lock (_lock)
        {
            if (!_records.TryGetValue((name, type), out var records))
                _records[(name, type)] = records = [];
            records.Add(data);
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var question = await _socket.ReceiveAsync();
                Interlocked.Increment(ref _asked);
                await _socket.SendAsync(Answer(question.Buffer), question.RemoteEndPoint);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private byte[] Answer(byte[] question)
    {
        var (labels, at) = (new List<string>(), HeaderLength);
        while (question[at] is var length and > 0)
        {
            labels.Add(Encoding.ASCII.GetString(question, at + 1, length));
            at += 1 + length;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(at + 1));
        var end = at + 5;
        List<byte[]> records;
        lock (_lock)
            records = [.. _records.GetValueOrDefault((string.Join('.', labels), type)) ?? []];
        var answer = new List<byte>(question[..2]);

        // A response with authority, one question, and so many answers.
        Append(0x8400, 1, (ushort)records.Count, 0, 0);
        answer.AddRange(question[HeaderLength..end]);
        foreach (var data in records)
        {
            Append(NameOfTheQuestion, type, 1, 0, 30, (ushort)data.Length);
            answer.AddRange(data);
        }

        return [.. answer];

        void Append(params ushort[] words)
        {
            foreach (var word in words)
                answer.AddRange([(byte)(word >> 8), (byte)word]);
        }
    }

    private static byte[] Encode(string name) =>
        [.. name.Split('.').SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0];
}
