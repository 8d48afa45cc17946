using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Tao20.Chain.Abi;

namespace Tao20.Chain.Signing;

/// <summary>A key encrypted with a password (source: Web3 Secret Storage Definition, version 3).</summary>
public static class Keystore
{
    private const int Version = 3;
    private const int ScryptN = 1 << 18;
    private const int MaxScryptMemory = 1 << 30;
    private const int MaxIterations = 100_000_000;

    /// <summary>Decrypts a keystore file's text.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="password">Its password.</param>
    /// <param name="where">The file, for messages.</param>
    /// <exception cref="KeyException">It is malformed, of a kind not known, or the password is wrong.</exception>
    public static PrivateKey Decrypt(string json, string password, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version)
                throw new KeyException($"The keystore {where} has version {root.GetProperty("version")}; version 3 is read here.");
            var crypto = Property(root, "crypto");
            var cipher = crypto.GetProperty("cipher").GetString();
            if (cipher != "aes-128-ctr")
                throw new KeyException($"The keystore {where} uses the cipher {cipher}; aes-128-ctr is read here.");
            var text = Hex(crypto, "ciphertext");
            var derived = Derive(crypto, password, where);
            if (!CryptographicOperations.FixedTimeEquals(Mac(derived, text), Hex(crypto, "mac")))
                throw new KeyException($"The password does not open the keystore {where}.");
            var secret = Aes128Ctr(derived.AsSpan(0, 16), Hex(crypto.GetProperty("cipherparams"), "iv"), text);
            try
            {
                return PrivateKey.FromBytes(secret);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(secret);
                CryptographicOperations.ZeroMemory(derived);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new KeyException($"{where} is not a keystore of version 3: {e.Message.TrimEnd('.')}. It may be truncated; restore it from your backup.");
        }
    }

    /// <summary>Encrypts a key, with scrypt, as other programs do: the text of a keystore file.</summary>
    public static string Encrypt(PrivateKey key, string password, int scryptN = ScryptN)
    {
        var (salt, iv) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(16));
        var derived = Scrypt.Derive(Encoding.UTF8.GetBytes(password), salt, scryptN, 8, 1, 32);
        var secret = key.ToBytes();
        var text = Aes128Ctr(derived.AsSpan(0, 16), iv, secret);
        CryptographicOperations.ZeroMemory(secret);
        return new JsonObject
        {
            ["version"] = Version,
            ["id"] = Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
            ["address"] = key.Address.ToString()[2..],
            ["crypto"] = new JsonObject
            {
                ["cipher"] = "aes-128-ctr",
                ["cipherparams"] = new JsonObject { ["iv"] = Convert.ToHexStringLower(iv) },
                ["ciphertext"] = Convert.ToHexStringLower(text),
                ["kdf"] = "scrypt",
                ["kdfparams"] = new JsonObject { ["dklen"] = 32, ["n"] = scryptN, ["r"] = 8, ["p"] = 1, ["salt"] = Convert.ToHexStringLower(salt) },
                ["mac"] = Convert.ToHexStringLower(Mac(derived, text)),
            },
        }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    private static byte[] Derive(JsonElement crypto, string password, string where)
    {
        var parameters = crypto.GetProperty("kdfparams");
        var (salt, length) = (Hex(parameters, "salt"), parameters.GetProperty("dklen").GetInt32());
        if (length is < 32 or > 1024)
            throw new KeyException($"The keystore {where} asks for a derived key of {length} bytes; 32 to 1,024 make sense.");
        var secret = Encoding.UTF8.GetBytes(password);
        switch (crypto.GetProperty("kdf").GetString())
        {
            case "scrypt":
                var (n, r, p) = (parameters.GetProperty("n").GetInt32(), parameters.GetProperty("r").GetInt32(), parameters.GetProperty("p").GetInt32());
                if (n < 2 || (n & (n - 1)) != 0 || r < 1 || p < 1 || p > 64 || 128L * n * r > MaxScryptMemory)
                    throw new KeyException($"The keystore {where} asks for scrypt with n = {n}, r = {r}, p = {p}: n is a power of 2, and at most 1 GiB is given to it.");
                return Scrypt.Derive(secret, salt, n, r, p, length);
            case "pbkdf2":
                var iterations = parameters.GetProperty("c").GetInt32();
                if (parameters.GetProperty("prf").GetString() != "hmac-sha256" || iterations is < 1 or > MaxIterations)
                    throw new KeyException($"The keystore {where} asks for a pbkdf2 that is not hmac-sha256 with 1 to {MaxIterations} rounds.");
                return Rfc2898DeriveBytes.Pbkdf2(secret, salt, iterations, HashAlgorithmName.SHA256, length);
            case var other:
                throw new KeyException($"The keystore {where} uses the key derivation {other}; scrypt and pbkdf2 are read here.");
        }
    }

    private static byte[] Mac(byte[] derived, byte[] ciphertext) => Keccak.Hash([.. derived.AsSpan(16, 16), .. ciphertext]).ToBytes();

    private static byte[] Aes128Ctr(ReadOnlySpan<byte> key, byte[] iv, byte[] input)
    {
        var cipher = CipherUtilities.GetCipher("AES/CTR/NoPadding");
        cipher.Init(true, new ParametersWithIV(new KeyParameter(key.ToArray()), iv));
        return cipher.DoFinal(input);
    }

    /// <summary>Some programs write <c>Crypto</c>.</summary>
    private static JsonElement Property(JsonElement root, string name) =>
        root.EnumerateObject().FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Value.ValueKind: JsonValueKind.Object } found
            ? found.Value
            : throw new KeyNotFoundException($"it has no {name}");

    private static byte[] Hex(JsonElement element, string name)
    {
        var text = element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
        return Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text);
    }
}
