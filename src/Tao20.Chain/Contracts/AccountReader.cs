using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Substrate;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>An EVM account as the chain sees it, and its neuron on a subnet.</summary>
/// <param name="Account">The account.</param>
/// <param name="Mapped">The account it is for the chain: its coldkey, and its hotkey.</param>
/// <param name="BalanceWei">TAO it can spend, in wei.</param>
/// <param name="Netuid">The subnet.</param>
/// <param name="SubnetExists">Whether that is there.</param>
/// <param name="Hotkey">The hotkey asked after: the account's own, or another.</param>
/// <param name="HotkeyOwner">Whose that is; null when there is no such hotkey.</param>
/// <param name="Uid">Its UID on the subnet; null when it is not registered.</param>
/// <param name="RegisteredAt">The block of its registration.</param>
/// <param name="Associated">The EVM account its UID is associated with, and since which block; null for none.</param>
/// <param name="AssociatedUids">The UIDs that are associated with the account.</param>
/// <param name="Permit">Whether its UID is a validator of the subnet.</param>
/// <param name="StakeRao">What its stake is worth, over all subnets, in rao.</param>
/// <param name="ThresholdRao">The least stake with which weights are set, in rao.</param>
/// <param name="LastUpdate">The block of its last update.</param>
public sealed record AccountFacts(
    Address Account,
    Hash256 Mapped,
    BigInteger BalanceWei,
    ushort Netuid,
    bool SubnetExists,
    Hash256 Hotkey,
    Hash256? HotkeyOwner,
    ushort? Uid,
    ulong RegisteredAt,
    (Address Account, ulong Block)? Associated,
    IReadOnlyList<ushort> AssociatedUids,
    bool Permit,
    BigInteger StakeRao,
    ulong ThresholdRao,
    ulong LastUpdate
)
{
    /// <summary>What the account lacks to be a miner that is paid, a line each; empty when nothing.</summary>
    public IReadOnlyList<string> MissingForMiner =>
        [
            .. SubnetExists ? [] : new[] { $"subnet {Netuid} is not there: correct --netuid" },
            .. BalanceWei.IsZero ? new[] { $"TAO for gas and trades: send it to {Ss58.Encode(Mapped)}" } : [],
            .. AssociatedUids.Count > 0
                ? []
                : new[]
                {
                    Uid is null
                        ? $"a UID: register a hotkey on subnet {Netuid}, then run 'tao20 account associate'"
                        : "an association of a UID with the account: run 'tao20 account associate'",
                },
        ];

    /// <summary>What the account lacks to be a validator whose weights count, a line each; empty when nothing.</summary>
    public IReadOnlyList<string> MissingForValidator =>
        [
            .. SubnetExists ? [] : new[] { $"subnet {Netuid} is not there: correct --netuid" },
            .. BalanceWei.IsZero ? new[] { $"TAO for gas and the bond: send it to {Ss58.Encode(Mapped)}" } : [],
            .. Uid is null ? new[] { $"a UID of its own hotkey: register {Ss58.Encode(Mapped)} on subnet {Netuid}" } : [],
            .. Uid is not null && StakeRao < ThresholdRao
                ? new[] { $"stake: {StakeRao} rao are staked with its hotkey, and {ThresholdRao} are demanded" }
                : [],
            .. Uid is not null && !Permit ? new[] { "a validator permit: it comes with enough stake, at the end of a tempo" } : [],
        ];
}

