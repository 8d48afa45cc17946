using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Chain.Substrate;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Substrate;

/// <summary>Accounts as wallets show them, and a hotkey's word about an EVM account.</summary>
[Trait("Category", "Fast")]
public sealed class Ss58Tests
{
    // Alice of Substrate's development chains (source: sp-keyring).
    private const string Alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    private static readonly Hash256 AliceKey = Hash256.Parse("0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");

    [Fact]
    public void A_known_account_is_written_and_read()
    {
        Assert.Equal(Alice, Ss58.Encode(AliceKey));
        Assert.Equal(AliceKey, Ss58.TryParse(Alice));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ")]
    [InlineData("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQ")]
    [InlineData("15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5")]
    [InlineData("0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")]
    [InlineData("not base 58 at all: 0OIl")]
    public void What_is_none_or_of_another_network_is_refused(string text) => Assert.Null(Ss58.TryParse(text));

    [Fact]
    public void An_association_is_signed_as_the_chain_checks_it()
    {
        // The vector of the reference: section 9, point 30.
        var key = PrivateKey.FromHex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
        var hotkey = Hash256.Parse("0xc4518fa0ed143e016e4a1410193704924b890de8f854b94c7a6037651ec65dd0");
        Assert.Equal(
            "0x5ff714e6eeddc39b95e35188c3b6ff20ffcf10f31a11a4a242c4a451b1898cdb",
            EvmKeyAssociation.Digest(hotkey, 1_234_567).ToString()
        );
        var signed = EvmKeyAssociation.Sign(key, hotkey, 1_234_567);
        const string signature =
            "49d0d4245adb6806b37a7ec4e0dc41f09d2e21ebe7508580c7bc568760590a80"
            + "26dcafaeee1a8217f0738b18b6eb4fc277a62030e8691d216d3f7405d53f14ec1c";
        Assert.Equal(signature, Convert.ToHexStringLower(signed.Signature.Span));

        // SubtensorModule is pallet 7 and the call 93; numbers have the low byte first.
        Assert.Equal($"0x075d1400f39fd6e51aad88f6f4ce6ab8827279cfffb9226687d6120000000000{signature}", signed.Extrinsic(20));
    }
}
