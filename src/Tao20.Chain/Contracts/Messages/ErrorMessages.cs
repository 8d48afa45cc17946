using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;

namespace Tao20.Chain.Contracts.Messages;

// The custom errors of the router and the pool that are told apart (source: Contracts/Index). Nethereum fills them.

[Error("Quote")]
internal sealed class QuoteError : IErrorDTO
{
    [Parameter("uint256", "tokens", 1)]
    public BigInteger Tokens { get; set; }

    [Parameter("uint256", "got", 2)]
    public BigInteger Got { get; set; }

    [Parameter("uint256", "gasUsed", 3)]
    public BigInteger GasUsed { get; set; }
}

[Error("Unprofitable")]
internal sealed class UnprofitableError : IErrorDTO
{
    [Parameter("uint256", "got", 1)]
    public BigInteger Got { get; set; }

    [Parameter("int256", "wanted", 2)]
    public BigInteger Wanted { get; set; }
}

[Error("TooLittle")]
internal sealed class TooLittleError : IErrorDTO
{
    [Parameter("uint256", "got", 1)]
    public BigInteger Got { get; set; }

    [Parameter("uint256", "wanted", 2)]
    public BigInteger Wanted { get; set; }
}

[Error("Expired")]
internal sealed class ExpiredError : IErrorDTO
{
    [Parameter("uint256", "deadline", 1)]
    public BigInteger Deadline { get; set; }
}

[Error("LegFailed")]
internal sealed class LegFailedError : IErrorDTO
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid { get; set; }

    [Parameter("bytes32", "what", 2)]
    public byte[] What { get; set; } = [];
}

[Error("LegsChanged")]
internal sealed class LegsChangedError : IErrorDTO
{
    [Parameter("uint256", "revision", 1)]
    public BigInteger Revision { get; set; }
}

[Error("LegDissolving")]
internal sealed class LegDissolvingError : IErrorDTO
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid { get; set; }
}

[Error("HoldingMissing")]
internal sealed class HoldingMissingError : IErrorDTO
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid { get; set; }
}

[Error("NoReference")]
internal sealed class NoReferenceError : IErrorDTO
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid { get; set; }
}

[Error("IsPaused")]
internal sealed class IsPausedError : IErrorDTO
{
    [Parameter("uint256", "until", 1)]
    public BigInteger Until { get; set; }
}
