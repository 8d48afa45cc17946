using System.Security.Cryptography;
using System.Text.Json;
using Nethereum.KeyStore;
using Nethereum.KeyStore.Crypto;
using Nethereum.KeyStore.Model;

namespace Tao20.Chain.Signing;

/// <summary>
/// A key encrypted with a password (source: Web3 Secret Storage Definition, version 3), by Nethereum; and in front of it the limits that
/// it lacks: it looks at no version, cipher or pseudo-random function, and takes whatever memory a file asks for.
/// </summary>
public static class Keystore
{
    private const int Version = 3;
    private const int ScryptN = 1 << 18;
    private const long MaxScryptMemory = 1 << 30;
    private const int MaxIterations = 100_000_000;

    /// <summary>Decrypts a keystore file's text.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="password">Its password.</param>
    /// <param name="where">The file, for messages.</param>
    /// <exception cref="KeyException">It is malformed, of a kind not known, asks for too much, or the password is wrong.</exception>
    public static PrivateKey Decrypt(string json, string password, string where)
    {
        byte[]? secret = null;
        try
        {
            secret = new KeyStoreService().DecryptKeyStoreFromJson(password, Checked(json, where));
            return PrivateKey.FromBytes(secret);
        }
        catch (DecryptionException)
        {
            throw new KeyException($"The password does not open the keystore {where}.");
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
                        or OverflowException
                        or InvalidKdfException
            )
        {
            throw new KeyException(
                $"{where} is not a keystore of version 3: {e.Message.TrimEnd('.')}. It may be truncated; restore it from your backup."
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Encrypts a key, with scrypt, as other programs do: the text of a keystore file.</summary>
    public static string Encrypt(PrivateKey key, string password, int scryptN = ScryptN)
    {
        var secret = key.ToBytes();
        try
        {
            return new KeyStoreScryptService().EncryptAndGenerateKeyStoreAsJson(
                password,
                secret,
                key.Address.ToString(),
                new ScryptParams
                {
                    Dklen = 32,
                    N = scryptN,
                    R = 8,
                    P = 1,
                }
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The text with its properties named as Nethereum expects them, once all of it is within the limits.</summary>
    private static string Checked(string json, string where)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.GetProperty("version").GetInt32() != Version)
            throw new KeyException($"The keystore {where} has version {root.GetProperty("version")}; version 3 is read here.");

        // Some programs write Crypto.
        var crypto = root.EnumerateObject().FirstOrDefault(property => property.Name.Equals("crypto", StringComparison.OrdinalIgnoreCase))
            is { Value.ValueKind: JsonValueKind.Object } found
            ? found.Value
            : throw new KeyNotFoundException("it has no crypto");
        if (crypto.GetProperty("cipher").GetString() is var cipher and not "aes-128-ctr")
            throw new KeyException($"The keystore {where} uses the cipher {cipher}; aes-128-ctr is read here.");
        RequireHex(crypto, "ciphertext", PrivateKey.Length);
        RequireHex(crypto, "mac", 32);
        RequireHex(crypto.GetProperty("cipherparams"), "iv", 16);
        RequireModestDerivation(crypto, where);
        return JsonSerializer.Serialize(
            new Dictionary<string, object>
            {
                ["crypto"] = crypto,
                ["id"] = root.TryGetProperty("id", out var id) ? id : "",
                ["version"] = Version,
            }
        );
    }

    private static void RequireModestDerivation(JsonElement crypto, string where)
    {
        var parameters = crypto.GetProperty("kdfparams");
        RequireHex(parameters, "salt", null);
        if (parameters.GetProperty("dklen").GetInt32() is var length and (< 32 or > 1024))
            throw new KeyException($"The keystore {where} asks for a derived key of {length} bytes; 32 to 1,024 make sense.");
        switch (crypto.GetProperty("kdf").GetString())
        {
            case "scrypt":
                var (n, r, p) = (
                    parameters.GetProperty("n").GetInt32(),
                    parameters.GetProperty("r").GetInt32(),
                    parameters.GetProperty("p").GetInt32()
                );
                if (n < 2 || (n & (n - 1)) != 0 || r < 1 || p is < 1 or > 64 || 128L * n * r > MaxScryptMemory)
                    throw new KeyException(
                        $"The keystore {where} asks for scrypt with n = {n}, r = {r}, p = {p}: n is a power of 2, and at most 1 GiB "
                            + $"is given to it."
                    );
                break;
            case "pbkdf2":
                if (
                    parameters.GetProperty("prf").GetString() != "hmac-sha256"
                    || parameters.GetProperty("c").GetInt32() is < 1 or > MaxIterations
                )
                    throw new KeyException(
                        $"The keystore {where} asks for a pbkdf2 that is not hmac-sha256 with 1 to {MaxIterations} rounds."
                    );
                break;
            case var other:
                throw new KeyException($"The keystore {where} uses the key derivation {other}; scrypt and pbkdf2 are read here.");
        }
    }

    private static void RequireHex(JsonElement element, string name, int? length)
    {
        var text = element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
        var bytes = Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text);
        if (length is { } wanted && bytes.Length != wanted)
            throw new FormatException($"{name} has {bytes.Length} bytes instead of {wanted}");
    }
}
