using System.Globalization;
using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Substrate;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using static Tao20.Domain.Checks.ChainAction;
using static Tao20.Domain.Checks.CheckOutcome;

namespace Tao20.Chain.Checks;

/// <summary>What is assumed of the index's stake: that it moves as it is asked to. All of it is simulated, and changes nothing.</summary>
internal static class StakeRows
{
    private const int RoomLeft = 100;
    private const int MostForStrangers = 128;

    public static IReadOnlyList<CheckRow> All { get; } =
    [
        new(17, "Asking for too much", "moves what there is / NotEnoughStakeToWithdraw", Refuse, [Mint, Redeem], TooMuchAsync),
        new(18, "Asking for what is held", "each leg can be transferred", Degrade, [Redeem], WhatIsHeldAsync),
        new(27, "Legs' stake is in place", "owned hotkeys, nothing missing / no successors", Refuse, [Nav, Mint, Redeem], HotkeyAsync),
        new(28, "Room for hotkeys", "the leg's hotkey is listed, and there are less than 100", Warn, [], RoomAsync),
        new(29, "No locked alpha comes in", "the index does not take it", Refuse, [Mint], LockedAlphaAsync),
        new(30, "Contract is free to move", "nothing of it is locked", Degrade, [Redeem], FreeAsync),
        new(40, "Gas fits the ceilings", "each leg stays below its ceiling", Refuse, [Mint, Redeem], GasAsync),
    ];

    private static async Task<Finding> TooMuchAsync(CheckProbe probe)
    {
        if (probe.Index is not { } index)
            return Finding.NotAsked("there is no contract");
        var held = await HeldAsync(probe, index).ConfigureAwait(false);
        if (held.TrueForAll(leg => leg.Alpha.IsZero))
            return Finding.NotAsked("the index holds nothing yet");
        var (leg, alpha) = held.MaxBy(each => each.Alpha);
        var answer = await probe.CallAsync(Precompiles.Staking, Transfer(probe, leg, alpha + 1), index.Contract).ConfigureAwait(false);
        var refused = answer.Refusal?.Contains("NotEnoughStakeToWithdraw", StringComparison.Ordinal) == true;
        return (probe.Later ? refused : answer.Refusal is null)
            ? Finding.Ok(answer.Refusal ?? "moves what there is")
            : Finding.Differs($"of subnet {leg.Netuid}: {answer.Refusal ?? "moves what there is"}");
    }

    private static async Task<Finding> WhatIsHeldAsync(CheckProbe probe)
    {
        if (probe.Index is null)
            return Finding.NotAsked("there is no contract");
        var legs = await probe.OnceAsync("legs", () => LegsAsync(probe)).ConfigureAwait(false);
        if (legs.Count == 0)
            return Finding.NotAsked("the index holds nothing yet");
        return Finding.Of(
            [.. legs.Where(leg => leg.Gas is null).Select(leg => $"subnet {leg.Netuid}: {leg.Refusal}")],
            $"{legs.Count} legs, with at most {legs.Max(leg => leg.Gas)?.ToString("N0", CultureInfo.InvariantCulture)} gas each"
        );
    }

    private static async Task<Finding> GasAsync(CheckProbe probe)
    {
        if (probe.Index is null)
            return Finding.NotAsked("there is no contract");
        var legs = await probe.OnceAsync("legs", () => LegsAsync(probe)).ConfigureAwait(false);
        var fees = probe.Subject.Fees;
        var limits = legs.Where(leg => leg.Gas is not null)
            .Select(leg => (leg.Netuid, Limit: GasLimits.Of(fees, probe.Profile, GasKind.StakeExit, leg.Gas!.Value)))
            .ToList();
        if (limits.Count == 0)
            return Finding.NotAsked("there is no leg to estimate");
        var ceiling = GasLimits.Ceiling(fees, GasKind.StakeExit);
        return Finding.Of(
            [.. limits.Where(leg => leg.Limit > ceiling).Select(leg => $"subnet {leg.Netuid} needs {leg.Limit} gas, more than {ceiling}")],
            $"at most {limits.Max(leg => leg.Limit).ToString("N0", CultureInfo.InvariantCulture)} gas for a leg"
        );
    }

    private static async Task<Finding> HotkeyAsync(CheckProbe probe)
    {
        if (probe.Index is not { } index)
            return Finding.NotAsked("there is no contract");
        foreach (var hotkey in index.Hotkeys)
        {
            if (await probe.StorageAsync(RuntimeStorage.Owner, hotkey).ConfigureAwait(false) is not { Length: Hash256.Length })
                return Finding.Differs($"there is no hotkey {hotkey}");
        }

        var held = await HeldAsync(probe, index).ConfigureAwait(false);
        List<string> wrong =
        [
            .. held.Where(leg => leg.Leg.IsActive && IndexLeg.IsLess(leg.Alpha, leg.Leg.Book))
                .Select(leg => $"on subnet {leg.Leg.Netuid} stake is missing: it has to be followed to its new hotkey"),
        ];
        if (!probe.Later)
            return Finding.Of(wrong, "they have owners, and nothing is missing");
        var answers = await probe
            .CallAsync([
                .. index.Legs.Select(leg => (Precompiles.Staking, new GetHotkeySuccessorFunction(leg.Hotkey, leg.Netuid).Encode())),
            ])
            .ConfigureAwait(false);
        wrong.AddRange(
            index
                .Netuids.Zip(answers)
                .Where(pair => pair.Second.Words.UInt64(0) != 0)
                .Select(pair => $"on subnet {pair.First} all stake has gone to {pair.Second.Words.Hash(1)}")
        );
        return Finding.Of(wrong, "they have owners and no successors, and nothing is missing");
    }

