using System.Numerics;

namespace Tao20.Chain.Tests.Index.Model;

/// <content>The end of a subnet: at once (425), or step by step (source: Contracts/Subtensor/Dissolution.sol).</content>
internal sealed partial record ChainModel
{
    // The phases that are in work or next.
    private const int Settles = 4;
    private const int Deletes = 5;
    private const int Totals = 6;
    private const int SwapState = 10;
    private const int Maps = 14;

    public ChainModel Dissolve(int netuid)
    {
        if (!IsJune)
            return With(netuid, subnet => subnet with { Exists = false }) with { Dissolving = Dissolving.Add(netuid) };
        var (chain, _) = Settle(netuid, int.MaxValue);
        return chain.Delete(netuid).With(netuid, subnet => SubnetModel.Registered(subnet.Registrations + 1));
    }

    public ChainModel StepDissolution(int netuid, int part, bool reused)
    {
        Require(Dissolving.Count > 0 && Dissolving[0] == netuid, "another subnet is dissolved first");
        var phase = Subnet(netuid).Dissolution;
        if (phase < Deletes)
        {
            var (chain, all) = Settle(netuid, part);
            return chain.With(netuid, subnet => subnet with { Dissolution = all ? Deletes : Settles });
        }

        return phase switch
        {
            Deletes => Delete(netuid).With(netuid, subnet => subnet with { Dissolution = Totals }),
            Totals => With(netuid, subnet => subnet with { Dissolution = SwapState, Pool = subnet.Pool with { Tao = 0, Alpha = 0 } }),
            SwapState => With(
                netuid,
                subnet => subnet with { Dissolution = Maps, IsDynamic = false, Pool = subnet.Pool with { QuoteWeight = 0, FeeRate = 0 } }
            ),
            _ => With(
                netuid,
                subnet => reused ? SubnetModel.Registered(subnet.Registrations + 1) : subnet with { Dissolution = 0, IsDynamic = false }
            ) with
            {
                Dissolving = Dissolving.RemoveAt(0),
            },
        };
    }

    private (ChainModel Chain, bool All) Settle(int netuid, int part)
    {
        var (subnet, held) = (Subnet(netuid), Holders.GetValueOrDefault(netuid) ?? []);
        List<BigInteger> alpha = [.. held.Select(one => Stake(one.Hotkey, one.Account, netuid)), subnet.Pool.Alpha];
        var total = alpha.Aggregate(BigInteger.Zero, (sum, one) => sum + one);
        if (total.IsZero)
            return (this, true);
        var tao = subnet.Pool.Tao;
        var whole = alpha.ConvertAll(one => tao * one / total);
        var rao = new List<BigInteger>(whole);
        for (var left = tao - rao.Aggregate(BigInteger.Zero, (sum, one) => sum + one); left > 0; left--)
        {
            var (largest, fraction) = (0, BigInteger.Zero);
            for (var i = 0; i < alpha.Count; i++)
            {
                var rest = tao * alpha[i] % total;
                if (rao[i] == whole[i] && rest > fraction)
                    (largest, fraction) = (i, rest);
            }

            rao[largest]++;
        }

        var from = Settled.GetValueOrDefault(netuid);
        var until = part > held.Count - from ? held.Count : from + part;
        var chain = this;
        for (var i = from; i < until; i++)
            chain = chain.Credit(held[i].Account, rao[i]);
        return (chain with { Settled = Settled.SetItem(netuid, until == held.Count ? 0 : until) }, until == held.Count);
    }

    private ChainModel Delete(int netuid)
    {
        var held = Holders.GetValueOrDefault(netuid) ?? [];
        return this with
        {
            Holders = Holders.Remove(netuid),
            Shares = Shares.RemoveRange(held.Select(one => (one.Hotkey, netuid, one.Account))),
            Pools = Pools.RemoveRange(held.Select(one => (one.Hotkey, netuid))),
        };
    }
}
