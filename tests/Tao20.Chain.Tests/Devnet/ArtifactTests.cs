using System.Text.Json;
using Tao20.Chain.Contracts;
using Tao20.Devnet;
using Tao20.Tests;

namespace Tao20.Chain.Tests.Devnet;

/// <summary>What is in the code of the contracts that run on the real chain.</summary>
[Trait("Category", "Fast")]
public sealed class ArtifactTests
{
    private const byte CallCode = 0xf2;
    private const byte DelegateCall = 0xf4;
    private const byte SelfDestruct = 0xff;
    private const byte Invalid = 0xfe;

    // The instructions of prague (execution-specs, prague/vm/instructions): no CLZ (0x1e), which came later, and none of EOF.
    private static readonly HashSet<byte> Prague =
    [
        .. Range(0x00, 0x0b),
        .. Range(0x10, 0x1d),
        0x20,
        .. Range(0x30, 0x4a),
        .. Range(0x50, 0x5f),
        .. Range(0x60, 0x9f),
        .. Range(0xa0, 0xa4),
        .. Range(0xf0, 0xf5),
        0xfa,
        0xfd,
        Invalid,
        SelfDestruct,
    ];

    [Theory]
    [InlineData("Index")]
    [InlineData("Manager")]
    [InlineData("Means")]
    [InlineData("Lens")]
    [InlineData("Router")]
    [InlineData("Pool")]
    [InlineData("ValidatorRegistry")]
    [InlineData("RankingProof")]
    public void Code_is_of_prague_and_calls_nobody_in_a_foreign_frame(string contract)
    {
        var code = Convert.FromHexString(ContractArtifact.Load(contract).DeployedBytecode.AsSpan(2));
        var instructions = Instructions(code).ToList();
        Assert.True(instructions.Count > 100);
        Assert.All(instructions, one => Assert.True(Prague.Contains(one.Op), $"0x{one.Op:x2} at {one.At}"));
        Assert.DoesNotContain(instructions, one => one.Op is CallCode or DelegateCall or SelfDestruct);

        // No address of a precompile below Subtensor's is called by a number in the code; 9 was BLAKE2F, which the chain does not have.
        var pushed = instructions.Where((one, i) => one.Op == 0x60 && i + 2 < instructions.Count && IsCall(instructions, i)).ToList();
        Assert.DoesNotContain(pushed, one => code[one.At + 1] is >= 5 and <= 0x11);
    }

    [Fact]
    public void What_contracts_are_verified_by_is_what_is_compiled()
    {
        // After a change of the contracts: run this test with TAO20_WRITE_SETTINGS=1, and build again.
        var file = RepositoryFiles.PathOf("src", "Tao20.Chain", "Contracts", "contract-codes.json");
        var codes = ((string[])["Index", "Lens", "Manager", "Means", "Pool", "Router", "ValidatorRegistry"])
            .Select(ContractArtifact.Load)
            .Select(artifact =>
                ContractCode.Of(
                    artifact.Name,
                    Convert.FromHexString(artifact.DeployedBytecode.AsSpan(2)),
                    artifact.Immutables,
                    artifact.Bytecode
                )
            )
            .ToDictionary(
                code => code.Name,
                code => new
                {
                    hash = code.Hash.ToString(),
                    length = code.Length,
                    immutables = code.Immutables.Select(place => (int[])[place.Start, place.Length]),
                    creation = code.Creation,
                }
            );
        var text = JsonSerializer.Serialize(codes, new JsonSerializerOptions { WriteIndented = true }) + "\n";
        if (Environment.GetEnvironmentVariable("TAO20_WRITE_SETTINGS") == "1")
            File.WriteAllText(file, text);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void The_reader_of_code_sees_what_it_is_to_refuse()
    {
        Assert.Contains(Instructions([0x60, DelegateCall, DelegateCall]), one => one is { Op: DelegateCall, At: 2 });
        Assert.DoesNotContain(Instructions([0x61, 0x1e, 0x1e, 0x00]), one => one.Op == 0x1e);
    }

    // A small number that is on the stack when, two instructions later, the gas is pushed and the call made.
    private static bool IsCall(List<(byte Op, int At)> instructions, int at) =>
        instructions[at + 1].Op == 0x5a && instructions[at + 2].Op is 0xf1 or 0xfa;

    /// <summary>The instructions; behind the last one of them are data, which nothing jumps to.</summary>
    private static IEnumerable<(byte Op, int At)> Instructions(byte[] code)
    {
        const byte JumpTarget = 0x5b;
        for (var at = 0; at < code.Length; at++)
        {
            var op = code[at];
            yield return (op, at);
            if (op is >= 0x60 and <= 0x7f)
                at += op - 0x5f;
            var ends = op is 0x00 or 0x56 or 0xf3 or 0xfd or Invalid or SelfDestruct;
            if (ends && at + 1 < code.Length && code[at + 1] != JumpTarget)
                yield break;
        }
    }

    private static IEnumerable<byte> Range(int first, int last) => Enumerable.Range(first, last - first + 1).Select(value => (byte)value);
}
