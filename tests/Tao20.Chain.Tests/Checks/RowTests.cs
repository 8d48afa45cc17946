using System.Text.RegularExpressions;
using Tao20.Chain.Abi;
using Tao20.Chain.Checks;
using Tao20.Chain.Substrate;
using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using static Tao20.Domain.Checks.ChainAction;
using static Tao20.Domain.Checks.CheckOutcome;

namespace Tao20.Chain.Tests.Checks;

/// <summary>Each assumption about the chain: it holds, it is broken, and it holds again; what it switches off in between.</summary>
public sealed partial class RowTests(CheckedChains chains) : IClassFixture<CheckedChains>
{
    private const ulong Rao = 1_000_000_000;
    private const ushort Leg = 7;
    private static readonly Hash256 Stranger = Keccak.Hash("a stranger"u8);

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task All_hold_on_the_mock_of_a_known_spec(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var report = await chain.CheckAsync();
        Assert.Equal(Enumerable.Range(1, 44), report.Results.Select(row => row.Row));

        // The validator has not associated its key, which no weight needs.
        Assert.Equal([32], report.Results.Where(row => !row.Holds).Select(row => row.Row));
        Assert.Equal((RuntimeProfile)spec, report.Profile);
        Assert.Empty(report.Off);
        Assert.Equal(Warn, report.Worst);
    }