    private static async Task<Finding> RoomAsync(CheckProbe probe)
    {
        if (probe.Index is not { } index)
            return Finding.NotAsked("there is no contract");
        var value = await probe.StorageAsync(RuntimeStorage.StakingHotkeys, index.Coldkey).ConfigureAwait(false);
        var hotkeys = ScaleReader.Items(value, static (ref ScaleReader reader) => reader.Hash());

        return hotkeys.Count >= MostForStrangers && probe.Later
                ? Finding.Differs($"{hotkeys.Count} hotkeys: another leg's can only be added by the index's own purchase")
            : hotkeys.Count >= RoomLeft ? Finding.Differs($"{hotkeys.Count} hotkeys of {MostForStrangers}: somebody is filling the list")
            : !index.Hotkeys.All(hotkeys.Contains)
                ? Finding.Differs("a leg's hotkey is not listed yet: the list can be filled before it is")
            : Finding.Ok($"{hotkeys.Count} of {MostForStrangers}");
    }

    private static async Task<Finding> LockedAlphaAsync(CheckProbe probe)
    {
        if (probe.Index is not { } index)
            return Finding.NotAsked("there is no contract");
        var flags = await probe.StorageAsync(RuntimeStorage.AccountFlags, index.Coldkey).ConfigureAwait(false);
        if (flags is [var lowest, ..] && (lowest & 1) != 0)
            return Finding.Differs("the index takes locked alpha: what comes in could not be redeemed");
        if (!probe.Later)
            return Finding.Ok("it does not");
        var answer = await probe
            .CallAsync(Precompiles.Staking, new GetRejectLockedAlphaFunction(index.Coldkey).Encode())
            .ConfigureAwait(false);
        return answer.Words.UInt64(0) != 0 ? Finding.Ok("it does not") : Finding.Differs("the index takes locked alpha");
    }

    private static async Task<Finding> FreeAsync(CheckProbe probe)
    {
        if (probe.Index is not { } index)
            return Finding.NotAsked("there is no contract");
        if (!probe.Later)
            return Finding.NotAsked("row 18 says so at this spec");
        var answers = await probe
            .CallAsync([
                .. index.Netuids.Select(netuid => (Precompiles.Staking, new GetColdkeyLockFunction(index.Coldkey, netuid).Encode())),
            ])
            .ConfigureAwait(false);
        return Finding.Of(
            [
                .. index
                    .Netuids.Zip(answers)
                    .Where(pair => pair.Second.Words.UInt64(0) != 0)
                    .Select(pair => $"alpha of subnet {pair.First} is locked"),
            ],
            "nothing is locked"
        );
    }

    /// <summary>What the index holds of each leg.</summary>
    private static async Task<List<(LegWords Leg, BigInteger Alpha)>> HeldAsync(CheckProbe probe, CheckedIndex index)
    {
        var answers = await probe
            .OnceAsync(
                "held",
                () =>
                    probe.CallAsync([
                        .. index.Legs.Select(leg =>
                            (Precompiles.Staking, new GetStakeFunction(leg.Hotkey, index.Coldkey, leg.Netuid).Encode())
                        ),
                    ])
            )
            .ConfigureAwait(false);
        return [.. index.Legs.Zip(answers, (leg, answer) => (leg, answer.Number))];
    }

    /// <summary>What it would take to transfer each leg of which there is anything.</summary>
    private static async Task<List<(ushort Netuid, ulong? Gas, string? Refusal)>> LegsAsync(CheckProbe probe)
    {
        var index = probe.Index!;
        var held = (await HeldAsync(probe, index).ConfigureAwait(false)).Where(leg => leg.Alpha > 0).ToList();
        var estimates = await probe
            .EstimateAsync(index.Contract, [.. held.Select(leg => (Precompiles.Staking, Transfer(probe, leg.Leg, leg.Alpha)))])
            .ConfigureAwait(false);
        return [.. held.Zip(estimates, (leg, estimate) => (leg.Leg.Netuid, estimate.Gas, estimate.Refusal))];
    }

    private static string Transfer(CheckProbe probe, LegWords leg, BigInteger alpha) =>
        new TransferStakeFunction(Coldkey.Of(probe.Sender), leg.Hotkey, leg.Netuid, leg.Netuid, alpha).Encode();
}
