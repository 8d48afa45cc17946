using System.Text.Json.Nodes;
using Tao20.Devnet;

namespace Tao20.Chain.Tests.Abi;

/// <summary>Asks viem, the reference this client is compared with, for many cases at once.</summary>
internal static class Reference
{
    private const string Script =
        """
        const viem = require('viem');
        const fs = require('fs');
        const revive = (type, value) => type.endsWith('[]') ? value.map((v) => revive(type.slice(0, -2), v)) : /^u?int(64|128|256)$/.test(type) ? BigInt(value) : value;
        const answers = JSON.parse(fs.readFileSync(process.argv[2], 'utf8')).map((c) => {
          if (c.kind === 'keccak') return viem.keccak256(c.data);
          if (c.kind === 'selector') return viem.toFunctionSelector(c.signature);
          if (c.kind === 'topic') return viem.toEventSelector(c.signature);
          if (c.kind === 'encode') return viem.encodeAbiParameters(c.types.map((type) => ({ type })), c.values.map((v, i) => revive(c.types[i], v)));
          if (c.kind === 'log') {
            const abi = viem.parseAbi([c.event]);
            const inputs = abi[0].inputs;
            const args = Object.fromEntries(inputs.map((input, i) => [input.name, revive(input.type, c.values[i])]));
            const topics = viem.encodeEventTopics({ abi, eventName: abi[0].name, args });
            const plain = inputs.filter((input) => !input.indexed);
            return { topics, data: viem.encodeAbiParameters(plain, plain.map((input) => args[input.name])) };
          }
          throw new Error(c.kind);
        });
        fs.writeFileSync(process.argv[3], JSON.stringify(answers));
        """;

    public static async Task<JsonArray> AskAsync(JsonArray cases)
    {
        var tools = await DevnetTools.EnsureAsync(null, CancellationToken.None);
        var directory = Directory.CreateTempSubdirectory("tao20-reference-").FullName;
        try
        {
            var (script, question, answer) = (Path.Combine(directory, "reference.cjs"), Path.Combine(directory, "cases.json"), Path.Combine(directory, "answers.json"));
            await File.WriteAllTextAsync(script, Script);
            await File.WriteAllTextAsync(question, cases.ToJsonString());
            var (code, output) = await DevnetTools.RunAsync(
                "node", [script, question, answer], directory, TimeSpan.FromMinutes(2), CancellationToken.None, new Dictionary<string, string> { ["NODE_PATH"] = tools.NodeModules });
            Assert.True(code == 0, output);
            return JsonNode.Parse(await File.ReadAllTextAsync(answer))!.AsArray();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
