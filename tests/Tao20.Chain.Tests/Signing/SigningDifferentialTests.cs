using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Chain.Tests.Abi;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Signing;

/// <summary>Our signatures against viem's, byte for byte, on random input. The seed is printed.</summary>
public sealed class SigningDifferentialTests
{
    private const int Cases = 1000;
    private readonly Random _random;

    public SigningDifferentialTests(ITestOutputHelper output)
    {
        _random = new Random(TestSeed.Of(output));
    }

    [Fact]
    public async Task A_thousand_random_keys_have_the_addresses_and_sign_digests_as_in_viem()
    {
        var cases = Enumerable.Range(0, Cases).Select(_ => (Key: Bytes(32), Digest: new Hash256(Bytes(32)))).ToList();
        var answers = await Reference.AskAsync([
            .. cases.SelectMany(one =>
                new[]
                {
                    new JsonObject { ["kind"] = "address", ["key"] = Hex(one.Key) },
                    new JsonObject
                    {
                        ["kind"] = "sign",
                        ["key"] = Hex(one.Key),
                        ["hash"] = one.Digest.ToString(),
                    },
                }
            ),
        ]);
        for (var i = 0; i < Cases; i++)
        {
            var key = PrivateKey.FromBytes(cases[i].Key);
            var signature = key.Sign(cases[i].Digest);
            Assert.Equal(answers[2 * i]!.GetValue<string>(), key.Address.ToString());
            Assert.Equal(answers[2 * i + 1]!.GetValue<string>(), Hex(signature.ToBytes()));
            Assert.Equal(key.Address, signature.Signer(cases[i].Digest));
        }
    }

    [Fact]
    public async Task A_thousand_random_transactions_are_signed_as_in_viem()
    {
        var cases = Enumerable
            .Range(0, Cases)
            .Select(i =>
                (
                    Key: Bytes(32),
                    Transaction: new Eip1559Transaction(
                        (ulong)_random.Next(1, 100_000),
                        (ulong)_random.Next(i % 5 == 0 ? 1 : 1_000_000),
                        new BigInteger(_random.NextInt64(1_000_000_000)),
                        new BigInteger(_random.NextInt64(1_000_000_000, 1_000_000_000_000)),
                        (ulong)_random.Next(21_000, 30_000_000),
                        i % 7 == 0 ? null : new Address(Bytes(20)),
                        i % 3 == 0 ? BigInteger.Zero : new BigInteger(Bytes(_random.Next(1, 13)), isUnsigned: true),
                        Bytes(_random.Next(0, i % 10 == 0 ? 5_000 : 80))
                    )
                )
            )
            .ToList();
        var answers = await Reference.AskAsync([
            .. cases.Select(one => new JsonObject
            {
                ["kind"] = "transaction",
                ["key"] = Hex(one.Key),
                ["transaction"] = new JsonObject
                {
                    ["chainId"] = one.Transaction.ChainId,
                    ["nonce"] = one.Transaction.Nonce,
                    ["maxPriorityFeePerGas"] = one.Transaction.MaxPriorityFeePerGas.ToString(),
                    ["maxFeePerGas"] = one.Transaction.MaxFeePerGas.ToString(),
                    ["gas"] = one.Transaction.GasLimit.ToString(CultureInfo.InvariantCulture),
                    ["to"] = one.Transaction.To?.ToString(),
                    ["value"] = one.Transaction.Value.ToString(),
                    ["data"] = Hex(one.Transaction.Data.ToArray()),
                },
            }),
        ]);
        Assert.Equal(
            answers.Select(answer => answer!.GetValue<string>()),
            cases.Select(one => Hex(one.Transaction.Sign(PrivateKey.FromBytes(one.Key)).Raw.ToArray()))
        );
    }

    [Fact]
    public async Task A_thousand_random_attestations_are_signed_as_in_viem()
    {
        var cases = Enumerable
            .Range(0, Cases)
            .Select(_ =>
            {
                var key = PrivateKey.FromBytes(Bytes(32));
                return (
                    Key: key,
                    Registry: new RegistryIdentity((ulong)_random.Next(1, 100_000), new Address(Bytes(20))),
                    Said: new Statement(
                        new EpochId((ulong)_random.NextInt64()),
                        (ulong)_random.NextInt64(),
                        new Hash256(Bytes(32)),
                        TaoPerToken.From(new UInt128((ulong)_random.Next(), (ulong)_random.NextInt64())),
                        Wei.From(new UInt128((ulong)_random.Next(), (ulong)_random.NextInt64())),
                        new Hash256(Bytes(32)),
                        new Hash256(Bytes(32)),
                        new Hash256(Bytes(32))
                    )
                );
            })
            .ToList();
        var answers = await Reference.AskAsync([
            .. cases.Select(one => new JsonObject
            {
                ["kind"] = "attestation",
                ["key"] = Hex(one.Key.ToBytes()),
                ["chainId"] = one.Registry.ChainId,
                ["registry"] = one.Registry.Registry.ToString(),
                ["message"] = new JsonObject
                {
                    ["epoch"] = one.Said.Epoch.ToString(),
                    ["blockNumber"] = one.Said.BlockNumber.ToString(CultureInfo.InvariantCulture),
                    ["blockHash"] = one.Said.BlockHash.ToString(),
                    ["nav"] = one.Said.Nav.ToString(),
                    ["totalSupply"] = one.Said.TotalSupply.ToString(),
                    ["rankingRoot"] = one.Said.RankingRoot.ToString(),
                    ["weightsHash"] = one.Said.WeightsHash.ToString(),
                    ["parameters"] = one.Said.Parameters.ToString(),
                    ["validator"] = one.Key.Address.ToString(),
                },
            }),
        ]);
        Assert.Equal(
            answers.Select(answer => answer!.GetValue<string>()),
            cases.Select(one => Hex(one.Key.Sign(Eip712.Digest(one.Said, one.Key.Address, one.Registry)).ToBytes()))
        );
    }

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private static string Hex(byte[] bytes) => "0x" + Convert.ToHexStringLower(bytes);
}
