using System.Numerics;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Index.Model;

/// <content>What the chain, owners of hotkeys and subnets, the manager and time do.</content>
internal sealed partial class Sequences
{
    private Operation Switches(IndexModel index)
    {
        var netuid = Existing(index);
        var (enabled, off) = (random.Next(4) > 0, random.Next(3) == 0);
        return new Operation(
            "switches",
            model =>
                model with
                {
                    Chain = model.Chain.With(netuid, subnet => subnet with { SubtokenEnabled = enabled, TransfersOff = off }),
                },
            chain => OfHarness(chain, "setSwitches", (ushort)netuid, enabled, off, false)
        );
    }

    private Operation Swap(IndexModel index)
    {
        var leg = index.Legs[random.Next(index.Legs.Count)];
        var (from, to, netuid) = (leg.Hotkey, _fresh++, leg.Netuid);
        return new Operation(
            "swap",
            model => model with { Chain = model.Chain.SwapHotkey(from, to, netuid) },
            chain => OfHarness(chain, "swapHotkey", chain.HotkeyOf(from), chain.HotkeyOf(to), (ushort)netuid)
        );
    }

    private Operation Follow(IndexModel index)
    {
        var leg = index.Legs[random.Next(index.Legs.Count)];
        var hotkey = random.Next(_fresh);
        for (var candidate = 0; candidate < _fresh && random.Next(4) > 0; candidate++)
        {
            if (index.Chain.Stake(candidate, IndexModel.Account, leg.Netuid) > 0)
                hotkey = candidate;
        }

        return new Operation(
            "follow",
            model => model.Follow(leg.Netuid, hotkey),
            chain => new SequenceCall(
                1,
                chain.Index,
                0,
                AbiEncoder.Call("follow(uint16,bytes32)", (ushort)leg.Netuid, chain.HotkeyOf(hotkey))
            )
        );
    }

    private Operation Dissolve(IndexModel index)
    {
        var netuid = Existing(index);
        if (index.Legs.Count < 3)
            return Given(index);
        return new Operation(
            "dissolve",
            model => model with { Chain = model.Chain.Dissolve(netuid) },
            chain => OfHarness(chain, "dissolve", (ushort)netuid)
        );
    }

    private Operation StepDissolution(IndexModel index)
    {
        if (index.Chain.Dissolving.IsEmpty)
        {
            return new Operation("sync", model => model.Sync(), chain => new SequenceCall(1, chain.Index, 0, AbiEncoder.Call("sync()")));
        }

        var (netuid, part, reused) = (index.Chain.Dissolving[0], random.Next(1, 8), random.Next(3) == 0);
        return new Operation(
            "step of a dissolution",
            model => model with { Chain = model.Chain.StepDissolution(netuid, part, reused) },
            chain => OfHarness(chain, "stepDissolution", (ushort)netuid, (BigInteger)part, reused)
        );
    }

    private Operation Managed(IndexModel index)
    {
        var leg = index.Legs[random.Next(index.Legs.Count)];
        var (hotkey, fee) = (random.Next(2), random.Next(101));
        return random.Next(4) switch
        {
            0 => new Operation(
                "write down",
                model => model.WriteDown(leg.Netuid),
                chain => new SequenceCall(Manager, chain.Index, 0, AbiEncoder.Call("writeDown(uint16)", (ushort)leg.Netuid))
            ),
            1 => new Operation(
                "fee",
                model => model with { FeeBps = fee },
                chain => new SequenceCall(Manager, chain.Index, 0, AbiEncoder.Call("setFee(uint256)", fee))
            ),
            _ => new Operation(
                "hotkey",
                model => model.SetHotkey(leg.Netuid, hotkey),
                chain => new SequenceCall(
                    Manager,
                    chain.Index,
                    0,
                    AbiEncoder.Call("setHotkey(uint16,bytes32,uint256)", (ushort)leg.Netuid, chain.HotkeyOf(hotkey), IndexChain.LegGas)
                )
            ),
        };
    }

    private Operation SetTargets()
    {
        var netuids = Netuids.OrderBy(_ => random.Next()).Take(random.Next(3, 6)).Order().ToList();
        var rest = 1_000;
        var targets = new List<TargetModel>();
        for (var i = 0; i < netuids.Count; i++)
        {
            var weight = i == netuids.Count - 1 ? rest : random.Next(10, rest - 10 * (netuids.Count - i));
            targets.Add(new TargetModel(netuids[i], weight * (IndexModel.One / 1_000), HotkeyOf(netuids[i])));
            rest -= weight;
        }

        return new Operation(
            "targets",
            model => model.SetTargets(targets, Until),
            chain => new SequenceCall(
                Manager,
                chain.Index,
                0,
                AbiEncoder.Call(
                    "setTargets((uint16,uint64,bytes32)[],(uint16,uint96)[],uint256)",
                    targets
                        .Select(target => (object)new AbiStruct([(ushort)target.Netuid, target.Weight, chain.HotkeyOf(target.Hotkey)]))
                        .ToList(),
                    new List<object>(),
                    Until
                )
            )
        );
    }

    private Operation Step(IndexModel index)
    {
        if (index.WindowUntil.IsZero)
            return random.Next(2) == 0 ? SetTargets() : Mint(index);
        var (netuid, actor) = (Netuids[random.Next(Netuids.Length)], random.Next(3));
        return new Operation(
            "step",
            model => model.Step(netuid),
            chain => new SequenceCall(actor, chain.Index, 0, AbiEncoder.Call("step(uint16,uint256)", (ushort)netuid, IndexChain.LegGas))
        );
    }

    private Operation Time(IndexModel index)
    {
        var (seconds, drift) = (random.Next(100, 20_000), random.Next(90, 111));
        var netuid = Existing(index);
        return new Operation(
            "time",
            model => Drifted(model, netuid, drift) with { Now = model.Now + seconds },
            _ => throw new InvalidOperationException("Time does not pass within a block.")
        );

        // The mean goes with the price where that is not too far.
        static IndexModel Drifted(IndexModel model, int netuid, int percent)
        {
            var (mean, registration) = model.Means[netuid];
            return model with { Means = model.Means.SetItem(netuid, (mean * percent / 100, registration)) };
        }
    }
}
