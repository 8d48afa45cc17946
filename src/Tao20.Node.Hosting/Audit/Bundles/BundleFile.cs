using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Tao20.Node.Audit.Bundles;

/// <summary>The file of a bundle: lines, compressed where its name ends with <c>.gz</c>.</summary>
internal static class BundleFile
{
    /// <summary>Writes a file as a whole or not at all.</summary>
    /// <param name="file">The file, which must not be there.</param>
    /// <param name="write">Writes what is in it.</param>
    /// <exception cref="NodeException">It is there, or it cannot be written.</exception>
    public static async Task<T> WriteAsync<T>(FileInfo file, Func<Stream, Task<T>> write)
    {
        var part = new FileInfo($"{file.FullName}.part");
        try
        {
            if (file.Exists)
                throw new IOException("it is there already");
            T result;
            await using (var output = part.Open(FileMode.Create, FileAccess.Write))
            await using (Stream stream = IsCompressed(file) ? new GZipStream(output, CompressionLevel.Optimal) : new BufferedStream(output))
                result = await write(stream);
            part.MoveTo(file.FullName);
            return result;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(ExitCodes.Usage, $"--out = {file} cannot be written: {e.Message}", e);
        }
        finally
        {
            // Once it has been moved there is none.
            File.Delete($"{file.FullName}.part");
        }
    }

    /// <summary>Opens a file to be read.</summary>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    public static Stream Open(FileInfo file) =>
        IsCompressed(file) ? new GZipStream(file.OpenRead(), CompressionMode.Decompress) : file.OpenRead();

    /// <summary>Reads the lines, each with the line feed that ends it; the last may have none.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="InvalidDataException">A line is longer than any line is, or what is compressed is broken.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancel)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        while (true)
        {
            var read = await reader.ReadAsync(cancel).ConfigureAwait(false);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var after = buffer.GetPosition(1, end);
                yield return buffer.Slice(0, after).ToArray();
                buffer = buffer.Slice(after);
            }

            if (buffer.Length > BundleFormat.MostBytes)
                throw new InvalidDataException($"a line is longer than {BundleFormat.MostBytes} bytes");
            if (read.IsCompleted && buffer.Length > 0)
                yield return buffer.ToArray();
            reader.AdvanceTo(read.IsCompleted ? buffer.End : buffer.Start, buffer.End);
            if (read.IsCompleted)
                break;
        }

        await reader.CompleteAsync().ConfigureAwait(false);
    }

    private static bool IsCompressed(FileInfo file) => file.Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
}
