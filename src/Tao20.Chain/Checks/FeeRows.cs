using System.Globalization;
using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Substrate;
using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;
using Tao20.Domain.Transactions;
using static Tao20.Domain.Checks.ChainAction;
using static Tao20.Domain.Checks.CheckOutcome;

namespace Tao20.Chain.Checks;

/// <summary>What is assumed of fees, gas and minimums.</summary>
internal static class FeeRows
{
    private const ulong StakeMinimum = 2_000_000;
    private const ulong NominatorMinimum = 20_000_000;
    private const ulong ExistentialDeposit = 500;
    private const int Beyond = 10;

    public static IReadOnlyList<CheckRow> All { get; } =
    [
        new(13, "Stake minimum", "2,000,000 rao", Refuse, [Mint, Redeem], StakeMinimumAsync),
        new(14, "Transfer minimum", "none of its own / 100,000 rao", Refuse, [Mint, Redeem], TransferMinimumAsync),
        new(15, "Nominator minimum", "20,000,000 rao", Warn, [], NominatorMinimumAsync),
        new(16, "Existential deposit", "500 rao", Warn, [], ExistentialDepositAsync),
        new(37, "Base fee", "what the storage says, below the ceiling", Degrade, ChainActions.Sends, BaseFeeAsync),
        new(38, "No tip is charged", "charged are the base fee and the gas used", Warn, [], TipAsync),
        new(39, "Block gas", "a trade stays under 80 % of it", Degrade, [Mint, Redeem], BlockGasAsync),
        new(41, "View budget", "the contract's NAV is readable", Warn, [], ViewBudgetAsync),
    ];

    private static async Task<Finding> StakeMinimumAsync(CheckProbe probe)
    {
        var constant = probe.Metadata.Constant("SubtensorModule", "InitialMinStake");
        ulong? asked = probe.Later
            ? (
                await probe.CallAsync(Contracts.Precompiles.Staking, new GetDefaultMinStakeFunction().Encode()).ConfigureAwait(false)
            ).Words.UInt64(0)
            : null;
        if ((asked ?? constant) is not { } minimum)
            return Finding.Differs("SubtensorModule.InitialMinStake is not declared");
        probe.Note("stake minimum", minimum);
        return minimum > Beyond * StakeMinimum ? Finding.Differs($"{Rao(minimum)}, more than {Beyond} times as much")
            : minimum != StakeMinimum || (constant is { } declared && declared != minimum)
                ? Finding.Warn($"{Rao(minimum)}: that is used, {Rao(constant ?? 0)} by the metadata")
            : Finding.Ok(Rao(minimum));
    }

    private static Task<Finding> TransferMinimumAsync(CheckProbe probe)
    {
        const ulong expectedLater = 100_000;
        var constant = probe.Metadata.Constant("SubtensorModule", "InitialMinTransfer");
        if (probe.Profile == RuntimeProfile.Spec425)
            return Task.FromResult(
                constant is null
                    ? Finding.Ok("none of its own: the stake minimum holds")
                    : Finding.Warn($"{Rao(constant.Value)}: that is used")
            );
        if (constant is not { } minimum)
            return Task.FromResult(Finding.Differs("SubtensorModule.InitialMinTransfer is not declared"));
        probe.Note("transfer minimum", minimum);
        return Task.FromResult(
            minimum == expectedLater ? Finding.Ok(Rao(minimum))
            : probe.Profile == RuntimeProfile.Unknown ? Finding.Differs($"{Rao(minimum)}, and the rules are not known")
            : Finding.Warn($"{Rao(minimum)}: that is used")
        );
    }

    private static async Task<Finding> NominatorMinimumAsync(CheckProbe probe)
    {
        var answer = await probe
            .CallAsync(Contracts.Precompiles.Staking, new GetNominatorMinRequiredStakeFunction().Encode())
            .ConfigureAwait(false);
        var minimum = probe.Note("nominator minimum", answer.Number);
        return minimum == NominatorMinimum ? Finding.Ok(Rao(minimum)) : Finding.Differs($"{Rao(minimum)}: less that is left is sold along");
    }

