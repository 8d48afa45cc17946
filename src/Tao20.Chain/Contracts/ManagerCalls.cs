using Nethereum.ABI.FunctionEncoding;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Substrate;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The calls of an index's manager, as 0x and hex digits, and what proposals contain.</summary>
public static class ManagerCalls
{
    private const int HashBegins = 32;
    private const int HashLength = 16;

    /// <summary>Proposes something: the owner may.</summary>
    public static string Propose(Proposal proposal) => new ProposeFunction((byte)proposal.Kind, DataOf(proposal)).Encode();

    /// <summary>Has something done that was proposed: anyone may, after its time and before it expires.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="data">What was proposed, byte by byte.</param>
    /// <param name="legGas">The gas of each call that moves stake.</param>
    public static string Execute(ProposalKind kind, byte[] data, ulong legGas) =>
        new ExecuteProposalFunction((byte)kind, data, legGas).Encode();

    /// <summary>Takes back a proposal: owner and guardian may.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="netuid">Its leg; 0 where the kind is of no leg.</param>
    public static string Cancel(ProposalKind kind, ushort netuid) => new CancelFunction((byte)kind, netuid).Encode();

    /// <summary>What a proposal contains, ABI-encoded.</summary>
    /// <exception cref="ArgumentException">There is no such proposal.</exception>
    public static byte[] DataOf(Proposal proposal) =>
        proposal switch
        {
            Proposal.Composition(var targets, var prices) => Encode(
                new CompositionData
                {
                    Targets = [.. targets.Select(TargetStruct.Of)],
                    Hashes = [.. targets.Select(target => HashOf(target.Hotkey))],
                    References = [.. prices.Select(price => new ReferenceStruct { Netuid = price.Netuid, Price = price.PriceWei })],
                }
            ),
            Proposal.Hotkey(var netuid, var hotkey) => Encode(
                new HotkeyData
                {
                    Netuid = netuid,
                    Hotkey = hotkey.ToBytes(),
                    Hash = HashOf(hotkey),
                }
            ),
            Proposal.WriteDown(var netuid, var coldkey) => Encode(new WriteDownData { Netuid = netuid, Hash = HashOf(coldkey) }),
            Proposal.Router(var router, var isAllowed) => Encode(new RouterData { Router = router.ToString(), Allowed = isAllowed }),
            Proposal.Fee(var bps) => Encode(new FeeData { Bps = bps }),
            Proposal.Owner(var account) => Encode(new AccountData { Account = account.ToString() }),
            Proposal.Guardian(var account) => Encode(new AccountData { Account = account.ToString() }),
            _ => throw new ArgumentException($"A {proposal.GetType().Name} is no proposal.", nameof(proposal)),
        };

    /// <summary>The BLAKE2b-128 of an account, with which its storage keys begin: contracts cannot compute it.</summary>
    private static byte[] HashOf(Hash256 account) => RuntimeStorage.Owner.Key(account)[HashBegins..(HashBegins + HashLength)];

    private static byte[] Encode<T>(T data) =>
        new ParametersEncoder().EncodeParameters(
            new AttributesToABIExtractor().ExtractParametersFromAttributes(typeof(T)),
            MessageShape<T>.Values(data)
        );
}
