using System.Text.Json.Nodes;
using Tao20.Devnet;

namespace Tao20.Chain.Tests.Abi;

/// <summary>Asks viem, the reference this client is compared with, for many cases at once.</summary>
internal static class Reference
{
    private const string Script = """
        const viem = require('viem');
        const accounts = require('viem/accounts');
        const fs = require('fs');
        const isWide = (type) => /^u?int(64|128|256)$/.test(type);
        const revive = (type, value) =>
          type.endsWith('[]') ? value.map((v) => revive(type.slice(0, -2), v)) : isWide(type) ? BigInt(value) : value;
        const answer = async (c) => {
          if (c.kind === 'keccak') return viem.keccak256(c.data);
          if (c.kind === 'selector') return viem.toFunctionSelector(c.signature);
          if (c.kind === 'topic') return viem.toEventSelector(c.signature);
          if (c.kind === 'encode') {
            return viem.encodeAbiParameters(c.types.map((type) => ({ type })), c.values.map((v, i) => revive(c.types[i], v)));
          }
          if (c.kind === 'log') {
            const abi = viem.parseAbi([c.event]);
            const inputs = abi[0].inputs;
            const args = Object.fromEntries(inputs.map((input, i) => [input.name, revive(input.type, c.values[i])]));
            const topics = viem.encodeEventTopics({ abi, eventName: abi[0].name, args });
            const plain = inputs.filter((input) => !input.indexed);
            return { topics, data: viem.encodeAbiParameters(plain, plain.map((input) => args[input.name])) };
          }
          if (c.kind === 'address') return accounts.privateKeyToAddress(c.key).toLowerCase();
          if (c.kind === 'sign') return accounts.sign({ hash: c.hash, privateKey: c.key, to: 'hex' });
          if (c.kind === 'transaction') {
            const { to, data, ...t } = c.transaction;
            const big = Object.fromEntries(['maxFeePerGas', 'maxPriorityFeePerGas', 'gas', 'value'].map((k) => [k, BigInt(t[k])]));
            const transaction = { type: 'eip1559', chainId: t.chainId, nonce: t.nonce, data, ...(to ? { to } : {}), ...big };
            return accounts.signTransaction({ privateKey: c.key, transaction });
          }
          if (c.kind === 'attestation') {
            const message = { ...c.message };
            for (const k of ['epoch', 'blockNumber', 'nav', 'totalSupply']) message[k] = BigInt(message[k]);
            const fields = 'uint256 epoch,uint64 blockNumber,bytes32 blockHash,uint256 nav,uint256 totalSupply,bytes32 rankingRoot,'
              + 'bytes32 weightsHash,bytes32 parameters,address validator';
            const NavAttestation = viem.parseAbiParameters(fields).map(({ name, type }) => ({ name, type }));
            const domain = { name: 'TAO20', version: '1', chainId: c.chainId, verifyingContract: c.registry };
            return accounts.signTypedData({
              privateKey: c.key, domain, types: { NavAttestation }, primaryType: 'NavAttestation', message });
          }
          throw new Error(c.kind);
        };
        const run = async () => {
          const answers = [];
          for (const c of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) answers.push(await answer(c));
          fs.writeFileSync(process.argv[3], JSON.stringify(answers));
        };
        run().catch((e) => { console.error(e); process.exit(1); });
        """;

    public static async Task<JsonArray> AskAsync(JsonArray cases)
    {
        var tools = await DevnetTools.EnsureAsync(null, CancellationToken.None);
        var directory = Directory.CreateTempSubdirectory("tao20-reference-").FullName;
        try
        {
            var (script, question, answer) = (
                Path.Combine(directory, "reference.cjs"),
                Path.Combine(directory, "cases.json"),
                Path.Combine(directory, "answers.json")
            );
            await File.WriteAllTextAsync(script, Script);
            await File.WriteAllTextAsync(question, cases.ToJsonString());
            var (code, output) = await NpmTools.RunAsync(
                "node",
                [script, question, answer],
                directory,
                TimeSpan.FromMinutes(2),
                CancellationToken.None,
                new Dictionary<string, string> { ["NODE_PATH"] = tools.NodeModules }
            );
            Assert.True(code == 0, output);
            return JsonNode.Parse(await File.ReadAllTextAsync(answer))!.AsArray();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
