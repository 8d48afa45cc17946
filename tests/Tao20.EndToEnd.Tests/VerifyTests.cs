using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Tao20.Devnet;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 consensus verify</c> on the chain of a devnet that stays: what it finds, and what it is told wrongly.</summary>
public sealed class VerifyTests : InDirectory
{
    [Fact]
    public async Task A_round_recomputed_from_the_chain_alone_tells_the_liar_from_the_honest()
    {
        await using var devnet = Tao20Process.Start([
            "devnet",
            "--validators",
            "4",
            "--miners",
            "3",
            "--block-time",
            "100ms",
            "--epoch",
            "5s",
            "--duration",
            "6s",
            "--byzantine",
            "2:nav=+3%",
            "--data-dir",
            Directory,
            "--http-port",
            "0",
            "--keep",
        ]);
        var chain = await devnet.UntilLineAsync("Chain http", TimeSpan.FromSeconds(120));
        var rpc = chain.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal));
        var status = await devnet.StatusAsync();
        var registry = status["consensus"]!["registry"]!.GetValue<string>();
        string[] where = ["consensus", "verify", "--rpc", rpc, "--registry", registry];

        var (code, output, _) = await Tao20Process.RunAsync([.. where, "--epoch", "0", "--json"]);
        Assert.Equal(0, code);
        var audit = JsonNode.Parse(output)!;
        var liar = status["consensus"]!["rounds"]![0]!["violations"]![0]!["validator"]!.GetValue<string>();
        Assert.Equal(("Settled", true), (audit["state"]!.GetValue<string>(), audit["referenceIsRight"]!.GetValue<bool>()));
        Assert.Equal(status["consensus"]!["rounds"]![0]!["referenceNav"]!.GetValue<string>(), audit["nav"]!.GetValue<string>());
        Assert.Equal(4, audit["attestations"]!.AsArray().Count);
        foreach (var attestation in audit["attestations"]!.AsArray())
            Assert.Equal(attestation!["validator"]!.GetValue<string>() != liar, attestation["right"]!.GetValue<bool>());
        var findings = audit["attestations"]!.AsArray().Single(attestation => !attestation!["right"]!.GetValue<bool>())!["findings"]!;
        Assert.StartsWith("NAV ", findings[0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("that is Severe", findings[1]!.GetValue<string>());
        Assert.Contains(liar, Assert.Single(audit["violations"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);

        // Its proof of a miner's place, which a contract checks.
        var ranked = status["settled"]!["recent"]![0]!["ranked"]![0]!;
        var (_, proved, _) = await Tao20Process.RunAsync([
            .. where,
            "--epoch",
            "0",
            "--json",
            "--miner",
            ranked["miner"]!.GetValue<string>(),
        ]);
        var proof = JsonNode.Parse(proved)!["proof"]!;
        Assert.Equal((1, audit["rankingRoot"]!.GetValue<string>()), (proof["rank"]!.GetValue<int>(), proof["root"]!.GetValue<string>()));
        Assert.Equal(ranked["payoutRao"]!.GetValue<string>(), proof["payout"]!.GetValue<string>());
        await RefusedAsync(1, "is not ranked in epoch 0", [.. where, "--epoch", "0", "--miner", registry]);

        await AuditsAsync(rpc, status);
        await HistoriesAsync(rpc, status, registry, proved);
        await EpochsAsync(rpc, status, registry);

        // For people, the same in words.
        var (_, words, _) = await Tao20Process.RunAsync([.. where, "--epoch", "0"]);
        Assert.Contains("what was settled is what was recomputed", words, StringComparison.Ordinal);
        Assert.Contains($"deviation: {liar} Severe, punished", words, StringComparison.Ordinal);

        await RefusedAsync(1, "has not been closed", [.. where, "--epoch", "999"]);
        await RefusedAsync(
            4,
            "is no ValidatorRegistry",
            ["consensus", "verify", "--rpc", rpc, "--registry", "0x00000000000000000000000000000000000000ff", "--epoch", "0"]
        );
        await RefusedAsync(2, "is not an address", ["consensus", "verify", "--rpc", rpc, "--registry", "0x12", "--epoch", "0"]);
        await RefusedAsync(2, "is not a URL", ["consensus", "verify", "--rpc", "nowhere", "--registry", registry, "--epoch", "0"]);
        await RefusedAsync(
            3,
            "#1 127.0.0.1:1 ",
            ["consensus", "verify", "--rpc", "http://127.0.0.1:1", "--registry", registry, "--epoch", "0"]
        );
    }

    /// <summary>Journals of the node and of another validator hold what the chain says, while their nodes run.</summary>
    private async Task AuditsAsync(string rpc, JsonNode status)
    {
        string[] replay = ["audit", "replay", "--data-dir", Directory];
        var cursor = status["cursor"]!;
        var noted = $"{cursor["block"]!.GetValue<ulong>()}:{cursor["tradesHash"]!.GetValue<string>()}";
        var (code, output, process) = await Tao20Process.RunAsync([.. replay, "--rpc", rpc, "--json", "--expect", noted]);
        Assert.True(code == 0, output + process.Errors);
        var audit = JsonNode.Parse(output)!;
        Assert.Equal(0, audit["differenceCount"]!.GetValue<long>());
        Assert.Equal(audit["trades"]!.GetValue<long>(), audit["chain"]!["trades"]!.GetValue<long>());
        Assert.Empty(audit["chain"]!["notVerified"]!.AsArray());
        Assert.Equal(audit["miners"]!.GetValue<int>(), audit["chain"]!["contractCounts"]!.GetValue<int>());
        var settled = status["settled"]!["recent"]![0]!;
        Assert.Equal(settled["rankingRoot"]!.GetValue<string>(), audit["epochs"]![0]!["rankingRoot"]!.GetValue<string>());

        // The hash of an epoch covers all before: what one node has noted holds for another's journal.
        var other = System.IO.Path.Combine(Directory, "validator-3");
        var hash = audit["epochs"]![0]!["hash"]!.GetValue<string>();
        var report = System.IO.Path.Combine(Directory, "report.html");
        var (same, text, _) = await Tao20Process.RunAsync([
            "audit",
            "replay",
            "--journal",
            $"sqlite:{other}",
            "--rpc",
            rpc,
            "--expect",
            hash,
            "--html",
            report,
        ]);
        Assert.True(same == 0, text);
        Assert.Contains(hash, await File.ReadAllTextAsync(report), StringComparison.Ordinal);
        Assert.Contains("no differences", text, StringComparison.Ordinal);

        // A journal whose writer has lied to it, each entry right by itself: only the chain knows.
        var copy = Directory + "-copy";
        System.IO.Directory.CreateDirectory(copy);
        JournalFile.Execute(Directory, $"VACUUM INTO '{System.IO.Path.Combine(copy, "journal.db")}'");
        JournalFile.Execute(copy, "DELETE FROM journal WHERE persistence_id = 'chain-cursor' AND sequence_number > 40");
        JournalFile.Execute(copy, "DELETE FROM journal WHERE persistence_id LIKE 'miner-%' AND sequence_number > 1");
        var (differs, found, _) = await Tao20Process.RunAsync([
            "audit",
            "replay",
            "--data-dir",
            copy,
            "--rpc",
            rpc,
            "--expect",
            $"0x{0:x64}",
            "--expect",
            $"{cursor["block"]!.GetValue<ulong>()}:{audit["epochs"]![0]!["hash"]!.GetValue<string>()}",
            "--json",
        ]);
        Assert.Equal(11, differs);
        var kinds = JsonNode.Parse(found)!["differences"]!.AsArray().Select(one => one!["kind"]!.GetValue<string>()).ToList();
        Assert.Contains("MinerHeadDiffers", kinds);
        Assert.Equal(2, kinds.Count(kind => kind == "HashUnknown"));

        await RefusedAsync(5, "There is no journal", ["audit", "replay", "--data-dir", copy + "-nowhere"]);
        await RefusedAsync(2, "Give either --data-dir", ["audit", "replay"]);
        await RefusedAsync(2, "Give either --data-dir", [.. replay, "--journal", $"sqlite:{other}"]);
        await RefusedAsync(2, "--journal names no journal", ["audit", "replay", "--journal", "mysql:db"]);
        await RefusedAsync(2, "is not a hash", [.. replay, "--expect", "0x12"]);
        await RefusedAsync(2, "is not a block", [.. replay, "--expect", $"x:{hash}"]);
        await RefusedAsync(2, "is above --to-epoch", [.. replay, "--from-epoch", "3", "--to-epoch", "2"]);
        await RefusedAsync(3, "#1 127.0.0.1:1 ", [.. replay, "--rpc", "http://127.0.0.1:1"]);
        await RefusedAsync(4, "and the journal", [.. replay, "--rpc", rpc, "--contract", "0x00000000000000000000000000000000000000ff"]);
        JournalFile.Execute(copy, "UPDATE tao20_version SET format = 99");
        await RefusedAsync(10, "in format 99", ["audit", "replay", "--data-dir", copy]);
        System.IO.Directory.Delete(copy, recursive: true);
    }

    /// <summary>What a journal and the chain alone come to is the same: at a block, for a miner, by other parameters.</summary>
    private async Task HistoriesAsync(string rpc, JsonNode status, string registry, string proved)
    {
        var contract = status["identity"]!["contract"]!.GetValue<string>();
        var first = status["settled"]!["recent"]![0]!;
        var best = first["ranked"]![0]!;
        var miner = best["miner"]!.GetValue<string>();
        string[] kept = ["--data-dir", Directory, "--json"];
        string[] fresh = ["--rpc", rpc, "--contract", contract, "--registry", registry, "--json"];

        var explained = JsonNode.Parse(await SameAsync("explain", "--miner", miner, "--epoch", "0"))!;
        Assert.Equal(best["payoutRao"]!.GetValue<string>(), explained["payout"]!.GetValue<string>());
        Assert.Equal(first["rankingRoot"]!.GetValue<string>(), explained["rankingRoot"]!.GetValue<string>());
        var trades = explained["trades"]!.AsArray();
        Assert.Equal(Number(explained, "mintEligible"), Sum(trades, "mint"));
        Assert.Equal(Number(explained, "redeemEligible"), Sum(trades, "redeem"));

        var same = JsonNode.Parse(await SameAsync("what-if", "--set", "scoring.score.mintpercent=110", "--to-epoch", "0"))!;
        Assert.All(same["miners"]!.AsArray(), one => Assert.Equal("0", one!["change"]!.GetValue<string>()));
        var other = JsonNode.Parse(await SameAsync("what-if", "--set", "scoring.rewards.validatorpercent=0", "--to-epoch", "0"))!;
        Assert.Equal(Number(first, "validatorPoolRao"), Sum(other["miners"]!.AsArray(), "change"));

        var block = status["cursor"]!["block"]!.GetValue<ulong>();
        var at = JsonNode.Parse(await SameAsync("at", "--block", $"{block - 3}"))!;
        Assert.True(at["trades"]!.GetValue<long>() > 0);
        Assert.Equal(4, at["consensus"]!["validators"]!.AsArray().Count);

        var file = Directory + "-proof.json";
        await File.WriteAllTextAsync(file, proved);
        var root = first["rankingRoot"]!.GetValue<string>();
        var (code, words, _) = await Tao20Process.RunAsync(["audit", "verify-proof", "--file", file, "--root", root]);
        Assert.True(code == 0 && words.StartsWith($"proved: {miner} has place 1", StringComparison.Ordinal), words);
        await File.WriteAllTextAsync(file, proved.Replace("\"rank\":1,", "\"rank\":2,", StringComparison.Ordinal));
        var (wrong, not, _) = await Tao20Process.RunAsync(["audit", "verify-proof", "--file", file]);
        Assert.True(wrong == 11 && not.StartsWith("not proved", StringComparison.Ordinal), not);
        await File.WriteAllTextAsync(file, "{}");
        await RefusedAsync(2, "cannot be read", ["audit", "verify-proof", "--file", file]);
        File.Delete(file);

        await RefusedAsync(1, "has not ended", ["audit", "explain", "--miner", miner, "--epoch", "999", .. kept]);
        await RefusedAsync(1, "has not come yet", ["audit", "at", "--block", "99999999", .. kept]);
        await RefusedAsync(1, "has not come yet", ["audit", "at", "--block", "99999999", .. fresh]);
        await RefusedAsync(2, "is no parameter", ["audit", "what-if", "--set", "scoring.luck=1", .. kept]);
        await RefusedAsync(2, "and not both", ["audit", "at", "--block", "1", .. kept, .. fresh[..2]]);
        await RefusedAsync(2, "--contract is missing", ["audit", "at", "--block", "1", "--rpc", rpc]);

        static BigInteger Number(JsonNode? node, string field) =>
            BigInteger.Parse(node![field]!.GetValue<string>(), CultureInfo.InvariantCulture);

        static BigInteger Sum(JsonArray nodes, string field) => nodes.Aggregate(BigInteger.Zero, (sum, node) => sum + Number(node, field));

        async Task<string> SameAsync(params string[] question)
        {
            var (code, fromJournal, asked) = await Tao20Process.RunAsync(["audit", .. question, .. kept]);
            Assert.True(code == 0, asked.Errors);
            var (alone, fromChain, askedChain) = await Tao20Process.RunAsync(["audit", .. question, .. fresh]);
            Assert.True(alone == 0, askedChain.Errors);
            Assert.Equal(fromChain, fromJournal);
            return fromJournal;
        }
    }

    /// <summary>An epoch for third parties: from the chain alone, with and without its old state, and from one file.</summary>
    private async Task EpochsAsync(string rpc, JsonNode status, string registry)
    {
        string[] alone = ["--registry", registry, "--epoch", "0"];
        var first = status["settled"]!["recent"]![0]!;
        var contract = status["identity"]!["contract"]!.GetValue<string>();
        var whole = JsonNode.Parse(await RunAsync(0, ["audit", "chain", "--rpc", rpc, "--contract", contract, .. alone, "--json"]))!;
        Assert.True(JsonNode.DeepEquals(first, whole["result"]), whole["result"]!.ToJsonString());
        Assert.Empty(whole["notVerified"]!.AsArray());
        Assert.Equal(3, whole["stated"]!["weights"]!.AsArray().Count);
        var members = whole["members"]!.AsArray();
        Assert.Equal((4, 1), (members.Count, members.Count(one => one!["punished"]!.GetValue<string>() == "Severe")));
        await RefusedAsync(4, "is about", ["audit", "chain", "--rpc", rpc, "--contract", registry, .. alone]);

        // Without old state: all but what only that says.
        var last = whole["lastBlock"]!.GetValue<ulong>();
        await using var pruned = await ProviderProxy.PrunedAsync(new Uri(rpc), last + 1);
        var partly = JsonNode.Parse(await RunAsync(0, ["audit", "chain", "--rpc", $"{pruned.Url}", .. alone, "--json"]))!;
        Assert.True(JsonNode.DeepEquals(whole["result"], partly["result"]));
        Assert.True(JsonNode.DeepEquals(whole["members"], partly["members"]));
        Assert.Null(partly["stated"]);
        var reason = Assert.Single(partly["notVerified"]!.AsArray())!.GetValue<string>();
        Assert.StartsWith($"NAV, supply and weights: the state of block {last} cannot be read", reason, StringComparison.Ordinal);

        // Logs that are gone are no answer, however silently: at the beginning, between others, and at the end.
        var miner = first["ranked"]![0]!["miner"]!.GetValue<string>();
        var explained = await RunAsync(0, ["audit", "explain", "--miner", miner, "--epoch", "0", "--data-dir", Directory, "--json"]);
        var trade = JsonNode.Parse(explained)!["trades"]![0]!["position"]!.GetValue<string>();
        var begin = ulong.Parse(trade.Split(':')[0], CultureInfo.InvariantCulture);
        foreach (var (from, to) in (IEnumerable<(ulong, ulong)>)[(begin, begin), (begin + 1, last), (last + 2, 1_000_000)])
        {
            await using var forgetting = await ProviderProxy.ForgettingAsync(new Uri(rpc), from, to);
            await RefusedAsync(3, "do not give all logs", ["audit", "chain", "--rpc", $"{forgetting.Url}", .. alone]);
        }

        // A provider that says something else of one trade: what adds up is held against the journal, what does not is refused.
        foreach (var (code, words, change) in Alterations())
        {
            await using var lying = await ProviderProxy.AlteringAsync(new Uri(rpc), begin, change);
            var (exit, text, process) = await Tao20Process.RunAsync(["audit", "replay", "--data-dir", Directory, "--rpc", $"{lying.Url}"]);
            Assert.True(
                exit == code && (text + process.Errors).Contains(words, StringComparison.Ordinal),
                $"{exit}: {text}{process.Errors}"
            );
        }

        await BundlesAsync(rpc, contract, registry, whole);
    }

    private static IEnumerable<(int Code, string Words, Action<JsonObject> Change)> Alterations() =>
        [
            (11, "ChainTradesDiffer at miner-", log => log["transactionHash"] = $"0x{7:x64}"),
            (3, "can be trusted", log => log["blockHash"] = $"0x{7:x64}"),
            (3, "can be trusted", log => log["address"] = $"0x{7:x40}"),
            (
                3,
                "tao20: ",
                log => log["data"] = "0x" + string.Concat(log["data"]!.GetValue<string>()[2..].Chunk(64).Select(_ => $"{9:x64}"))
            ),
        ];

    /// <summary>A journal and the chain write the same history; what is in one file is verified with nothing else.</summary>
    private async Task BundlesAsync(string rpc, string contract, string registry, JsonNode whole)
    {
        var directory = System.IO.Path.Combine(Directory, "bundles");
        System.IO.Directory.CreateDirectory(directory);
        var (fromJournal, fromChain) = (System.IO.Path.Combine(directory, "a.jsonl"), System.IO.Path.Combine(directory, "b.jsonl"));
        var (block, key) = (whole["block"]!.GetValue<ulong>() - 1, System.IO.Path.Combine(directory, "key"));
        await File.WriteAllTextAsync(key, Convert.ToHexString(ValidatorSet.SecretOf(1, 7).ToBytes()));
        string[] export = ["audit", "export", "--epoch", "0", "--block", $"{block}", "--key-file", key];
        string[] chain = ["--rpc", rpc, "--contract", contract, "--registry", registry];
        await RunAsync(0, [.. export, "--data-dir", Directory, "--out", fromJournal]);
        await RunAsync(0, [.. export, .. chain, "--out", fromChain]);
        var (one, two) = (await File.ReadAllLinesAsync(fromJournal), await File.ReadAllLinesAsync(fromChain));
        Assert.Equal(two[..^3], one[..^3]);

        var verified = JsonNode.Parse(await RunAsync(0, ["audit", "verify-bundle", "--file", fromChain, "--json"]))!;
        Assert.Contains(
            verified["validator"]!.GetValue<string>(),
            whole["members"]!.AsArray().Select(member => member!["validator"]!.GetValue<string>())
        );
        Assert.True(JsonNode.DeepEquals(whole["result"], verified["recomputed"]!["result"]));
        Assert.True(JsonNode.DeepEquals(whole["stated"], verified["recomputed"]!["stated"]));
        Assert.Contains("verified", await RunAsync(0, ["audit", "verify-bundle", "--file", fromJournal]), StringComparison.Ordinal);

        await File.WriteAllLinesAsync(fromJournal, [.. one[..5], .. one[6..]]);
        Assert.Contains("NOT verified", await RunAsync(11, ["audit", "verify-bundle", "--file", fromJournal]), StringComparison.Ordinal);
        await RefusedAsync(2, "is there already", [.. export, .. chain, "--out", fromChain]);
        await RefusedAsync(2, "There is no key", [.. export[..^2], .. chain, "--out", fromChain + "2"]);
        await RefusedAsync(2, "cannot be read", ["audit", "verify-bundle", "--file", fromChain + "2"]);
        await RefusedAsync(2, "is no bundle", ["audit", "verify-bundle", "--file", key]);
    }

    private static async Task<string> RunAsync(int code, string[] arguments)
    {
        var (exit, output, process) = await Tao20Process.RunAsync(arguments);
        Assert.True(exit == code, $"{exit}: {output}{process.Errors}");
        return output;
    }

    private static async Task RefusedAsync(int code, string words, string[] arguments)
    {
        var (exit, _, process) = await Tao20Process.RunAsync(arguments);
        Assert.True(exit == code && process.Lines.Any(line => line.Contains(words, StringComparison.Ordinal)), $"{exit}: {process.Errors}");
    }
}
