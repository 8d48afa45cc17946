using Tao20.Actors.Consensus;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>States a NAV that is so many percent too high.</summary>
internal sealed class SkewedNav(int percent) : IStatementStrategy
{
    public Stated State(Stated computed) =>
        computed with
        {
            Statement = computed.Statement with { Nav = TaoPerToken.From(computed.Statement.Nav.Value * (UInt128)(100 + percent) / 100) },
        };
}

/// <summary>States a NAV that is far off, by parameters that nobody has scheduled.</summary>
internal sealed class MadeUpParameters(Hash256 parameters) : IStatementStrategy
{
    public Stated State(Stated computed)
    {
        var skewed = new SkewedNav(900).State(computed);
        return skewed with { Statement = skewed.Statement with { Parameters = parameters } };
    }
}
