using Tao20.Domain.Validation;

namespace Tao20.Chain.Signing;

/// <summary>
/// Where an account's key is: an environment variable, a file with it, or a keystore with its password file. Never an argument.
/// </summary>
/// <param name="EnvironmentVariable">The variable's name, e.g. <c>TAO20_VALIDATOR_PRIVATE_KEY</c>.</param>
/// <param name="KeyFile">A file with 64 hex digits; null for none.</param>
/// <param name="KeystoreFile">A Web3 Secret Storage V3 file; null for none.</param>
/// <param name="PasswordFile">The file whose first line is the keystore's password.</param>
public sealed record KeySource(
    string EnvironmentVariable,
    [property: Setting("A file with the private key in hex, for its owner only.", Option = "--key-file", Unit = "path")] string? KeyFile,
    [property: Setting("A keystore, as geth and others write it.", Option = "--keystore", Unit = "path")] string? KeystoreFile,
    [property: Setting("A file with the password of the keystore.", Option = "--password-file", Unit = "path")] string? PasswordFile
)
{
    /// <summary>Whether any of the three is given.</summary>
    public bool Given =>
        Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } || KeyFile is not null || KeystoreFile is not null;

    /// <summary>Reads the key.</summary>
    /// <exception cref="KeyException">None, or more than one, is given; or it cannot be read.</exception>
    public PrivateKey Load()
    {
        var variable = Environment.GetEnvironmentVariable(EnvironmentVariable);
        var given = (string.IsNullOrEmpty(variable) ? 0 : 1) + (KeyFile is null ? 0 : 1) + (KeystoreFile is null ? 0 : 1);
        if (given == 0)
            throw new KeyException($"There is no key: set {EnvironmentVariable}, or give a key file, or a keystore and its password file.");
        if (given > 1)
            throw new KeyException($"There is more than one key: give only one of {EnvironmentVariable}, a key file and a keystore.");
        if (KeystoreFile is not null)
            return Keystore.Decrypt(
                Read(KeystoreFile),
                Read(PasswordFile ?? throw new KeyException($"The keystore {KeystoreFile} needs a password file."))
                    .ReplaceLineEndings("\n")
                    .Split('\n')[0],
                KeystoreFile
            );
        try
        {
            return PrivateKey.FromHex(KeyFile is null ? variable! : Read(KeyFile));
        }
        catch (KeyException e)
        {
            throw new KeyException($"{KeyFile ?? EnvironmentVariable}: {e.Message}");
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyException($"{file} cannot be read: {e.Message}", e);
        }
    }
}
