using System.Security.Cryptography;
using System.Text;

namespace Tao20.Node.Hosting;

/// <summary>
/// How an operator reaches the running node: a file in its data directory, readable by its owner alone, with the address of its HTTP
/// endpoints and a token that changes with each start.
/// </summary>
internal sealed class ControlFile : IDisposable
{
    private const string FileName = "control";
    private const int TokenBytes = 32;
    private readonly string _path;
    private readonly byte[] _token = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)));

    private ControlFile(string path) => _path = path;

    /// <summary>A control file with a fresh token, not written yet.</summary>
    public static ControlFile Create(string dataDirectory) => new(Path.Combine(dataDirectory, FileName));

    /// <summary>Reads where the node of a data directory answers, and its token.</summary>
    /// <exception cref="NodeException">No such node is running on it, or the file is not ours to read.</exception>
    public static (Uri Http, string Token) Read(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        try
        {
            return ReadFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(
                ExitCodes.DataDirectory,
                $"No node is running on {dataDirectory}, or it is another user's: {path} cannot be read. "
                    + "Give the --data-dir of a running one.",
                e
            );
        }
    }

    /// <summary>The token in a control file, wherever it is.</summary>
    /// <exception cref="NodeException">It cannot be read, or is none.</exception>
    public static string TokenIn(string path)
    {
        try
        {
            return ReadFile(path).Token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(ExitCodes.Usage, $"--token-file {path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes the file.</summary>
    public void Write(Uri http)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        // An old one may have been left by a kill, with other permissions.
        File.Delete(_path);
        using var file = new FileStream(_path, options);
        file.Write(Encoding.ASCII.GetBytes($"{http}\n"));
        file.Write(_token);
        file.WriteByte((byte)'\n');
    }

    /// <summary>Whether this is the token.</summary>
    public bool IsToken(string? text) => text is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), _token);

    private static (Uri Http, string Token) ReadFile(string path) =>
        File.ReadAllLines(path) is [var url, var token] && Uri.TryCreate(url, UriKind.Absolute, out var http)
            ? (http, token)
            : throw new NodeException(ExitCodes.DataDirectory, $"The file {path} is not a control file: restart the node.");

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_path);
}
