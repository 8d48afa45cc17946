using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Tests.Index;
using Tao20.Chain.Tests.Registry.Model;
using Tao20.Devnet;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Registry;

/// <summary>What is tried on the chain, and what there is.</summary>
public sealed partial class RegistryChain
{
    // ---- what there is ---------------------------------------------------------------------------------------------------------------

    /// <summary>That a call at a second fails with this error.</summary>
    public async Task RequireAsync(string error, ulong time, Address from, string data, BigInteger value = default)
    {
        var failure = await FailureAsync(time, from, data, value);
        Assert.True(failure == Keccak.Selector(error), $"{error} = {Keccak.Selector(error)} and not {failure}");
    }

    /// <summary>That a call at a second would succeed.</summary>
    public async Task AllowsAsync(ulong time, Address from, string data, BigInteger value = default) =>
        Assert.Null(await FailureAsync(time, from, data, value));

    private async Task<string?> FailureAsync(ulong time, Address from, string data, BigInteger value, bool creates = false)
    {
        var to = creates ? "" : $"\"to\":\"{Registry}\",";
        try
        {
            await _chain.Client.SendAsync(
                "eth_call",
                $"[{{\"from\":\"{from}\",{to}\"data\":\"{data}\",\"value\":\"0x{(UInt128)value:x}\"}},\"latest\",null,"
                    + $"{{\"time\":\"{HexText.Quantity(time)}\"}}]",
                _none
            );
            return null;
        }
        catch (RpcErrorException e)
        {
            return e.RevertData is { Length: >= 10 } revert ? revert[..10] : e.Message;
        }
    }

    /// <summary>Tries operations at a second, in one block and in this order; the hashes of their transactions.</summary>
    internal async Task<IReadOnlyList<string>> TryAsync(ulong time, IReadOnlyList<Operation> operations)
    {
        var hashes = new List<string>();
        for (var i = 0; i < operations.Count; i++)
        {
            var (operation, isAdvance) = (operations[i], operations[i] is Operation.Advance);
            var (from, to) = isAdvance ? (Anyone, _index.Index) : (Of(operation.From), Registry);

            // Who pays more comes first.
            var hash = await _chain.Client.SendAsync(
                "eth_sendTransaction",
                $"[{{\"from\":\"{from}\",\"to\":\"{to}\",\"data\":\"{operation.Data(this)}\",\"gas\":\"0xf4240\","
                    + $"\"gasPrice\":\"{HexText.Quantity((ulong)(1_000 - i))}\","
                    + $"\"value\":\"0x{(UInt128)operation.Rao * IndexChain.Whole:x}\"}}]",
                _none
            );
            hashes.Add(hash.GetString()!);
        }

        Now = time;
        await _chain.Client.MineAsync(time, _none);
        return hashes;
    }

    /// <summary>What a call at a second uses of gas; it has to succeed.</summary>
    public async Task<long> GasAsync(ulong time, Address from, string data, BigInteger value)
    {
        var hashes = await _chain.Client.SubmitAsync([new DevnetTransaction(from, Registry, data, (UInt128)value)], _none);
        Now = time;
        await _chain.Client.MineAsync(time, _none);
        var receipt = (await _chain.Client.ReceiptsAsync(hashes, _none))[0];
        Assert.Equal("0x1", receipt.GetProperty("status").GetString());
        return (long)HexText.BigQuantity(receipt.GetProperty("gasUsed").GetString()!);
    }

    /// <summary>The book of all logs so far.</summary>
    internal async Task<RegistryBook> BookAsync()
    {
        var logs = await _chain.Client.SendAsync(
            "eth_getLogs",
            $"[{{\"address\":[\"{Registry}\",\"{_index.Index}\"],\"fromBlock\":\"0x0\",\"toBlock\":\"latest\"}}]",
            _none
        );
        var book = RegistryBook.Initial;
        foreach (var log in logs.EnumerateArray())
        {
            IReadOnlyList<Hash256> topics =
            [
                .. log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.Parse(topic.GetString()!)),
            ];
            var time = (ulong)HexText.BigQuantity(log.GetProperty("blockTimestamp").GetString()!);
            var data = Convert.FromHexString(log.GetProperty("data").GetString()!.AsSpan(2));
            if (RegistryFacts.Topics.Contains(topics[0]))
                book = book.After(RegistryFacts.Decode(time, topics, data));
            else if (topics[0] == Tao20Events.EpochAdvanced && book.Rules is not null)
                book = book.After(new RegistryFact.EpochClosed(time, new EpochId((ulong)AbiWords.BigInteger(data, 0)), RegistryModel.Pool));
        }

        return book;
    }

    /// <summary>Which transactions have succeeded.</summary>
    public async Task<IReadOnlyList<bool>> SucceededAsync(IReadOnlyList<string> hashes)
    {
        var succeeded = new List<bool>();
        foreach (var some in hashes.Chunk(500))
            succeeded.AddRange(
                (await _chain.Client.ReceiptsAsync(some, _none)).Select(receipt => receipt.GetProperty("status").GetString() == "0x1")
            );
        return succeeded;
    }

    /// <summary>All words of what a view answers.</summary>
    public async Task<BigInteger[]> WordsAsync(string signature, params object[] arguments)
    {
        var words = await _chain.WordsAsync(Registry, AbiEncoder.Call(signature, arguments));
        return [.. Enumerable.Range(0, words.Length / 32).Select(word => AbiWords.BigInteger(words, word))];
    }

    /// <summary>A word of what a view answers.</summary>
    public async Task<BigInteger> ViewAsync(string signature, int word, params object[] arguments) =>
        (await WordsAsync(signature, arguments))[word];

    public Task<BigInteger> BondOfAsync(int validator) => ViewAsync("accountOf(address)", 0, Of(validator));

    public Task<BigInteger> LeavingOfAsync(int validator) => ViewAsync("accountOf(address)", 1, Of(validator));

    public Task<BigInteger> StakeAtAsync(int validator, ulong time) => ViewAsync("stakeAt(address,uint256)", 0, Of(validator), time);

    public Task<BigInteger> EligibleAtAsync(ulong time) => ViewAsync("eligibleAt(uint256)", 0, time);

    public Task<BigInteger> CreditOfAsync(Address account) => ViewAsync("creditOf(address)", 0, account);

    /// <summary>The hash of what was settled in a round, or 0.</summary>
    public Task<BigInteger> SettledAsync(int round = 1) => ViewAsync("roundAt(uint256)", 3, round);

    /// <summary>The hash of a validator's statement in a round, or 0.</summary>
    public Task<BigInteger> StatedAsync(int validator, int round = 1) => ViewAsync("entryOf(uint256,address)", 1, round, Of(validator));

    /// <summary>TAO of an account, in wei.</summary>
    public async Task<BigInteger> BalanceAsync(Address account) =>
        HexText.BigQuantity((await _chain.Client.SendAsync("eth_getBalance", $"[\"{account}\",\"latest\"]", _none)).GetString()!);
}
