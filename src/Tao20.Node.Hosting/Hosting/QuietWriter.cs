using System.Text;

namespace Tao20.Node.Hosting;

/// <summary>
/// Standard error, which may be a full disk or a closed descriptor: what it does not take is lost, and changes nothing else. What must not
/// be lost goes through <see cref="LastWords"/>.
/// </summary>
/// <param name="inner">What is written to.</param>
internal sealed class QuietWriter(TextWriter inner) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Writes a line; whether it was taken.</summary>
    public bool TryWriteLine(string line) => Try(() => inner.WriteLine(line));

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Flush() => Try(inner.Flush);

    private static bool Try(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return false;
        }
    }
}
