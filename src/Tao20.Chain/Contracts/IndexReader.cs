using System.Numerics;
using Nethereum.Contracts;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>Reads an index that goes by holdings, with its means and its manager, at one block.</summary>
/// <param name="pool">The endpoints.</param>
/// <param name="contract">The index.</param>
public sealed class IndexReader(EndpointPool pool, Address contract)
{
    private static readonly ProposalKind[] OfNoLeg =
    [
        ProposalKind.Composition,
        ProposalKind.Router,
        ProposalKind.Fee,
        ProposalKind.Owner,
        ProposalKind.Guardian,
    ];
    private static readonly ProposalKind[] OfLegs = [ProposalKind.Hotkey, ProposalKind.WriteDown];

    /// <summary>The index at a block.</summary>
    /// <param name="at">The block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    /// <exception cref="FormatException">It is no such index.</exception>
    public async Task<IndexView> ReadAsync(BlockHeader at, CancellationToken cancel)
    {
        var (legs, pending) = (new List<IndexLeg>(), new List<PendingProposal>());
        var (coldkey, manager, means, owner, guardian) = (
            default(Hash256),
            default(Address),
            default(Address),
            default(Address),
            default(Address)
        );
        var (delay, expiry, shortest) = (0UL, 0UL, 0UL);
        var words = new Dictionary<Type, BigInteger>();
        var tao = BigInteger.Zero;
        (Address To, string Function)? missing = null;
        await pool.SendAtAsync(
                at.Number,
                at.Hash,
                [
                    Call(contract, new LegsFunction(), data => legs = [.. LegWords.Of(data).Select(LegOf)]),
                    Call(contract, new ColdkeyFunction(), data => coldkey = data.Hash(0)),
                    Call(contract, new ManagerFunction(), data => manager = data.Address(0)),
                    Call(contract, new MeansFunction(), data => means = data.Address(0)),
                    AccountCalls.BalanceAt(contract, at.Number, wei => tao = wei / 1_000_000_000),
                    Number(new TotalSupplyFunction()),
                    Number(new RevisionFunction()),
                    Number(new FeeBpsFunction()),
                    Number(new GetCurrentNavFunction()),
                    Number(new ReferenceNavFunction()),
                    Number(new PausedUntilFunction()),
                    Number(new WindowUntilFunction()),
                    Number(new RoomFunction()),
                    Number(new RoomAtFunction()),
                    Number(new GapFunction()),
                    Number(new DayFunction()),
                ],
                cancel
            )
            .ConfigureAwait(false);
        RequireAll();
        await pool.SendAtAsync(
                at.Number,
                at.Hash,
                [
                    Call(manager, new OwnerFunction(), data => owner = data.Address(0)),
                    Call(manager, new GuardianFunction(), data => guardian = data.Address(0)),
                    Call(means, new ShortestFunction(), data => shortest = data.UInt64(0)),
                    Call(manager, new RulesFunction(), data => (delay, expiry) = (data.UInt64(0), data.UInt64(1))),
                    .. OfNoLeg.Select(kind => Proposed(kind, 0)),
                    .. legs.SelectMany(leg => OfLegs.Select(kind => Proposed(kind, leg.Netuid))),
                    .. legs.SelectMany(PricesAndStake),
                ],
                cancel
            )
            .ConfigureAwait(false);
        RequireAll();
        return new IndexView
        {
            Block = (at.Number, at.Timestamp),
            Supply = Of<TotalSupplyFunction>(),
            TaoRao = tao,
            Revision = (ulong)Of<RevisionFunction>(),
            FeeBps = (int)Of<FeeBpsFunction>(),
            Nav = (Of<GetCurrentNavFunction>(), Of<ReferenceNavFunction>()),
            PausedUntil = Time<PausedUntilFunction>(),
            WindowUntil = Time<WindowUntilFunction>(),
            Room = (Of<RoomFunction>(), Time<RoomAtFunction>()),
            Rules = (Time<GapFunction>(), Time<DayFunction>()),
            Means = means,
            ShortestSpan = shortest,
            Owners = (manager, owner, guardian),
            TimeLock = (delay, expiry),
            Legs = [.. legs],
            Pending = [.. pending.OrderBy(proposal => proposal.Since)],
        };

        // What refuses, or has no such function, is told when all have answered: an endpoint is not to blame for it.
        RpcCall Call<TFunction>(Address to, TFunction function, Action<AbiData> take)
            where TFunction : FunctionMessage =>
            EthCalls.CallAt(
                to,
                function.Encode(),
                at.Number,
                bytes =>
                {
                    if (bytes.Length == 0)
                        missing ??= (to, typeof(TFunction).Name);
                    else
                        take(new AbiData(bytes));
                }
            ) with
            {
                Refused = _ => missing ??= (to, typeof(TFunction).Name),
            };

        void RequireAll()
        {
            if (missing is var (to, function))
                throw new FormatException(
                    $"{to} has no {function.Replace("Function", "", StringComparison.Ordinal)}: it is not of an index by holdings"
                );
        }

        RpcCall Number<TFunction>(TFunction function)
            where TFunction : FunctionMessage => Call(contract, function, data => words[typeof(TFunction)] = data.Integer(0));

        RpcCall Proposed(ProposalKind kind, ushort netuid) =>
            Call(
                manager,
                new ProposedSinceFunction((byte)kind, netuid),
                data =>
                {
                    if (data.UInt64(0) is > 0 and var since)
                        pending.Add(new PendingProposal(kind, netuid, since));
                }
            );

        IEnumerable<RpcCall> PricesAndStake(IndexLeg leg, int i) =>
            [
                Call(
                    Precompiles.Staking,
                    new GetStakeFunction(leg.Hotkey, coldkey, leg.Netuid),
                    data => legs[i] = legs[i] with { Held = data.Integer(0) }
                ),
                Optional(
                    Precompiles.Alpha,
                    new GetAlphaPriceFunction(leg.Netuid),
                    data => legs[i] = legs[i] with { SpotWei = data.Integer(0) }
                ),
                Optional(means, new MeanFunction(leg.Netuid), data => legs[i] = legs[i] with { MeanWei = data.Integer(0) }),
                Call(
                    means,
                    new ReadingsOfFunction(leg.Netuid),
                    data => legs[i] = legs[i] with { ObservedAt = ReadingsOfFunction.NewestBlock(data) }
                ),
            ];

        // A price that cannot be had is none.
        RpcCall Optional<TFunction>(Address to, TFunction function, Action<AbiData> take)
            where TFunction : FunctionMessage => Call(to, function, take) with { Refused = _ => { } };

        BigInteger Of<TFunction>() => words[typeof(TFunction)];

        ulong Time<TFunction>() => Of<TFunction>() is var time && time > ulong.MaxValue ? ulong.MaxValue : (ulong)time;
    }

    private static IndexLeg LegOf(LegWords leg) =>
        new(leg.Netuid, leg.IsActive, leg.Book, leg.SteppedAt, leg.Hotkey, leg.Unit, leg.Anchor, leg.Weight, 0, 0, null);
}
