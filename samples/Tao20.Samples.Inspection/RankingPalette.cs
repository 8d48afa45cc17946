using System.Globalization;
using Akka.Actor;
using Akka.Hosting;
using Tao20.Actors.Inspection;
using Tao20.Actors.Status;

namespace Tao20.Samples.Inspection;

/// <summary>
/// A palette of one's own for <c>tao20 inspect</c>: <c>ranking now -n 3</c> lists who would be paid most if the open epoch ended now. The
/// node makes it when it starts, if its HOCON file names it under <c>akka.extensions</c>.
/// </summary>
public sealed class RankingPalette : ExtensionIdProvider<RankingPalette.Registered>
{
    private const int DefaultMiners = 10;
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromMilliseconds(800);

    /// <summary>What an extension of Akka's has to be; there is nothing to it.</summary>
    public sealed class Registered : IExtension;

    /// <inheritdoc/>
    public override Registered CreateExtension(ExtendedActorSystem system)
    {
        Palettes
            .Get(system)
            .Register(
                new Palette(
                    "ranking",
                    "Who leads",
                    [
                        new InspectionCommand(
                            "now",
                            "The miners as they would be ranked if the epoch ended now",
                            (call, _) => NowAsync(system, call)
                        )
                        {
                            Parameters = [new Parameter("COUNT", $"how many (default {DefaultMiners})") { Option = "-n" }],
                        },
                    ]
                )
            );
        return new Registered();
    }

    private static async Task<Answer> NowAsync(ExtendedActorSystem system, Invocation call)
    {
        var count = (int)call.Number("COUNT", DefaultMiners, 1, 1000);
        if (!ActorRegistry.For(system).TryGet<StatusKey>(out var status))
            throw new InspectionException(InspectionProblem.NotAnswered, "The node is starting; ask again.");
        var known = await status.Ask<NodeStatus>(new GetNodeStatus(AllMiners: false), AnsweredWithin).ConfigureAwait(false);
        return Answer.Table(
            ["Rank", "Miner", "Score"],
            known
                .Ranking.Ranked.Take(count)
                .Select(miner =>
                    (IReadOnlyList<string>)
                        [miner.Rank.ToString(CultureInfo.InvariantCulture), miner.Miner.ToString(), miner.Score.Final.ToString()]
                )
        ) with
        {
            Remark = $"{Math.Min(count, known.Ranking.Ranked.Count)} of {known.Ranking.Ranked.Count}",
        };
    }
}
