using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tao20.Chain;

namespace Tao20.Devnet;

/// <summary>How a local chain is started.</summary>
public sealed record AnvilOptions
{
    /// <summary>The port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>How many accounts have TAO and are unlocked.</summary>
    public int Accounts { get; init; } = 20;

    /// <summary>The time of the first block, in Unix seconds.</summary>
    public ulong GenesisTimestamp { get; init; } = 1_767_225_600;

    /// <summary>The chain's id.</summary>
    public ulong ChainId { get; init; } = 31337;

    /// <summary>The height of the first block.</summary>
    public ulong GenesisHeight { get; init; }

    /// <summary>Whether the state at every old block can be asked after. Without that, thousands of blocks take no space.</summary>
    public bool KeepsHistory { get; init; } = true;

    /// <summary>Whether each transaction is mined at once; otherwise blocks come only when asked for.</summary>
    public bool AutoMine { get; init; }
}

/// <summary>A running local chain. It ends with this process however that ends.</summary>
public sealed class Anvil : IAsyncDisposable
{
    private const int StatesWithoutHistory = 20;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly AnvilStates _states;
    private int _disposed;

    private Anvil(Process process, AnvilStates states, Uri rpc)
    {
        (_process, _states) = (process, states);
        Rpc = rpc;
        Client = new DevnetClient(rpc);
    }

    /// <summary>Where it answers.</summary>
    public Uri Rpc { get; }

    /// <summary>Its client.</summary>
    public DevnetClient Client { get; }

    /// <summary>Starts a chain and waits until it answers.</summary>
    /// <exception cref="DevnetException">It does not start.</exception>
    public static async Task<Anvil> StartAsync(DevnetTools tools, AnvilOptions options, CancellationToken cancel)
    {
        var port = options.Port == 0 ? FreePort() : options.Port;
        var invariant = CultureInfo.InvariantCulture;
        List<string> arguments =
        [
            "--host",
            "127.0.0.1",
            "--port",
            port.ToString(invariant),
            "--accounts",
            options.Accounts.ToString(invariant),
            "--balance",
            "10000000",
            "--timestamp",
            options.GenesisTimestamp.ToString(invariant),
            "--chain-id",
            options.ChainId.ToString(invariant),
            "--number",
            options.GenesisHeight.ToString(invariant),
            // With --celo a precompile moves balances inside a transaction, as Subtensor's precompiles do.
            "--celo",
            "--hardfork",
            "prague",
            "--slots-in-an-epoch",
            "1",
            "--order",
            "fifo",
            "--disable-block-gas-limit",
            "--block-base-fee-per-gas",
            "0",
            "--gas-price",
            "0",
            "--no-request-size-limit",
            "--silent",
        ];
        if (!options.AutoMine)
            arguments.Add("--no-mining");
        var states = AnvilStates.Create();
        if (options.KeepsHistory)
            arguments.AddRange(["--cache-path", states.Path]);
        else
            arguments.AddRange(["--prune-history", StatesWithoutHistory.ToString(invariant)]);

        var output = new List<string>();
        var process = GuardedProcess.Start(tools.Anvil, arguments, Keep);
        var anvil = new Anvil(process, states, new Uri($"http://127.0.0.1:{port}"));
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(StartTimeout);
        try
        {
            while (true)
            {
                if (process.HasExited)
                    throw new DevnetException(
                        $"anvil ended while starting on port {port}: {string.Join(" | ", output)} Choose another port or stop what "
                            + $"uses this one."
                    );
                try
                {
                    await anvil.Client.BlockNumberAsync(timeout.Token).ConfigureAwait(false);
                    return anvil;
                }
                catch (ChainException)
                {
                    // Not listening yet: it has no other way to say that it is ready.
                    await Task.Delay(20, timeout.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e)
        {
            await anvil.DisposeAsync().ConfigureAwait(false);
            if (e is OperationCanceledException && !cancel.IsCancellationRequested)
                throw new DevnetException(
                    $"anvil did not answer on port {port} within {StartTimeout.TotalSeconds:0} s: {string.Join(" | ", output)}"
                );
            throw;
        }

        void Keep(string line)
        {
            lock (output)
            {
                if (output.Count < 20)
                    output.Add(line);
            }
        }
    }

    /// <summary>A TCP port on 127.0.0.1 that nothing listens on at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Client.Dispose();
        await GuardedProcess.EndAsync(_process).ConfigureAwait(false);
        _states.Delete();
    }
}
