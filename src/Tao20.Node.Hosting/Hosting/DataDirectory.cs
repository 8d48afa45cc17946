namespace Tao20.Node.Hosting;

/// <summary>The directory of a node's journal, held by one process at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(FileStream held) => _lock = held;

    /// <summary>Creates the directory if it is not there and takes it.</summary>
    /// <exception cref="NodeException">It cannot be created, or another process has it.</exception>
    public static DataDirectory Take(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(
                ExitCodes.DataDirectory,
                $"The data directory {path} cannot be created: {e.Message} Give another one with --data-dir.",
                e
            );
        }

        try
        {
            return new DataDirectory(
                new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (IOException e)
        {
            throw new NodeException(
                ExitCodes.DataDirectory,
                $"The data directory {path} is in use by another process: stop that one or give another with --data-dir.",
                e
            );
        }
        catch (UnauthorizedAccessException e)
        {
            throw new NodeException(
                ExitCodes.DataDirectory,
                $"The data directory {path} cannot be written: {e.Message} Correct its permissions or give another with --data-dir.",
                e
            );
        }
    }

    public void Dispose() => _lock.Dispose();
}