/// <summary>Reads what the chain knows of an account: through precompiles alone, which gateways offer, too.</summary>
public sealed class AccountReader(EndpointPool pool)
{
    /// <summary>An account at a block.</summary>
    /// <param name="account">The account.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="hotkey">The hotkey whose neuron is asked after; null for the account's own.</param>
    /// <param name="at">The block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    /// <exception cref="FormatException">What it gives cannot be read.</exception>
    public async Task<AccountFacts> ReadAsync(Address account, ushort netuid, Hash256? hotkey, BlockHeader at, CancellationToken cancel)
    {
        var mapped = Coldkey.Of(account);
        var own = hotkey ?? mapped;
        Hash256? said = null,
            owner = null;
        ushort? uid = null;
        var (balance, exists, threshold) = (BigInteger.Zero, false, 0UL);
        List<ushort> uids = [];
        await pool.SendAtAsync(
                at.Number,
                at.Hash,
                [
                    EthCalls.CallAt(
                        Precompiles.AddressMapping,
                        new AddressMappingFunction(account).Encode(),
                        at.Number,
                        bytes => said = new AbiData(bytes).Hash(0)
                    ),
                    AccountCalls.BalanceAt(account, at.Number, wei => balance = wei),
                    Value(RuntimeStorage.NetworksAdded.Key(netuid), value => exists = value is not null && ScaleReader.Bool(value)),
                    Value(RuntimeStorage.Owner.Key(own), value => owner = value is null ? null : ScaleReader.Hash(value)),
                    Value(RuntimeStorage.Uids.Key(netuid, own), value => uid = value is null ? null : ScaleReader.UInt16(value)),
                    Value(RuntimeStorage.StakeThreshold.Key(), value => threshold = value is null ? 0 : ScaleReader.UInt64(value)),
                    EthCalls.CallAt(
                        Precompiles.UidLookup,
                        UidReader.Lookup(netuid, account),
                        at.Number,
                        bytes => uids = [.. UidReader.Found(new AbiData(bytes)).Select(found => found.Uid)]
                    ),
                ],
                cancel
            )
            .ConfigureAwait(false);
        if (said != mapped)
            throw new FormatException($"the chain maps {account} to {said}, and not to {mapped}: run 'tao20 chain check'");
        var facts = new AccountFacts(account, mapped, balance, netuid, exists, own, owner, uid, 0, null, uids, false, 0, threshold, 0);
        return uid is { } number ? await NeuronAsync(facts, number, at, cancel).ConfigureAwait(false) : facts;

        RpcCall Value(byte[] key, Action<byte[]?> take) => StorageCalls.At(key, at.Number, value => take(value.Length == 0 ? null : value));
    }

    private async Task<AccountFacts> NeuronAsync(AccountFacts facts, ushort uid, BlockHeader at, CancellationToken cancel)
    {
        await pool.SendAtAsync(
                at.Number,
                at.Hash,
                [
                    StorageCalls.At(
                        RuntimeStorage.BlockAtRegistration.Key(facts.Netuid, uid),
                        at.Number,
                        value => facts = facts with { RegisteredAt = value.Length == 0 ? 0 : ScaleReader.UInt64(value) }
                    ),
                    StorageCalls.At(
                        RuntimeStorage.AssociatedEvmAddress.Key(facts.Netuid, uid),
                        at.Number,
                        value => facts = facts with { Associated = AssociationOf(value) }
                    ),
                    StorageCalls.At(
                        RuntimeStorage.ValidatorPermit.Key(facts.Netuid),
                        at.Number,
                        value => facts = facts with { Permit = ScaleReader.Flags(value).ElementAtOrDefault(uid) }
                    ),
                    StorageCalls.At(
                        RuntimeStorage.LastUpdate.Key(facts.Netuid),
                        at.Number,
                        value => facts = facts with { LastUpdate = ScaleReader.Numbers(value).ElementAtOrDefault(uid) }
                    ),
                    EthCalls.CallAt(
                        Precompiles.Metagraph,
                        new GetNeuronStakeFunction(facts.Netuid, uid).Encode(),
                        at.Number,
                        bytes => facts = facts with { StakeRao = new AbiData(bytes).Integer(0) }
                    ),
                ],
                cancel
            )
            .ConfigureAwait(false);
        return facts;
    }

    private static (Address, ulong)? AssociationOf(byte[] value)
    {
        if (value.Length == 0)
            return null;
        var reader = new ScaleReader(value);
        var account = new Address(reader.Bytes(Address.Length));
        var block = reader.UInt64();
        reader.End();
        return (account, block);
    }
}
