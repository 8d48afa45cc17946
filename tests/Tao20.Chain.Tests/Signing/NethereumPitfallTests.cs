using System.Diagnostics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Signing;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Signing;

/// <summary>What was found to go wrong in the libraries underneath, tried through our own doors.</summary>
[Trait("Category", "Fast")]
public sealed class NethereumPitfallTests
{
    private const string Secret = "4646464646464646464646464646464646464646464646464646464646464646";
    private static readonly RegistryIdentity Registry = new(945, Address.Parse("0x00000000000000000000000000000000000000aa"));

    [Theory]
    [InlineData("\"n\":1024", "\"n\":1073741824", "1 GiB")]
    [InlineData("\"version\":3", "\"version\":1", "version 1")]
    [InlineData("aes-128-ctr", "aes-256-cbc", "cipher")]
    [InlineData("\"kdf\":\"scrypt\"", "\"kdf\":\"argon2\"", "key derivation")]
    [InlineData("\"dklen\":32", "\"dklen\":2147483647", "derived key")]
    public void A_keystore_that_asks_for_too_much_or_for_something_else_is_refused_before_it_is_opened(
        string before,
        string after,
        string named
    )
    {
        var text = Keystore.Encrypt(PrivateKey.FromHex(Secret), "password", scryptN: 1024);
        Assert.Contains(before, text, StringComparison.Ordinal);
        var clock = Stopwatch.StartNew();
        var refused = Assert.Throws<KeyException>(() =>
            Keystore.Decrypt(text.Replace(before, after, StringComparison.Ordinal), "password", "k.json")
        );
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "it was opened first");
    }

    [Fact]
    public void A_keystore_with_an_unknown_pseudo_random_function_is_refused()
    {
        const string json = """
            {
              "crypto": {
                "cipher": "aes-128-ctr",
                "cipherparams": {
                  "iv": "6087dab2f9fdbbfaddc31a909735c1e6"
                },
                "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
                "kdf": "pbkdf2",
                "kdfparams": {
                  "c": 262144,
                  "dklen": 32,
                  "prf": "hmac-sha512",
                  "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"
                },
                "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
              },
              "version": 3
            }
            """;
        Assert.Contains(
            "hmac-sha256",
            Assert.Throws<KeyException>(() => Keystore.Decrypt(json, "testpassword", "k.json")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_list_that_claims_two_billion_items_is_refused_at_once()
    {
        // Attested: the stake, where the statement is, the salt, where the signature is; then the statement: eight words, and the
        // offsets of two lists, of which the first claims 2^31 - 1 items.
        var data = new byte[32 * 17];
        data[32 * 1 + 31] = 4 * 32;
        new byte[] { 0x02, 0x00 }.CopyTo(data, 32 * 3 + 30);
        new byte[] { 0x01, 0x40 }.CopyTo(data, 32 * 12 + 30);
        new byte[] { 0x01, 0x60 }.CopyTo(data, 32 * 13 + 30);
        new byte[] { 0x7f, 0xff, 0xff, 0xff }.CopyTo(data, 32 * 14 + 28);
        var clock = Stopwatch.StartNew();
        var topics = new[] { EventReader.Topic<RegistryAttestedEvent>(), Hash256.Zero, Hash256.Zero, Hash256.Zero };
        var refused = Assert.Throws<FormatException>(() => RegistryFacts.Decode(1, topics, data));
        Assert.Contains("does not fit", refused.Message, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), "it was read first");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void A_log_that_is_short_or_long_is_no_event(int length) =>
        Assert.Throws<FormatException>(() =>
            RegistryFacts.Decode(1, [EventReader.Topic<RegistryUnbondingEvent>(), Hash256.Zero], new byte[length])
        );

    [Fact]
    public void A_log_whose_bits_are_not_what_contracts_write_is_no_event()
    {
        // The fifth word of an account says whether it is dormant.
        var topics = new[] { EventReader.Topic<RegistryBondedEvent>(), Hash256.Zero };
        var data = new byte[7 * 32];
        data[6 * 32 - 1] = 2;
        Assert.Throws<FormatException>(() => RegistryFacts.Decode(1, topics, data));
        data[6 * 32 - 1] = 1;
        Assert.True(Assert.IsType<RegistryFact.Bonded>(RegistryFacts.Decode(1, topics, data)).Account.IsDormant);
        Assert.Throws<FormatException>(() => RegistryFacts.Decode(1, topics[..1], data));
    }

    [Fact]
    public void A_quote_that_is_cut_short_is_an_error_and_not_zeros() =>
        Assert.Throws<FormatException>(() =>
            RouterCalls.TryReadQuote(Keccak.Selector("Quote(uint256,uint256,uint256)") + new string('0', 100), out _)
        );

    [Fact]
    public void A_key_that_begins_with_zero_bytes_signs_as_any_other()
    {
        for (var zeros = 1; zeros <= 31; zeros++)
        {
            var key = PrivateKey.FromHex(new string('0', 2 * zeros) + Secret[(2 * zeros)..]);
            for (byte i = 0; i < 16; i++)
            {
                var digest = Keccak.Hash([i, (byte)zeros]);
                Assert.Equal(key.Address, key.Sign(digest).Signer(digest));
            }
        }
    }

    [Fact]
    public void Digests_made_at_once_are_each_their_own()
    {
        var attestations = Enumerable.Range(0, 200).Select(i => Attestation((ulong)i)).ToList();
        var alone = attestations.Select(one => Eip712.Digest(one, Registry.Registry, Registry)).ToList();
        var together = new Hash256[attestations.Count];
        Parallel.For(0, attestations.Count, i => together[i] = Eip712.Digest(attestations[i], Registry.Registry, Registry));
        Assert.Equal(alone, together);
        Assert.Equal(alone.Count, alone.Distinct().Count());
    }

    [Fact]
    public void A_high_s_is_nobodys_signature()
    {
        var digest = Keccak.Hash("a"u8);
        var signature = PrivateKey.FromHex(Secret).Sign(digest);
        var order = System.Numerics.BigInteger.Parse(
            "0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
            System.Globalization.NumberStyles.HexNumber,
            null
        );
        var high = signature with { S = order - signature.S, YParity = (byte)(1 - signature.YParity) };
        Assert.Equal(PrivateKey.FromHex(Secret).Address, high.Signer(digest));
        Assert.Null(Signature.TryParse(high.ToBytes()));
    }

    [Fact]
    public void A_key_that_is_none_is_not_repeated_in_the_error()
    {
        var bad = "zz" + Secret[2..];
        for (Exception? e = Assert.Throws<KeyException>(() => PrivateKey.FromHex(bad)); e is not null; e = e.InnerException)
            Assert.DoesNotContain("4646", e.Message, StringComparison.Ordinal);
    }

    private static Statement Attestation(ulong epoch) =>
        new(new EpochId(epoch), 1, Hash256.Zero, TaoPerToken.From(5), Wei.From(7), Hash256.Zero, Hash256.Zero, Hash256.Zero);
}
