using Akka.Actor;
using Akka.TestKit.Xunit2;
using Tao20.Actors.Hosting;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>
/// Every honest node's book is the same pure function of the chain (source: the consensus rules, What is promised): whatever its settings
/// say, whenever it begins, in whatever pieces it reads, however often it is ended and begins again from its journal.
/// </summary>
[Trait("Category", "Fast")]
public sealed class EqualBooksTests : TestKit
{
    private static readonly int Count = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 5_000 : 100;
    private readonly ITestOutputHelper _output;
    private readonly Tao20Serializer _serializer;

    public EqualBooksTests(ITestOutputHelper output)
    {
        _output = output;
        _serializer = new Tao20Serializer((ExtendedActorSystem)Sys);
    }

    [Fact]
    public void Nodes_of_one_chain_have_equal_books_also_through_two_changes_of_the_parameters()
    {
        var seed = TestSeed.Of(_output);
        for (var i = 0; i < Count; i++)
        {
            var random = new Random(seed + i);
            var chain = new ScriptedChain(random);
            var live = new FoldingNode(chain, _serializer, random, restarts: true);
            var late = new FoldingNode(chain, _serializer, random, restarts: true);
            for (var head = random.Next(1, 8); head < chain.Head; head += random.Next(1, 8))
            {
                live.FoldTo(head);
                if (head > chain.Head / 2 && random.Next(4) == 0)
                    late.FoldTo(head);
            }

            live.FoldTo(chain.Head);
            late.FoldTo(chain.Head);
            var rebuilt = new FoldingNode(chain, _serializer, random, restarts: false);
            rebuilt.FoldTo(chain.Head);
            Assert.True(rebuilt.Knows(ScriptedChain.Versions), $"seed {seed + i}: the parameters are not those of the chain");
            foreach (var (name, state) in rebuilt.States)
            {
                Assert.True(state.SequenceEqual(live.States[name]), $"seed {seed + i}: {name} of a node that was there from the first on");
                Assert.True(state.SequenceEqual(late.States[name]), $"seed {seed + i}: {name} of a node that came later");
            }
        }
    }
}
