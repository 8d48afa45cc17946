using System.Globalization;
using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Devnet;

/// <summary>
/// The ValidatorRegistry on a real local chain: what it lets through, what it refuses, and that the book reads it as it is.
/// </summary>
public sealed partial class RegistryTests : IAsyncLifetime
{
    [Fact]
    public async Task A_round_with_a_liar_goes_from_attestations_to_its_slash_and_the_book_says_the_same()
    {
        for (var i = 0; i < 4; i++)
            await SendAsync(_keeper, RegistryCalls.Attest(Says(i, i == 3 ? 103UL : 100)));
        var book = await BookAsync();
        var found = Assert.Single(book.Cases);
        Assert.Equal((_keys[3].Address, Severity.Severe, CaseState.Found), (found.Case.Accused, found.Case.Severity, found.State));

        await SendAsync(_keys[0].Address, RegistryCalls.RaiseCase(found.Case, [Says(3, 103)]));
        await RefusedAsync(_keys[1].Address, RegistryCalls.RaiseCase(found.Case, [Says(3, 103)]), "CaseExists(bytes32)");
        await RefusedAsync(_keys[0].Address, RegistryCalls.Execute(found.Id), "NotConfirmed(bytes32)");
        await RefusedAsync(_keys[3].Address, RegistryCalls.Vote(found.Id, false), "NoVote(address)");
        await RefusedAsync(_keeper, RegistryCalls.Vote(found.Id, true), "NoVote(address)");
        await SendAsync(_keys[0].Address, RegistryCalls.Vote(found.Id, true));
        await RefusedAsync(_keys[0].Address, RegistryCalls.Vote(found.Id, true), "AlreadyVoted(address)");
        await SendAsync(_keys[1].Address, RegistryCalls.Vote(found.Id, true));
        await RefusedAsync(_keys[0].Address, RegistryCalls.Execute(found.Id), "NotConfirmed(bytes32)");
        await SendAsync(_keys[2].Address, RegistryCalls.Vote(found.Id, true));
        await SendAsync(_keeper, RegistryCalls.Execute(found.Id));
        await RefusedAsync(_keeper, RegistryCalls.Execute(found.Id), "NotConfirmed(bytes32)");

        book = await BookAsync();
        Assert.Equal(
            (CaseState.Executed, 300 * Tao, true),
            (book.CaseOf(found.Id)!.State, book.CaseOf(found.Id)!.SlashedWei, book.CaseOf(found.Id)!.Founded)
        );
        Assert.Equal(
            (StandingLevel.Probation, 1_700 * Tao),
            (book.Validators[_keys[3].Address].Standing.Level, book.Validators[_keys[3].Address].Stake.Value)
        );
        Assert.Equal(1_700 * Tao, await ViewAsync("bondOf(address)", _keys[3].Address));
        Assert.Equal(300 * Tao, await ViewAsync("slashedTotal()"));
    }

    [Fact]
    public async Task Two_different_attestations_are_taken_as_the_proof_they_are()
    {
        var (first, second) = (Says(2, 100), Says(2, 101));
        await SendAsync(_keeper, RegistryCalls.Attest(first));
        await RefusedAsync(_keeper, RegistryCalls.Attest(first), "AlreadyAttested(bytes32)");
        await SendAsync(_keeper, RegistryCalls.Attest(second));
        var found = Assert.Single((await BookAsync()).Cases);
        Assert.Equal((ViolationKinds.Equivocation, Severity.Critical), (found.Case.Kinds, found.Case.Severity));
        await RefusedAsync(_keys[0].Address, RegistryCalls.RaiseCase(found.Case, [first, first]), "NotAnEquivocation()");
        await RefusedAsync(_keys[0].Address, RegistryCalls.RaiseCase(found.Case, [first]), "NotAnEquivocation()");
        await SendAsync(_keys[0].Address, RegistryCalls.RaiseCase(found.Case, [first, second]));
        Assert.Equal(CaseState.Raised, (await BookAsync()).CaseOf(found.Id)!.State);
    }

