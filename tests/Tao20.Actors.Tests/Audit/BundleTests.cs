using Tao20.Chain.Signing;
using Tao20.Domain.Audit;
using Tao20.Domain.Units;
using Tao20.Node;
using Tao20.Node.Audit;
using Tao20.Node.Audit.Bundles;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Actors.Tests.Audit;

/// <summary>
/// Bundles of an epoch, from the journal of a real validator: verified offline, and whatever somebody changes in one is found, also by
/// somebody who signs anew.
/// </summary>
public sealed class BundleTests(ITestOutputHelper output) : InDirectory, IAsyncLifetime
{
    private static readonly PrivateKey Signer = PrivateKey.FromHex(new string('1', 64));
    private static readonly PrivateKey Other = PrivateKey.FromHex(new string('2', 64));
    private IReadOnlyList<string> _lines = [];

    public async Task InitializeAsync()
    {
        AuditedJournal.Golden("validator-2026-11-29", In("journal"));
        await ExportAsync("bundle.jsonl");
        _lines = await File.ReadAllLinesAsync(In("bundle.jsonl"));
    }

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_bundle_is_verified_by_whoever_trusts_its_signer_alone()
    {
        var verified = await VerifyAsync("bundle.jsonl", Signer.Address);
        Assert.Equal([], verified.Differences.SelectMany(one => one.Lines()));
        Assert.Equal((Signer.Address.ToString(), 365L), (verified.Signer, verified.Trades));
        Assert.Equal(5, verified.Recomputed!.Result.Ranked.Count);

        // It acts for no validator of this chain.
        var doubted = Assert.Single((await VerifyAsync("bundle.jsonl", null)).Differences);
        Assert.Equal(nameof(DifferenceKind.SignerUnknown), doubted.Kind);

        // Compressed it says the same; unsigned, it is nobody's word.
        await ExportAsync("bundle.jsonl.gz");
        Assert.Empty((await VerifyAsync("bundle.jsonl.gz", Signer.Address)).Differences);
        Assert.Equal(_lines, Unpacked(In("bundle.jsonl.gz")));
        await ExportAsync("unsigned.jsonl", signer: null);
        Assert.Equal("it is not signed", Assert.Single((await VerifyAsync("unsigned.jsonl", null)).Differences).Text);
    }

    /// <summary>A bundle of version 1 of the format: whoever has one can verify it with every later version.</summary>
    [Fact]
    public async Task A_bundle_that_was_given_away_is_still_verified_and_written_alike()
    {
        var golden = RepositoryFiles.PathOf("tests/Tao20.Actors.Tests/Audit/Golden/epoch-2026-11-29.jsonl.gz");
        File.Copy(golden, In("golden.jsonl.gz"));
        var verified = await VerifyAsync("golden.jsonl.gz", Signer.Address);
        Assert.Equal([], verified.Differences.SelectMany(one => one.Lines()));
        Assert.Equal(_lines, Unpacked(golden));
    }