    private static Task<Finding> ExistentialDepositAsync(CheckProbe probe)
    {
        if (probe.Metadata.Constant("Balances", "ExistentialDeposit") is not { } deposit)
            return Task.FromResult(Finding.Differs("Balances.ExistentialDeposit is not declared"));
        probe.Note("existential deposit", deposit);
        return Task.FromResult(
            deposit == ExistentialDeposit ? Finding.Ok(Rao(deposit)) : Finding.Differs($"{Rao(deposit)}: balances are shown without it")
        );
    }

    private static async Task<Finding> BaseFeeAsync(CheckProbe probe)
    {
        var shown = BigInteger.Zero;
        await probe.SendAsync([AccountCalls.BaseFee(HexText.Quantity(probe.Final.Number), fee => shown = fee ?? 0)]).ConfigureAwait(false);
        if (shown > probe.Subject.Fees.MaxFeePerGas)
            return Finding.Differs($"{Gwei(shown)}, more than Transactions:MaxFeePerGas = {probe.Subject.Fees.MaxFeePerGas} wei");
        if (probe.Version is null)
            return Finding.Ok(Gwei(shown));
        var values = await probe.StorageAsync([RuntimeStorage.BaseFeePerGas.Key(), RuntimeStorage.Elasticity.Key()]).ConfigureAwait(false);
        var stored = values[0] is { } raw ? new BigInteger(raw, isUnsigned: true) : (BigInteger?)null;
        var moves = values[1] is { } elasticity && elasticity.AsSpan().ContainsAnyExcept((byte)0);
        return stored is { } fee && fee != shown
            ? Finding.Warn($"{Gwei(shown)} by the header of block {probe.Final.Number} and {Gwei(fee)} by its storage")
            : Finding.Ok($"{Gwei(shown)}{(moves || values[1] is null ? "" : ", and it does not move")}");
    }

    private static Task<Finding> TipAsync(CheckProbe probe) =>
        Task.FromResult(
            probe.Subject.Charged switch
            {
                null => Finding.NotAsked("no transaction of the account has been seen yet"),
                FeeRule.BaseFeeBefore => Finding.Ok("as its own transactions were charged"),
                _ => Finding.Differs("its own transactions were charged what they offered: tips cost here"),
            }
        );

    private static async Task<Finding> BlockGasAsync(CheckProbe probe)
    {
        var limit = BigInteger.Zero;
        await probe
            .SendAsync([
                JsonResult.Of(
                    "eth_getBlockByNumber",
                    $"[\"{HexText.Quantity(probe.Final.Number)}\",false]",
                    block => limit = HexText.BigQuantity(block.Text("gasLimit"))
                ),
            ])
            .ConfigureAwait(false);
        probe.Note("block gas", limit);
        return probe.Subject.Fees.GasCeiling <= limit * 8 / 10
            ? Finding.Ok(Number(limit))
            : Finding.Differs($"{Number(limit)}: set Transactions:GasCeiling to at most {Number(limit * 8 / 10)}");
    }

    private static async Task<Finding> ViewBudgetAsync(CheckProbe probe)
    {
        if (probe.Subject.Contract is not { } contract)
            return Finding.NotAsked("there is no contract");
        var gas = probe.Subject.Bounds.ViewGas;
        var answer = await probe.CallAsync(contract, new GetCurrentNavFunction().Encode(), gas).ConfigureAwait(false);
        return answer.Refusal is null
            ? Finding.Ok($"with {Number(gas)} gas")
            : Finding.Differs($"with {Number(gas)} gas: {answer.Refusal}");
    }

    private static string Rao(ulong rao) => $"{Number(rao)} rao";

    private static string Number(BigInteger number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Gwei(BigInteger wei) => string.Create(CultureInfo.InvariantCulture, $"{(double)wei / 1e9:0.#########} gwei");
}