    [Fact]
    public async Task What_is_not_the_validators_own_word_for_a_closed_epoch_is_refused()
    {
        var good = Says(0, 100);
        await RefusedAsync(
            _keeper,
            RegistryCalls.Attest(good with { Attestation = good.Attestation with { Nav = TaoPerToken.From(1) } }),
            "WrongSigner(address,address)"
        );
        await RefusedAsync(
            _keeper,
            RegistryCalls.Attest(good with { Attestation = good.Attestation with { Validator = _keys[1].Address } }),
            "WrongSigner(address,address)"
        );
        await RefusedAsync(_keeper, RegistryCalls.Attest(Says(0, 100, epoch: 1)), "EpochNotClosed(uint256)");
        await RefusedAsync(_keeper, RegistryCalls.Attest(good with { Weights = [new(1, 65535)] }), "WrongWeights(bytes32,bytes32)");
        await RefusedAsync(_keeper, RegistryCalls.Attest(Says(0, 100, of: _identity with { ChainId = 1 })), "WrongSigner(address,address)");
        await RefusedAsync(
            _keeper,
            RegistryCalls.Attest(Says(0, 100, of: _identity with { Registry = _keeper })),
            "WrongSigner(address,address)"
        );
        await RefusedAsync(_keeper, RegistryCalls.Attest(Signed(PrivateKey.Random(), _identity, 0, 100)), "NotAValidator(address)");

        // The other s of the same signature is the same word in other bytes: malleability is refused.
        var bytes = good.Signature.ToArray();
        var high =
            BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", NumberStyles.HexNumber, null)
            - new BigInteger(bytes.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        high.ToByteArray(isUnsigned: true, isBigEndian: true).CopyTo(bytes, 32);
        bytes[64] ^= 7;
        await RefusedAsync(_keeper, RegistryCalls.Attest(good with { Signature = bytes }), "WrongSigner(address,address)");
    }

    [Fact]
    public async Task Nobody_is_accused_of_anothers_word_or_without_one()
    {
        var details = new SlashCase(
            new EpochId(0),
            _keys[3].Address,
            ViolationKinds.Nav,
            Severity.Critical,
            _epochBlock,
            TaoPerToken.From(1),
            Hash256.Zero,
            Hash256.Zero,
            [],
            []
        );
        await RefusedAsync(_keys[0].Address, RegistryCalls.RaiseCase(details, []), "UnknownAttestation(bytes32)");
        await RefusedAsync(_keys[0].Address, RegistryCalls.RaiseCase(details, [Says(2, 100)]), "UnknownAttestation(bytes32)");
        var forged = Says(2, 100) with { Attestation = Says(3, 100).Attestation };
        await RefusedAsync(_keys[0].Address, RegistryCalls.RaiseCase(details, [forged]), "WrongSigner(address,address)");
        await RefusedAsync(_keeper, RegistryCalls.RaiseCase(details, [Says(3, 100)]), "NotAValidator(address)");
        await RefusedAsync(
            _keys[0].Address,
            RegistryCalls.RaiseCase(details with { StakeBlock = _epochBlock + 1000 }, [Says(3, 100)]),
            "StakeBlockNotPast(uint64)"
        );
        await RefusedAsync(
            _keys[0].Address,
            RegistryCalls.RaiseCase(details with { Severity = Severity.None }, [Says(3, 100)]),
            "NoSuchSeverity(uint8)"
        );
    }

    [Fact]
    public async Task A_case_voted_down_or_not_confirmed_in_time_takes_nothing()
    {
        await SendAsync(_keeper, RegistryCalls.Attest(Says(3, 100)));
        var invented = new SlashCase(
            new EpochId(0),
            _keys[3].Address,
            ViolationKinds.Nav,
            Severity.Critical,
            _epochBlock,
            TaoPerToken.From(1),
            Hash256.Zero,
            Hash256.Zero,
            [Says(3, 100).Digest],
            []
        );
        var id = invented.Id(_identity, Keccak.Hash);
        await SendAsync(_keys[0].Address, RegistryCalls.RaiseCase(invented, [Says(3, 100)]));
        await SendAsync(_keys[0].Address, RegistryCalls.Vote(id, true));
        await SendAsync(_keys[1].Address, RegistryCalls.Vote(id, false));
        await RefusedAsync(_keys[2].Address, RegistryCalls.Vote(id, false), "NotOpen(bytes32)", after: 1);
        Assert.Equal((CaseState.Rejected, false), ((await BookAsync()).CaseOf(id)!.State, (await BookAsync()).CaseOf(id)!.Founded));

        var slow = invented with { Severity = Severity.Minor };
        await SendAsync(_keys[0].Address, RegistryCalls.RaiseCase(slow, [Says(3, 100)]));
        _time = await _chain.Client.MineAsync(160, _none);
        await RefusedAsync(_keys[0].Address, RegistryCalls.Vote(slow.Id(_identity, Keccak.Hash), true), "NotOpen(bytes32)");
        Assert.Equal(2_000 * Tao, await ViewAsync("bondOf(address)", _keys[3].Address));
    }

    [Fact]
    public async Task Who_runs_after_lying_is_slashed_out_of_what_is_leaving()
    {
        await SendAsync(_keeper, RegistryCalls.Attest(Says(3, 100)));
        await SendAsync(_keeper, RegistryCalls.Attest(Says(3, 120)));
        await SendAsync(_keys[3].Address, RegistryCalls.BeginWithdrawal(1_900 * (BigInteger)Tao));
        await RefusedAsync(_keys[3].Address, RegistryCalls.Withdraw(), "Locked(uint256)");
        await RefusedAsync(_keys[3].Address, RegistryCalls.BeginWithdrawal(101 * (BigInteger)Tao), "TooMuch(uint256,uint256)");
        var found = Assert.Single((await BookAsync()).Cases);
        await SendAsync(_keys[0].Address, RegistryCalls.RaiseCase(found.Case, [Says(3, 100), Says(3, 120)]));
        for (var i = 0; i < 3; i++)
            await SendAsync(_keys[i].Address, RegistryCalls.Vote(found.Id, true));
        await SendAsync(_keeper, RegistryCalls.Execute(found.Id));

        // Half of the 2,000 at the epoch's end: 100 that were left and 900 of those that were leaving.
        Assert.Equal((UInt128)0, await ViewAsync("bondOf(address)", _keys[3].Address));
        Assert.Equal(1_000 * Tao, await ViewAsync("leaving(address)", _keys[3].Address));
        Assert.Equal(1_000 * Tao, await ViewAsync("slashedTotal()"));
        _time = await _chain.Client.MineAsync(1000, _none);
        await SendAsync(_keys[3].Address, RegistryCalls.Withdraw());
        await RefusedAsync(_keys[3].Address, RegistryCalls.Withdraw(), "TooMuch(uint256,uint256)");

        // All that was paid in is there or has been paid out.
        var held = UInt128.Parse(
            (await _chain.Client.SendAsync("eth_getBalance", $"[\"{_registry}\",\"latest\"]", _none)).GetString()!.AsSpan(2),
            NumberStyles.HexNumber,
            null
        );
        Assert.Equal(3 * 2_000 * Tao + 1_000 * Tao, held);
    }

    [Fact]
    public async Task Too_small_a_first_bond_is_refused_and_past_bonds_are_known()
    {
        await RefusedAsync(_keeper, RegistryCalls.Bond(), "TooMuch(uint256,uint256)", value: 999 * Tao);
        await SendAsync(_keys[0].Address, RegistryCalls.Bond(), 5 * Tao);
        Assert.Equal(2_000 * Tao, await ViewAsync("bondAt(address,uint64)", _keys[0].Address, _epochBlock));
        Assert.Equal(2_005 * Tao, await ViewAsync("bondAt(address,uint64)", _keys[0].Address, ulong.MaxValue));
        Assert.Equal((UInt128)0, await ViewAsync("bondAt(address,uint64)", _keys[0].Address, 1UL));
    }
}
