using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Devnet;

/// <summary>Attacks on the first registry that its contract lets pass: all of them succeed.</summary>
public sealed partial class RegistryTests
{
    [Fact]
    public async Task Attack_forty_percent_slash_an_honest_forty_one_to_nothing_with_absences_they_have_made_up()
    {
        await SendAsync(_keys[0].Address, RegistryCalls.Bond(), 6_200 * Tao);
        await SendAsync(_keys[1].Address, RegistryCalls.Bond(), 6_400 * Tao);
        await _chain.Client.MineAsync(++_time, _none);
        var block = await _chain.Client.BlockNumberAsync(_none) - 1;
        for (ulong i = 0; i < 2; i++)
        {
            var invented = new SlashCase(
                new EpochId(0),
                _keys[1].Address,
                ViolationKinds.Inactivity,
                Severity.Critical,
                block,
                default,
                Hash256.Zero,
                Hash256.Zero,
                [],
                [new EpochId(i)]
            );
            var id = invented.Id(_identity, Keccak.Hash);
            await SendAsync(_keys[0].Address, RegistryCalls.RaiseCase(invented, []));
            await SendAsync(_keys[0].Address, RegistryCalls.Vote(id, true));
            await SendAsync(_keys[0].Address, RegistryCalls.Execute(id));
        }

        // 8,200 of 20,600 voted; the accused, with 8,400, has no vote, and the others were not needed.
        Assert.Equal((UInt128)0, await ViewAsync("bondOf(address)", _keys[1].Address));
        Assert.Equal(8_400 * Tao, await ViewAsync("slashedTotal()"));
    }

    [Fact]
    public async Task Attack_a_liar_leaves_with_all_its_bond_while_forty_percent_do_not_vote()
    {
        await SendAsync(_keys[0].Address, RegistryCalls.Bond(), 2_400 * Tao);
        await SendAsync(_keeper, RegistryCalls.Attest(Says(3, 100)));
        await SendAsync(_keeper, RegistryCalls.Attest(Says(3, 120)));
        await SendAsync(_keys[3].Address, RegistryCalls.BeginWithdrawal(2_000 * (System.Numerics.BigInteger)Tao));
        var found = Assert.Single((await BookAsync()).Cases);
        await SendAsync(_keys[1].Address, RegistryCalls.RaiseCase(found.Case, [Says(3, 100), Says(3, 120)]));
        foreach (var honest in new[] { 1, 2 })
            await SendAsync(_keys[honest].Address, RegistryCalls.Vote(found.Id, true));
        _time = await _chain.Client.MineAsync(160, _none);

        // It has expired, and cannot be raised again.
        await RefusedAsync(_keys[0].Address, RegistryCalls.Vote(found.Id, true), "NotOpen(bytes32)");
        await RefusedAsync(_keys[1].Address, RegistryCalls.RaiseCase(found.Case, [Says(3, 100), Says(3, 120)]), "CaseExists(bytes32)");
        _time = await _chain.Client.MineAsync(1000, _none);
        await SendAsync(_keys[3].Address, RegistryCalls.Withdraw());
        Assert.Equal((UInt128)0, await ViewAsync("leaving(address)", _keys[3].Address));
        Assert.Equal((UInt128)0, await ViewAsync("slashedTotal()"));
    }
}
