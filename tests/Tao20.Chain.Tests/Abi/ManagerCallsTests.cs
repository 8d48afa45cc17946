using Tao20.Chain.Contracts;
using Tao20.Chain.Substrate;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Tao20.Tests;
using Tao20.Tests.Oracles;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Abi;

/// <summary>What is proposed to an index's manager encodes to the bytes of the encoder that is compared with viem.</summary>
[Trait("Category", "Fast")]
public sealed class ManagerCallsTests(ITestOutputHelper output)
{
    private readonly Random _random = new(TestSeed.Of(output));

    [Fact]
    public void Every_kind_of_proposal_encodes_as_the_contract_reads_it()
    {
        for (var i = 0; i < 50; i++)
        {
            var targets = Enumerable
                .Range(0, _random.Next(1, 21))
                .Select(_ => new LegTarget((ushort)_random.Next(65_536), (ulong)_random.NextInt64(), Hash()))
                .ToList();
            var prices = Enumerable
                .Range(0, _random.Next(3))
                .Select(_ => new NamedPrice((ushort)_random.Next(65_536), _random.NextInt64()))
                .ToList();
            Require(
                new Proposal.Composition([.. targets], [.. prices]),
                0,
                targets.Select(target => (object)new AbiStruct([target.Netuid, target.Weight, target.Hotkey])).ToList(),
                targets.Select(target => (object)HashOf(target.Hotkey)).ToList(),
                prices.Select(price => (object)new AbiStruct([price.Netuid, price.PriceWei])).ToList()
            );
            var (netuid, hotkey, account) = ((ushort)_random.Next(65_536), Hash(), Account());
            Require(new Proposal.Hotkey(netuid, hotkey), netuid, netuid, hotkey, HashOf(hotkey));
            Require(new Proposal.WriteDown(netuid, hotkey), netuid, netuid, HashOf(hotkey));
            Require(new Proposal.Router(account, i % 2 == 0), 0, account, i % 2 == 0);
            Require(new Proposal.Fee(i), 0, i);
            Require(new Proposal.Owner(account), 0, account);
            Require(new Proposal.Guardian(account), 0, account);
        }
    }

    [Fact]
    public void Each_duty_calls_whom_it_is_to_call()
    {
        var (index, means) = (Account(), Account());
        Assert.Equal(
            (means, AbiEncoder.Call("observe(uint16[])", new List<object> { 3, 7 })),
            IndexCalls.Of(new IndexDuty.Observe([3, 7]), index, means, 9)
        );
        Assert.Equal((index, AbiEncoder.Call("step(uint16,uint256)", 3, 9)), IndexCalls.Of(new IndexDuty.Step(3), index, means, 9));
        Assert.Equal((index, AbiEncoder.Call("close()")), IndexCalls.Of(new IndexDuty.Close(), index, means, 9));
    }

    private static void Require(Proposal proposal, ushort netuid, params object[] arguments)
    {
        var data = Convert.FromHexString(AbiEncoder.Encode(arguments));
        Assert.Equal(netuid, proposal.Netuid);
        Assert.Equal(data, ManagerCalls.DataOf(proposal));
        Assert.Equal(AbiEncoder.Call("propose(uint8,bytes)", (byte)proposal.Kind, data), ManagerCalls.Propose(proposal));
        Assert.Equal(
            AbiEncoder.Call("execute(uint8,bytes,uint256)", (byte)proposal.Kind, data, 5),
            ManagerCalls.Execute(proposal.Kind, data, 5)
        );
        Assert.Equal(
            AbiEncoder.Call("cancel(uint8,uint16)", (byte)proposal.Kind, proposal.Netuid),
            ManagerCalls.Cancel(proposal.Kind, proposal.Netuid)
        );
    }

    /// <summary>A bytes16, which ABI pads behind.</summary>
    private static Hash256 HashOf(Hash256 account)
    {
        Span<byte> word = stackalloc byte[Hash256.Length];
        RuntimeStorage.Owner.Key(account).AsSpan(32, 16).CopyTo(word);
        return new Hash256(word);
    }

    private Hash256 Hash()
    {
        var bytes = new byte[Hash256.Length];
        _random.NextBytes(bytes);
        return new Hash256(bytes);
    }

    private Address Account()
    {
        var bytes = new byte[Address.Length];
        _random.NextBytes(bytes);
        return new Address(bytes);
    }
}
