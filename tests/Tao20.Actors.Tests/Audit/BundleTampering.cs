using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Domain.Audit;
using Tao20.Node.Audit.Bundles;

namespace Tao20.Actors.Tests.Audit;

/// <summary>A way to change a bundle, and what has to be found.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Kind">The first difference that is found.</param>
/// <param name="Do">Does it to the lines.</param>
internal sealed record BundleTampering(string Name, DifferenceKind Kind, Func<List<string>, List<string>> Do)
{
    private static readonly string Account = "0x00000000000000000000000000000000000000ff";
    private static readonly string Hash = $"0x{7:x64}";

    /// <summary>Whether who does it signs all of it anew, with the key of who has signed it before.</summary>
    public bool IsSignedAnew { get; init; } = true;

    /// <summary>All ways.</summary>
    public static IEnumerable<BundleTampering> All() => [.. Unsigned(), .. Histories(), .. Orders(), .. Results()];

    /// <summary>The lines with another signature.</summary>
    public static List<string> SignedAnew(List<string> lines, PrivateKey key)
    {
        var before = lines.Where(line => !line.StartsWith("{\"signature\"", StringComparison.Ordinal)).ToList();
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(before.Select(line => line + "\n")))));
        var head = System.Text.Json.JsonSerializer.Deserialize<BundleLine>(before[0], BundleFormat.Json)!.Bundle!;
        var signature = key.Sign(PersonalMessage.Digest(BundleFormat.Message(head, sha256)));
        return
        [
            .. before,
            new JsonObject
            {
                ["signature"] = new JsonObject
                {
                    ["signer"] = key.Address.ToString(),
                    ["sha256"] = sha256,
                    ["signature"] = $"0x{Convert.ToHexString(signature.ToBytes())}",
                },
            }.ToJsonString(),
        ];
    }

    /// <summary>By somebody who cannot sign.</summary>
    private static IEnumerable<BundleTampering> Unsigned() =>
        new BundleTampering[]
        {
            new("a space is added", DifferenceKind.BundleChanged, lines => With(lines, 5, line => line + " ")),
            new("a trade's transaction is another", DifferenceKind.BundleResultDiffers, lines => Set(lines, "trade", 0, "tx", Hash)),
            new("the signature is another's", DifferenceKind.SignatureDiffers, lines => Set(lines, "signature", 0, "signer", Account)),
            new(
                "the signature is of other bytes",
                DifferenceKind.BundleChanged,
                lines => Set(lines, "signature", 0, "sha256", new string('0', 64))
            ),
            new("the signature is cut", DifferenceKind.SignatureDiffers, lines => Set(lines, "signature", 0, "signature", "0x12")),
            new("the signature is no hex", DifferenceKind.SignatureDiffers, lines => Set(lines, "signature", 0, "signature", "0xzz")),
            new(
                "the signature is of another key",
                DifferenceKind.SignatureDiffers,
                lines =>
                    Set(
                        SignedAnew(lines, PrivateKey.Random()),
                        "signature",
                        0,
                        "signer",
                        PrivateKey.FromHex(new string('1', 64)).Address.ToString()
                    )
            ),
            new("it is signed by another", DifferenceKind.SignerUnknown, lines => SignedAnew(lines, PrivateKey.Random())),
            new("the signature is taken away", DifferenceKind.SignerUnknown, lines => lines[..^1]),
            new("a line comes after the signature", DifferenceKind.BundleOutOfOrder, lines => [.. lines, lines[3]]),
            new("it is signed twice", DifferenceKind.BundleOutOfOrder, lines => [.. lines, lines[^1]]),
        }.Select(way => way with { IsSignedAnew = false });

    /// <summary>What is said of the chain.</summary>
    private static IEnumerable<BundleTampering> Histories() =>
        [
            Differs("a trade is left out", lines => Without(lines, "trade", 200)),
            Differs("a miner's first trade is left out", lines => Without(lines, "trade", 0)),
            Differs("a trade is worth more", lines => Set(lines, "trade", 200, "value", "99999999999999999999")),
            Differs("a trade has other tokens", lines => Set(lines, "trade", 200, "tokens", "1")),
            Differs("a trade has another NAV", lines => Set(lines, "trade", 200, "nav", "1")),
            Differs("a trade is of another transaction", lines => Set(lines, "trade", 200, "tx", Hash)),
            Differs("a trade is another miner's", lines => Set(lines, "trade", 200, "miner", Account)),
            Differs(
                "a trade is at another log",
                lines => Set(lines, "trade", 200, "at", At(lines, "trade", 200, 1_000)),
                DifferenceKind.BundleOutOfOrder
            ),
            Differs("a mint is a redemption", lines => Set(lines, "trade", 200, "side", Side(lines, 200))),
            Differs("the contract had counted more", lines => Set(lines, "trade", 0, "counted", "5")),
            Differs("an epoch ends later", lines => Set(lines, "end", 1, "time", 1_999_999_999)),
            Differs("an epoch's last block is another", lines => Set(lines, "end", 1, "lastBlockHash", Hash)),
            Differs("the end before is left out", lines => Without(lines, "end", 0), DifferenceKind.BundleUnreadable),
            Differs("its end is left out", lines => Without(lines, "end", 1), DifferenceKind.BundleOutOfOrder),
            Differs("the end opens another epoch", lines => Set(lines, "end", 0, "opened", 7), DifferenceKind.BundleOutOfOrder),
            Differs("a trade is of another epoch", lines => Set(lines, "trade", 250, "epoch", 7), DifferenceKind.BundleOutOfOrder),
            Differs("a statement is left out", lines => Without(lines, Fact("Attested", 2))),
            Differs("a statement says another NAV", lines => SetSaid(lines, "Attested", 2, ["stated", "statement", "nav"], "1")),
            Differs("a statement says another root", lines => SetSaid(lines, "Attested", 2, ["stated", "statement", "rankingRoot"], Hash)),
            Differs("a statement is another's", lines => SetSaid(lines, "Attested", 2, ["validator"], Account)),
            Differs("who had bonded has not", lines => Without(lines, Fact("Bonded", 0))),
            Differs("who had bonded has not enough", lines => SetSaid(lines, "Bonded", 0, ["account", "bond"], "1")),
            Differs("nobody has opened the round", lines => Without(lines, Fact("RoundOpened", 1))),
            Differs("the registry never began", lines => Without(lines, Fact("Created", 0)), DifferenceKind.BundleUnreadable),
            Differs(
                "the registry has begun with other parameters",
                lines => With(lines, 1, line => line.Replace("mintpercent=110", "mintpercent=111", StringComparison.Ordinal)),
                DifferenceKind.BundleUnreadable
            ),
            Differs(
                "all parameters are others",
                lines => [.. lines.Select(line => line.Replace("mintpercent=110", "mintpercent=111", StringComparison.Ordinal))]
            ),
            Differs(
                "the parameters are not canonical",
                lines => With(lines, 1, line => line.Replace("mintpercent=110", "mintpercent=0110", StringComparison.Ordinal)),
                DifferenceKind.BundleUnreadable
            ),
            Differs("somebody says other parameters", lines => [.. lines[..9], lines[1], .. lines[9..]], DifferenceKind.BundleUnreadable),
            Differs("it is of another epoch", lines => Set(lines, "bundle", 0, "epoch", 0)),
        ];

    /// <summary>The order of lines, and what they are.</summary>
    private static IEnumerable<BundleTampering> Orders() =>
        [
            Differs("two trades change places", lines => Swap(lines, Line(lines, "trade", 200)), DifferenceKind.BundleOutOfOrder),
            Differs("a trade comes twice", lines => Again(lines, Line(lines, "trade", 200)), DifferenceKind.BundleOutOfOrder),
            Differs("an end comes twice", lines => Again(lines, Line(lines, "end", 1)), DifferenceKind.BundleOutOfOrder),
            Differs("a fact comes twice", lines => Again(lines, Line(lines, Fact("Bonded", 0))), DifferenceKind.BundleOutOfOrder),
            Differs("there is a second head", lines => [.. lines[..9], lines[0], .. lines[9..]], DifferenceKind.BundleOutOfOrder),
            Differs("the parameters are left out", lines => Without(lines, "parameters", 0), DifferenceKind.BundleOutOfOrder),
            Differs("the state is left out", lines => Without(lines, "state", 0), DifferenceKind.BundleOutOfOrder),
            Differs("the result is left out", lines => Without(lines, "result", 0), DifferenceKind.BundleIncomplete),
            Differs("the result comes twice", lines => Again(lines, Line(lines, "result", 0)), DifferenceKind.BundleOutOfOrder),
            Differs(
                "a trade comes after the state",
                lines => [.. lines[..^2], lines[300], .. lines[^2..]],
                DifferenceKind.BundleOutOfOrder
            ),
            Differs("a line is no JSON", lines => With(lines, 50, _ => "trade"), DifferenceKind.BundleUnreadable),
            Differs("a line is empty", lines => With(lines, 50, _ => ""), DifferenceKind.BundleUnreadable),
            Differs(
                "a line has two parts",
                lines => With(lines, 50, line => line[..^1] + ",\"result\":{}}"),
                DifferenceKind.BundleUnreadable
            ),
            Differs("a line has a part nobody knows", lines => With(lines, 50, _ => "{\"luck\":1}"), DifferenceKind.BundleUnreadable),
            Differs("a trade has a field nobody knows", lines => Set(lines, "trade", 50, "luck", 1), DifferenceKind.BundleUnreadable),
            Differs("a trade lacks its miner", lines => Set(lines, "trade", 50, "miner", null), DifferenceKind.BundleUnreadable),
            Differs("an amount is no number", lines => Set(lines, "trade", 50, "value", "-1"), DifferenceKind.BundleUnreadable),
            Differs(
                "an amount is implausible",
                lines => Set(lines, "trade", 50, "value", $"1{new string('0', 30)}"),
                DifferenceKind.BundleUnreadable
            ),
            Differs("a fact is of no kind", lines => SetSaid(lines, "Bonded", 0, ["kind"], "Rich"), DifferenceKind.BundleUnreadable),
        ];

    /// <summary>What it says it comes to.</summary>
    private static IEnumerable<BundleTampering> Results() =>
        [
            Differs("a payout is higher", lines => SetIn(lines, "result", ["result", "ranked", 0, "payoutRao"], "99")),
            Differs("a score is higher", lines => SetIn(lines, "result", ["result", "ranked", 4, "score"], "99")),
            Differs("the root is another", lines => SetIn(lines, "result", ["result", "rankingRoot"], Hash)),
            Differs("the hash is another", lines => SetIn(lines, "result", ["result", "hash"], Hash)),
            Differs("a miner is not ranked", lines => SetIn(lines, "result", ["result", "ranked", 4], null)),
            Differs("the round is settled", lines => SetIn(lines, "result", ["round", "state"], "Settled")),
            Differs("a right statement is wrong", lines => SetIn(lines, "result", ["round", "attestations", 0, "right"], false)),
            Differs("it goes up to an earlier block", lines => SetIn(lines, "result", ["block"], 5)),
            Differs("it had been read in another block", lines => SetIn(lines, "result", ["lastBlock"], 5)),
            Differs("nothing is not verified", lines => SetIn(lines, "result", ["notVerified"], new JsonArray())),
            Differs(
                "nothing says why there is no state",
                lines => Set(lines, "state", 0, "notVerified", new JsonArray()),
                DifferenceKind.BundleUnreadable
            ),
            Differs(
                "the state could not be read for another reason",
                lines => Set(lines, "state", 0, "notVerified", new JsonArray("none"))
            ),
            Differs(
                "the state is known",
                lines =>
                    Set(
                        lines,
                        "state",
                        0,
                        "read",
                        new JsonObject
                        {
                            ["nav"] = "1",
                            ["navFailure"] = null,
                            ["supply"] = "1",
                            ["uids"] = new JsonObject(),
                        }
                    )
            ),
            Differs("the result is nothing", lines => With(lines, Line(lines, "result", 0), _ => "{\"result\":{}}")),
            Differs(
                "the result is a number",
                lines => With(lines, Line(lines, "result", 0), _ => "{\"result\":1}"),
                DifferenceKind.BundleUnreadable
            ),
        ];

    private static BundleTampering Differs(
        string name,
        Func<List<string>, List<string>> change,
        DifferenceKind kind = DifferenceKind.BundleResultDiffers
    ) => new(name, kind, change);

    private static int Line(List<string> lines, string part, int which) =>
        lines
            .Select((line, i) => (line, i))
            .Where(one => one.line.StartsWith($"{{\"{part}\":", StringComparison.Ordinal))
            .ElementAt(which)
            .i;

    private static int Line(List<string> lines, (string Kind, int Which) fact) =>
        lines
            .Select((line, i) => (line, i))
            .Where(one => one.line.Contains($"\"kind\":\"{fact.Kind}\"", StringComparison.Ordinal))
            .ElementAt(fact.Which)
            .i;

    private static (string Kind, int Which) Fact(string kind, int which) => (kind, which);

    private static List<string> Without(List<string> lines, string part, int which) => Without(lines, Line(lines, part, which));

    private static List<string> Without(List<string> lines, (string, int) fact) => Without(lines, Line(lines, fact));

    private static List<string> Without(List<string> lines, int at) => [.. lines[..at], .. lines[(at + 1)..]];

    private static List<string> Again(List<string> lines, int at) => [.. lines[..(at + 1)], .. lines[at..]];

    private static List<string> Swap(List<string> lines, int at) => [.. lines[..at], lines[at + 1], lines[at], .. lines[(at + 2)..]];

    private static List<string> With(List<string> lines, int at, Func<string, string> change)
    {
        lines[at] = change(lines[at]);
        return lines;
    }

    private static List<string> Set(List<string> lines, string part, int which, string field, JsonNode? value) =>
        SetIn(lines, Line(lines, part, which), [part, field], value);

    private static List<string> SetIn(List<string> lines, string part, object[] path, JsonNode? value) =>
        SetIn(lines, Line(lines, part, 0), [part, .. path], value);

    private static List<string> SetSaid(List<string> lines, string kind, int which, object[] path, JsonNode? value) =>
        SetIn(lines, Line(lines, (kind, which)), ["fact", "said", .. path], value);

    private static List<string> SetIn(List<string> lines, int at, object[] path, JsonNode? value) =>
        With(
            lines,
            at,
            line =>
            {
                var root = JsonNode.Parse(line)!;
                var node = path[..^1].Aggregate(root, (one, step) => step is int i ? one[i]! : one[(string)step]!);
                if (path[^1] is int last)
                    node.AsArray().RemoveAt(last);
                else if (value is null)
                    node.AsObject().Remove((string)path[^1]);
                else
                    node[(string)path[^1]] = value;
                return root.ToJsonString();
            }
        );

    private static string At(List<string> lines, string part, int which, uint log)
    {
        var at = JsonNode.Parse(lines[Line(lines, part, which)])![part]!["at"]!.GetValue<string>();
        return $"{at.Split(':')[0]}:{log}";
    }

    private static string Side(List<string> lines, int which) =>
        lines[Line(lines, "trade", which)].Contains("\"side\":\"Mint\"", StringComparison.Ordinal) ? "Redeem" : "Mint";
}
