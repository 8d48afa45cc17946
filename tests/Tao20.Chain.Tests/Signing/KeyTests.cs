using Tao20.Chain.Abi;
using Tao20.Chain.Signing;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Signing;

/// <summary>Keys are read from where they may be, and never shown.</summary>
[Trait("Category", "Fast")]
public sealed class KeyTests : IDisposable
{
    private const string Variable = "TAO20_TEST_PRIVATE_KEY";
    private const string Secret = "4646464646464646464646464646464646464646464646464646464646464646";
    private readonly string _directory = Directory.CreateTempSubdirectory("tao20-keys-").FullName;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_key_comes_from_a_variable_a_file_or_a_keystore()
    {
        var expected = Address.Parse("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
        Environment.SetEnvironmentVariable(Variable, "0x" + Secret);
        Assert.Equal(expected, new KeySource(Variable, null, null, null).Load().Address);
        Environment.SetEnvironmentVariable(Variable, null);
        Assert.Equal(expected, new KeySource(Variable, File("key", Secret + "\n"), null, null).Load().Address);
        var keystore = File("keystore.json", Keystore.Encrypt(PrivateKey.FromHex(Secret), "geheim", scryptN: 1024));
        Assert.Equal(expected, new KeySource(Variable, null, keystore, File("password", "geheim\r\n")).Load().Address);
    }

    [Fact]
    public void What_is_missing_doubled_or_wrong_is_named_without_the_secret()
    {
        Assert.Contains(Variable, Error(null, null, null), StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(Variable, Secret);
        Assert.Contains("more than one", Error(File("key", Secret), null, null), StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(Variable, Secret + "00");
        Assert.DoesNotContain(Secret[..8], Error(null, null, null), StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(Variable, null);
        Assert.Contains("cannot be read", Error(Path.Combine(_directory, "nowhere"), null, null), StringComparison.Ordinal);
        var keystore = File("keystore.json", Keystore.Encrypt(PrivateKey.FromHex(Secret), "geheim", scryptN: 1024));
        Assert.Contains("password file", Error(null, keystore, null), StringComparison.Ordinal);
        Assert.Contains("does not open", Error(null, keystore, File("password", "falsch")), StringComparison.Ordinal);
        var text = System.IO.File.ReadAllText(keystore);
        foreach (var cut in new[] { 0, 10, text.Length / 2, text.Length - 10 })
            Assert.Contains("truncated", Error(null, File("cut.json", text[..cut]), File("password", "geheim")), StringComparison.Ordinal);
        Assert.Contains(
            "1 GiB",
            Error(
                null,
                File("huge.json", text.Replace("\"n\":1024", "\"n\":1073741824", StringComparison.Ordinal)),
                File("password", "geheim")
            ),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("zz46464646464646464646464646464646464646464646464646464646464646")]
    [InlineData("46")]
    public void What_is_no_key_is_refused(string text) => Assert.Throws<KeyException>(() => PrivateKey.FromHex(text));

    [Fact]
    public void A_key_shows_its_account_only()
    {
        var key = PrivateKey.FromHex(Secret);
        Assert.DoesNotContain("4646", $"{key} {System.Text.Json.JsonSerializer.Serialize(key)}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_of_another_digest_or_a_bent_one_is_anothers_or_nobodys()
    {
        var key = PrivateKey.Random();
        var (digest, other) = (Keccak.Hash("a"u8), Keccak.Hash("b"u8));
        var signature = key.Sign(digest);
        Assert.Equal(key.Address, signature.Signer(digest));
        Assert.NotEqual(key.Address, signature.Signer(other));
        Assert.NotEqual(key.Address, (signature with { YParity = (byte)(1 - signature.YParity) }).Signer(digest));
        var bytes = signature.ToBytes();
        Assert.Equal(signature, Signature.TryParse(bytes));
        Assert.Null(Signature.TryParse(bytes.AsSpan(1)));
        Assert.Null(Signature.TryParse([.. bytes[..64], 5]));
        Assert.Null(Signature.TryParse([.. new byte[32], .. bytes[32..]]));
        Assert.Null(Signature.TryParse([.. bytes[..32], .. Enumerable.Repeat((byte)0xff, 32), 27]));
    }

    private string Error(string? file, string? keystore, string? password) =>
        Assert.Throws<KeyException>(() => new KeySource(Variable, file, keystore, password).Load()).Message;

    private string File(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
