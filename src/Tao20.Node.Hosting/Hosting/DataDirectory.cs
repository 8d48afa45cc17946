namespace Tao20.Node.Hosting;

/// <summary>The directory of a node's journal, held by one process at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _holder;

    private DataDirectory(FileStream held, string holder)
    {
        (_lock, _holder) = (held, holder);
        try
        {
            File.WriteAllText(holder, $"process {Environment.ProcessId} on {Environment.MachineName}");
        }
        catch (IOException)
        {
            // The disk is full, which the journal tells; the next one is only not told who it was.
        }
    }

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

        var holder = Path.Combine(path, "lock.holder");
        try
        {
            return new DataDirectory(
                new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None),
                holder
            );
        }
        catch (IOException e)
        {
            throw new NodeException(
                ExitCodes.DataDirectory,
                $"The data directory {path} is in use by another process{Who(holder)}: stop that one or give another with --data-dir.",
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

    public void Dispose()
    {
        try
        {
            File.Delete(_holder);
        }
        catch (IOException)
        {
            // The directory is gone, and with it what it said.
        }

        _lock.Dispose();
    }

    private static string Who(string holder)
    {
        try
        {
            return $" ({File.ReadAllText(holder)})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is about to say so, or is of a version that does not.
            return "";
        }
    }
}
