namespace Tao20.Node.Configuration;

/// <summary>A file with one secret in it.</summary>
internal static class SecretFile
{
    /// <summary>No secret has fewer characters.</summary>
    private const int Least = 16;

    /// <summary>Reads it.</summary>
    /// <param name="key">The setting that names it, for the error.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="NodeException">It cannot be read, or is too short.</exception>
    public static string Read(string key, string file)
    {
        string secret;
        try
        {
            secret = File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(ExitCodes.Usage, $"{key} = {file} cannot be read: {e.Message}", e);
        }

        return secret.Length >= Least
            ? secret
            : throw new NodeException(
                ExitCodes.Usage,
                $"{key} = {file} holds {secret.Length} characters: give {Least} at least ('openssl rand -hex 32')."
            );
    }
}