    [Fact]
    public async Task Each_way_to_change_a_bundle_is_found()
    {
        var wrong = new List<string>();
        var ways = BundleTampering.All().ToList();
        foreach (var (way, i) in ways.Select((way, i) => (way, i)))
        {
            var changed = way.Do([.. _lines]);
            if (way.IsSignedAnew)
                changed = BundleTampering.SignedAnew(changed, Signer);
            await File.WriteAllTextAsync(In($"{i}.jsonl"), string.Concat(changed.Select(line => line + "\n")));
            var differences = (await VerifyAsync($"{i}.jsonl", Signer.Address)).Differences;
            output.WriteLine(
                $"{way.Name}: {string.Join(" ", differences.Take(1).SelectMany(one => one.Lines()).Select(line => line.Trim()))}"
            );
            if (differences.Count == 0 || differences[0].Kind != way.Kind.ToString())
                wrong.Add($"{way.Name}: {way.Kind} is expected, {differences.FirstOrDefault()?.Kind ?? "nothing"} is found");
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
        Assert.True(ways.Count >= 40, $"only {ways.Count} ways");
    }

    [Fact]
    public async Task A_bundle_that_breaks_off_anywhere_is_never_verified()
    {
        var text = await File.ReadAllBytesAsync(In("bundle.jsonl"));
        var random = new Random(TestSeed.Of(output));
        var firstLine = Array.IndexOf(text, (byte)'\n') + 1;
        foreach (var length in Enumerable.Range(0, 40).Select(_ => random.Next(firstLine, text.Length - 1)).Append(text.Length - 2))
        {
            await File.WriteAllBytesAsync(In("part.jsonl"), text[..length]);
            Assert.NotEmpty((await VerifyAsync("part.jsonl", Signer.Address)).Differences);
        }
    }

    [Fact]
    public async Task What_is_no_bundle_is_refused_in_one_line()
    {
        await RefusedAsync("", ExitCodes.Usage, "is no bundle");
        await RefusedAsync("{}", ExitCodes.Usage, "is no bundle");
        await RefusedAsync("# TAO20\n", ExitCodes.Usage, "is no bundle");
        await RefusedAsync(_lines[2] + "\n", ExitCodes.Usage, "is no bundle");
        await RefusedAsync(_lines[0].Replace("\"version\":1", "\"version\":2") + "\n", ExitCodes.NewerJournal, "of version 2");
        await RefusedAsync(_lines[0].Replace("tao20-epoch", "tao21-epoch") + "\n", ExitCodes.Usage, "is no bundle");

        // However much of it is no bundle, what is told is bounded.
        await File.WriteAllTextAsync(In("noise.jsonl"), _lines[0] + "\n" + string.Concat(Enumerable.Repeat("noise\n", 5_000)));
        Assert.InRange((await VerifyAsync("noise.jsonl", null)).Differences.Count, 1, 100);

        var there = await Assert.ThrowsAsync<NodeException>(() => ExportAsync("bundle.jsonl"));
        Assert.Contains("it is there already", there.Message, StringComparison.Ordinal);
        Assert.Equal(_lines, await File.ReadAllLinesAsync(In("bundle.jsonl")));
        var later = await Assert.ThrowsAsync<NodeException>(() => ExportAsync("later.jsonl", epoch: 99));
        Assert.Contains("has not been closed", later.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path), file => file.Contains("later", StringComparison.Ordinal));

        async Task RefusedAsync(string text, int code, string words)
        {
            await File.WriteAllTextAsync(In("none.jsonl"), text);
            var refused = await Assert.ThrowsAsync<NodeException>(() => VerifyAsync("none.jsonl", null));
            Assert.Equal(code, refused.ExitCode);
            Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_signature_is_that_of_a_wallet()
    {
        // source: the example of Ethereum's documentation of eth_sign and personal_sign, "Hello World" with this key.
        var digest = PersonalMessage.Digest("Hello World");
        Assert.Equal("0xa1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2", digest.ToString());
        Assert.Equal(Other.Address, Other.Sign(digest).Signer(digest));
    }

    private static IEnumerable<string> Unpacked(string file)
    {
        using var lines = new StreamReader(BundleFile.Open(new FileInfo(file)));
        return lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private Task ExportAsync(string name, ulong epoch = 1) => ExportAsync(name, Signer, epoch);

    private async Task ExportAsync(string name, PrivateKey? signer, ulong epoch = 1)
    {
        await using var history = new KeptHistory(
            await OpenedJournal.OpenAsync(OpenedJournal.Named(In("journal"), null), CancellationToken.None)
        );
        await ExportedBundle.WriteAsync(history, new EpochId(epoch), null, 20, signer, new FileInfo(In(name)), CancellationToken.None);
    }

    private Task<BundleDocument> VerifyAsync(string name, Address? wanted) =>
        BundleVerification.VerifyAsync(new FileInfo(In(name)), wanted, CancellationToken.None);
}
