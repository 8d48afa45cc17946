namespace Tao20.Node.Configuration;

/// <summary>A file with one secret in it.</summary>
internal static class SecretFile
{
    /// <summary>Reads it.</summary>
    /// <param name="key">The setting that names it, for the error.</param>
    /// <param name="file">The file.</param>
    /// <param name="least">How many characters it has at least.</param>
    /// <exception cref="NodeException">It cannot be read, or holds less.</exception>
    public static string Read(string key, string file, int least)
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

        return secret.Length >= least
            ? secret
            : throw new NodeException(
                ExitCodes.Usage,
                $"{key} = {file} holds {secret.Length} characters: give {least} at least ('openssl rand -hex 32')."
            );
    }
}
