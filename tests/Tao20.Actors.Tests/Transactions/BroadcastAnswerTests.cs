using Tao20.Chain.JsonRpc;
using Tao20.Domain.Transactions;

namespace Tao20.Actors.Tests.Transactions;

/// <summary>What nodes say of a transaction, in the words of those in the field.</summary>
[Trait("Category", "Fast")]
public sealed class BroadcastAnswerTests
{
    [Theory]
    [InlineData("nonce too low: next nonce 5, tx nonce 3", BroadcastAnswer.NonceTooLow)]
    [InlineData("nonce too low", BroadcastAnswer.NonceTooLow)]
    [InlineData("already known", BroadcastAnswer.Taken)]
    [InlineData("submit transaction to pool failed: Pool(AlreadyImported(0x12))", BroadcastAnswer.Taken)]
    [InlineData("replacement transaction underpriced", BroadcastAnswer.Underpriced)]
    [InlineData("max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1, baseFee: 7", BroadcastAnswer.Underpriced)]
    [InlineData("insufficient funds for gas * price + value", BroadcastAnswer.InsufficientFunds)]
    [InlineData("submit transaction to pool failed: InvalidTransaction(InvalidTransaction::Payment)", BroadcastAnswer.InsufficientFunds)]
    [InlineData("Nonce gap too large", BroadcastAnswer.NonceTooHigh)]
    [InlineData("intrinsic gas too low", BroadcastAnswer.Refused)]
    public void Nodes_words_are_understood(string words, BroadcastAnswer answer) =>
        Assert.Equal(
            answer,
            BroadcastAnswers.Of(
                new Chain.RpcErrorException(new EndpointName(1, new Uri("http://node")), "eth_sendRawTransaction", -32000, words)
            )
        );
}
