using System.Security.Cryptography;
using System.Text;
using Nethereum.ABI.EIP712;
using Nethereum.KeyStore.Crypto;
using Tao20.Chain.Abi;
using Tao20.Chain.Signing;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Signing;

/// <summary>What the standards themselves give as examples.</summary>
[Trait("Category", "Fast")]
public sealed class SigningVectorTests
{
    [Fact]
    public void Eip_155_signs_its_example_as_published()
    {
        var hash = Hash256.Parse("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
        var signature = PrivateKey.FromHex(string.Concat(Enumerable.Repeat("46", 32))).Sign(hash);
        Assert.Equal(0, signature.YParity);
        Assert.Equal(
            "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
                + "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            Convert.ToHexStringLower(signature.ToBytes().AsSpan(0, 64))
        );
    }

    [Theory]
    [InlineData(
        "",
        "",
        16,
        1,
        1,
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
    )]
    [InlineData(
        "password",
        "NaCl",
        1024,
        8,
        16,
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    )]
    public void Rfc_7914_derives_as_published(string password, string salt, int n, int r, int p, string key) =>
        Assert.Equal(
            key,
            Convert.ToHexStringLower(
                new KeyStoreCrypto().GenerateDerivedScryptKey(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), n, r, p, 64)
            )
        );

    [Theory]
    [InlineData(
        "Satoshi Nakamoto",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8",
        "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"
    )]
    [InlineData(
        "All those moments will be lost in time, like tears in rain. Time to die...",
        "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b",
        "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21"
    )]
    public void Rfc_6979_gives_the_signatures_known_for_secp256k1(string text, string r, string s)
    {
        var signature = PrivateKey.FromHex(new string('0', 63) + "1").Sign(new Hash256(SHA256.HashData(Encoding.ASCII.GetBytes(text))));
        Assert.Equal(r + s, Convert.ToHexStringLower(signature.ToBytes().AsSpan(0, 64)));
    }

    [Fact]
    public void Eip_712_hashes_and_signs_its_mail_as_published()
    {
        const string Mail = """
            {
              "types": {
                "EIP712Domain": [
                  {"name": "name", "type": "string"},
                  {"name": "version", "type": "string"},
                  {"name": "chainId", "type": "uint256"},
                  {"name": "verifyingContract", "type": "address"}
                ],
                "Person": [
                  {"name": "name", "type": "string"},
                  {"name": "wallet", "type": "address"}
                ],
                "Mail": [
                  {"name": "from", "type": "Person"},
                  {"name": "to", "type": "Person"},
                  {"name": "contents", "type": "string"}
                ]
              },
              "primaryType": "Mail",
              "domain": {"name": "Ether Mail", "version": "1", "chainId": 1,
                "verifyingContract": "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
              "message": {
                "from": {"name": "Cow", "wallet": "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
                "to": {"name": "Bob", "wallet": "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},
                "contents": "Hello, Bob!"
              }
            }
            """;
        var digest = new Hash256(new Eip712TypedDataEncoder().EncodeAndHashTypedData(Mail));
        Assert.Equal("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2", digest.ToString());
        var signature = PrivateKey.FromBytes(Keccak.Hash("cow"u8).ToBytes()).Sign(digest);
        Assert.Equal(
            "4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d"
                + "07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c",
            Convert.ToHexStringLower(signature.ToBytes())
        );
    }

    [Theory]
    [InlineData(
        """
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
                  "prf": "hmac-sha256",
                  "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"
                },
                "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
              },
              "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
              "version": 3
            }
            """
    )]
    [InlineData(
        """
            {
              "crypto": {
                "cipher": "aes-128-ctr",
                "cipherparams": {
                  "iv": "83dbcc02d8ccb40e466191a123791e0e"
                },
                "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
                "kdf": "scrypt",
                "kdfparams": {
                  "dklen": 32,
                  "n": 262144,
                  "p": 8,
                  "r": 1,
                  "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"
                },
                "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"
              },
              "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
              "version": 3
            }
            """
    )]
    public void The_keystores_published_with_the_format_open_with_their_password(string json)
    {
        var key = Keystore.Decrypt(json, "testpassword", "test.json");
        Assert.Equal("0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b", key.Address.ToString());
        Assert.Equal("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d", Convert.ToHexStringLower(key.ToBytes()));
        Assert.Equal(
            "The password does not open the keystore test.json.",
            Assert.Throws<KeyException>(() => Keystore.Decrypt(json, "wrong", "test.json")).Message
        );
    }
}