    public static TheoryData<int, CheckOutcome, ChainAction[]> Rows() =>
        new()
        {
            { 1, Warn, [] },
            { 2, Refuse, [.. ChainActions.Signs, Audit] },
            { 3, Degrade, [.. ChainActions.Sends] },
            { 4, Degrade, [Audit] },
            { 5, Refuse, [Weights] },
            { 6, Degrade, [.. ChainActions.Sends] },
            { 7, Refuse, [.. ChainActions.Signs] },
            { 8, Degrade, [Mint, Redeem, Nav] },
            { 9, Refuse, [Associate] },
            { 10, Refuse, [Deploy] },
            { 11, Refuse, [Deploy] },
            { 12, Refuse, [Deploy] },
            { 13, Refuse, [Mint, Redeem] },
            { 14, Warn, [] },
            { 15, Warn, [] },
            { 16, Warn, [] },
            { 17, Refuse, [Mint, Redeem] },
            { 18, Degrade, [Redeem] },
            { 19, Refuse, [Mint, Redeem] },
            { 20, Degrade, [] },
            { 21, Degrade, [] },
            { 22, Refuse, [Nav, Mint, Redeem] },
            { 23, Warn, [] },
            { 24, Degrade, [Mint] },
            { 25, Degrade, [Nav, Mint] },
            { 26, Warn, [] },
            { 27, Refuse, [Nav, Mint, Redeem] },
            { 28, Warn, [] },
            { 29, Refuse, [Mint] },
            { 30, Degrade, [Redeem] },
            { 31, Refuse, [Weights] },
            { 33, Degrade, [Weights] },
            { 34, Warn, [] },
            { 35, Refuse, [Weights] },
            { 36, Warn, [] },
            { 37, Degrade, [.. ChainActions.Sends] },
            { 38, Warn, [] },
            { 39, Degrade, [Mint, Redeem] },
            { 40, Refuse, [Mint, Redeem] },
            { 41, Warn, [] },
            { 42, Warn, [] },
            { 43, Degrade, [Audit] },
            { 44, Warn, [] },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task One_that_is_broken_says_so_switches_off_what_rests_on_it_and_holds_again(
        int number,
        CheckOutcome outcome,
        ChainAction[] off
    )
    {
        var chain = await chains.OfAsync(473);
        Assert.True((await chain.RowAsync(number)).Holds);
        var (subject, undo) = await BreakAsync(chain, number);
        var broken = await chain.RowAsync(number, subject);
        await undo();
        Assert.Equal((outcome, string.Join(", ", off.Order())), (broken.Outcome, string.Join(", ", broken.Off.Order())));
        Assert.NotEqual("", broken.Found);
        var again = await chain.RowAsync(number);
        Assert.True(again.Holds, again.Found);
    }

    [Fact]
    public async Task An_association_is_missing_until_it_is_made()
    {
        var chain = await chains.OfAsync(473);
        Assert.Equal(Warn, (await chain.RowAsync(32)).Outcome);
        await chain.SetAsync("setUid", CheckedChain.Netuid, chain.Validator.Address, chain.Uid);
        Assert.Equal(Ok, (await chain.RowAsync(32)).Outcome);
        await chain.SetAsync("setUid", CheckedChain.Netuid, Address.Parse("0x00000000000000000000000000000000000000aa"), chain.Uid);
        Assert.Equal(Warn, (await chain.RowAsync(32)).Outcome);
    }

    /// <summary>Breaks an assumption: what is to be checked then, and what mends it.</summary>
    private static async Task<(CheckSubject Subject, Func<Task> Undo)> BreakAsync(CheckedChain chain, int number)
    {
        var (subject, node, fees) = (chain.Subject, chain.Rpc.Node, chain.Subject.Fees);
        switch (number)
        {
            case 1:
                return await RulesAsync(9, 474u, null);
            case 2:
                return Of(subject with { ChainId = 964 });
            case 3:
                node.IsSyncing = true;
                return (subject, () => Done(() => node.IsSyncing = false));
            case 4:
                node.StateKeptFrom = await chain.HeightAsync() - 2;
                return (Bounded(new CheckOptions { LookBackBlocks = 10 }), () => Done(() => node.StateKeptFrom = 0));
            case 5:
                return await SetAsync(("setDropped", ["LastUpdate", true]), ("setDropped", ["LastUpdate", false]));
            case 6:
                node.SafeModeUntil = 1_000;
                return (subject, () => Done(() => node.SafeModeUntil = null));
            case 7:
                return await SetAsync(("setDisabled", [Precompile(0x80C), true]), ("setDisabled", [Precompile(0x80C), false]));
            case 8:
                return await SetAsync(("setDisabled", [Precompile(0x805), true]), ("setDisabled", [Precompile(0x805), false]));
            case 9:
                return Altered(
                    (request, reply) =>
                        request.Contains(Keccak.Selector("associateEvmKey(uint16,address,uint64,bytes)"), StringComparison.Ordinal)
                            ? WithoutAssociation(reply)
                            : reply
                );
            case 10:
                return await RulesAsync(2, false, null);
            case 11:
                return Altered(
                    (request, reply) =>
                        request.Contains("6000600060005e00", StringComparison.Ordinal)
                            ? """{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"evm error: InvalidOpcode"}}"""
                            : reply
                );
            case 12:
                node.AnybodyDeploys = false;
                return (subject, () => Done(() => node.AnybodyDeploys = true));
            case 13:
                return await RulesAsync(7, 20_000_001UL, null);
            case 14:
                return await RulesAsync(8, 200_000UL, null);
            case 15:
                return await RulesAsync(9, 30_000_000UL, null);
            case 16:
                node.ExistentialDepositRao = 600;
                return (subject, () => Done(() => node.ExistentialDepositRao = 500));
            case 17:
                return await RulesAsync(1, true, null);
            case 18:
                return await SetAsync(("setSwitches", [Leg, true, true, false]), ("setSwitches", [Leg, true, false, false]));
            case 19:
                return await SetAsync(("setFeeRate", [Leg, (ushort)700]), ("setFeeRate", [Leg, (ushort)33]));
            case 20 or 21:
                return await SetAsync(("setForeignCurve", [Leg, true]), ("setForeignCurve", [Leg, false]));
            case 22:
                return Altered(
                    (request, reply) =>
                        request.Contains(Keccak.Selector("getAlphaPrice(uint16)"), StringComparison.Ordinal)
                            ? reply.Replace("de0b6b3a7640000\"", "00000003b9aca00\"", StringComparison.Ordinal)
                            : reply
                );
            case 23:
                return Altered(
                    (request, reply) =>
                        request.Contains(Keccak.Selector("getSwapState(uint16)"), StringComparison.Ordinal)
                            ? WithTenthsInReservoirs(reply)
                            : reply
                );
            case 24:
                return await SetAsync(("setSwitches", [Leg, false, false, false]), ("setSwitches", [Leg, true, false, false]));
            case 25:
                return Altered(
                    (request, reply) =>
                        request.Contains(Keccak.Selector("isSubnetDissolving(uint16)"), StringComparison.Ordinal)
                            ? Answers(reply, 0, new string('0', 63) + "1")
                            : reply
                );
            case 26:
                return Altered(
                    (request, reply) =>
                        request.Contains(
                            Convert.ToHexStringLower(RuntimeStorage.RegisteredSubnetCounter.Key(Leg)),
                            StringComparison.OrdinalIgnoreCase
                        )
                            ? Regex.Replace(reply, "\"result\":\"0x[0-9a-f]*\"", "\"result\":\"0x0900000000000000\"")
                            : reply
                );
            case 27:
                return await SetAsync(("setDropped", ["Owner", true]), ("setDropped", ["Owner", false]));
            case 28:
                return await SetAsync(("setDropped", ["StakingHotkeys", true]), ("setDropped", ["StakingHotkeys", false]));
            case 29:
                await chain.FromIndexAsync(Precompile(0x805), AbiEncoder.Call("setRejectLockedAlpha(bool)", false));
                return (subject, () => chain.FromIndexAsync(Precompile(0x805), AbiEncoder.Call("setRejectLockedAlpha(bool)", true)));
            case 30:
                return await SetAsync(("setLock", [chain.Coldkey, Leg, Rao, Stranger]), ("setLock", [chain.Coldkey, Leg, 0UL, Stranger]));
            case 31:
                return Of(subject with { Account = chain.Economy.Miners[0] });
            case 33:
                return await SetAsync(
                    ("setStakeThreshold", [2UL]),
                    ("setStakeThreshold", [0UL]),
                    ("setNeuronState", [CheckedChain.Netuid, chain.Uid, 40UL, 30UL, 1UL])
                );
            case 34:
                return Altered(
                    (request, reply) =>
                        request.Contains(Keccak.Selector("getMaxWeightLimit(uint16)"), StringComparison.Ordinal)
                            ? Answers(reply, 5, "1000".PadLeft(64, '0'))
                            : reply
                );
            case 35:
                return await SetAsync(
                    ("setClock", [CheckedChain.Netuid, (ushort)0, 1UL, 1UL]),
                    ("setClock", [CheckedChain.Netuid, (ushort)360, 1UL, await chain.HeightAsync()])
                );
            case 36:
                return await SetAsync(
                    ("setClock", [CheckedChain.Netuid, (ushort)1, 1UL, await chain.HeightAsync()]),
                    ("setClock", [CheckedChain.Netuid, (ushort)360, 1UL, await chain.HeightAsync()]),
                    ("setNeuronState", [CheckedChain.Netuid, chain.Uid, 3UL, 30UL, ulong.MaxValue])
                );
            case 37:
                return Altered(
                    (_, reply) => reply.Replace("\"baseFeePerGas\":\"0x", "\"baseFeePerGas\":\"0xffffffffff", StringComparison.Ordinal)
                );
            case 38:
                return Of(subject with { Charged = FeeRule.EffectivePrice });
            case 39:
                return Altered((_, reply) => Regex.Replace(reply, "\"gasLimit\":\"0x[0-9a-f]+\"", "\"gasLimit\":\"0x3938700\""));
            case 40:
                return Of(subject with { Fees = fees with { GasCeilingPerCall = 2_000_000 } });
            case 41:
                return Of(Bounded(new CheckOptions { ViewGas = 100_000 }));
            case 42:
                return Altered(
                    (request, reply) =>
                        request.Contains("blockHash", StringComparison.Ordinal)
                            ? """{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"header for hash not found"}}"""
                            : reply
                );
            case 43:
                return Altered(
                    (request, reply) => request.Contains("blockHash", StringComparison.Ordinal) ? WithoutSecondLogs(reply) : reply
                );
            case 44:
                return Of(subject with { Before = await RecordedAsync("build of 473", $"{Stranger}") });
            default:
                throw new InvalidOperationException($"Nothing breaks row {number}.");
        }

        CheckSubject Bounded(CheckOptions bounds) => subject with { Bounds = bounds with { MaxFinalAge = TimeSpan.Zero } };

        (CheckSubject, Func<Task>) Of(CheckSubject other) => (other, () => Task.CompletedTask);

        (CheckSubject, Func<Task>) Altered(Func<string, string, string> alters)
        {
            chain.Transport.Alters = alters;
            return (subject, () => Done(() => chain.Transport.Alters = null));
        }

        async Task<(CheckSubject, Func<Task>)> SetAsync(
            (string Function, object[] Arguments) breaks,
            (string Function, object[] Arguments) mends,
            (string Function, object[] Arguments)? before = null
        )
        {
            if (before is var (function, arguments))
                await chain.SetAsync(function, arguments);
            await chain.SetAsync(breaks.Function, breaks.Arguments);
            return (subject, () => chain.SetAsync(mends.Function, mends.Arguments));
        }

        // One of the rules is another one than spec 473 has.
        async Task<(CheckSubject, Func<Task>)> RulesAsync(int rule, object value, object? second)
        {
            object[] rules = [473u, false, true, true, true, true, true, 2_000_000UL, 100_000UL, 20_000_000UL];
            rules[number == 1 ? 0 : rule] = value;
            await chain.SetAsync("setRules", [rules]);
            return (subject, () => chain.SetAsync("setSpec", 473u));
        }

        async Task<CheckReport> RecordedAsync(string name, string value)
        {
            var report = await chain.CheckAsync();
            return report with { Values = new Dictionary<string, string>(report.Values) { [name] = value } };
        }
    }

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static Address Precompile(uint number) => Address.Parse("0x" + number.ToString("x40", null));
}
