using System.Text.Json.Nodes;
using Tao20.Chain.Checks;

namespace Tao20.Chain.Tests.Checks;

/// <summary>What a node's replies become, where the mock cannot show what is to be seen.</summary>
public sealed partial class RowTests
{
    /// <summary>A batch whose answer to one call is another word.</summary>
    private static string Answers(string reply, int index, string word) =>
        Edited(reply, answers => answers.First(answer => IdOf(answer) == index + 1)["result"] = "0x" + word);

    private static string WithTenthsInReservoirs(string reply) =>
        Edited(
            reply,
            answers =>
            {
                foreach (var answer in answers.Where(answer => answer["result"]!.GetValue<string>().Length == 2 + 5 * 64))
                {
                    var words = answer["result"]!.GetValue<string>();
                    answer["result"] = words[..(2 + 3 * 64)] + "ff".PadLeft(50, '0') + new string('0', 14) + words[^64..];
                }
            }
        );

    private static string WithoutSecondLogs(string reply) =>
        Edited(reply, answers => answers.First(answer => IdOf(answer) == 2)["result"] = new JsonArray());

    private static string WithoutAssociation(string reply) =>
        Edited(
            reply,
            answers =>
            {
                var call = UsedFunctions
                    .All.ToList()
                    .FindIndex(used => used.Signature.StartsWith("associateEvmKey", StringComparison.Ordinal));
                var error = answers.First(answer => IdOf(answer) == call + 1)["error"]!;
                Assert.Contains("Value is too large or out of bounds", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
                error["message"] = "VM Exception while processing transaction: revert Unknown selector";
            }
        );

    private static string Edited(string reply, Action<IReadOnlyList<JsonNode>> edit)
    {
        var answers = JsonNode.Parse(reply)!.AsArray();
        edit([.. answers.Select(answer => answer!)]);
        return answers.ToJsonString();
    }

    private static int IdOf(JsonNode answer) => answer["id"]!.GetValue<int>();
}
