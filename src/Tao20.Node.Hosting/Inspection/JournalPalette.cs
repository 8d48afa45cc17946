using System.Text.Json.Nodes;
using Tao20.Actors.Inspection;
using Tao20.Actors.Journal;

namespace Tao20.Node.Inspection;

/// <summary><c>journal</c>: what the node's journal holds.</summary>
/// <param name="journal">The journal.</param>
internal sealed class JournalPalette(JournalOptions journal)
{
    private readonly Lock _lock = new();
    private Task<Answer>? _looking;

    /// <summary>The palette.</summary>
    public Palette Create() =>
        new(
            "journal",
            "What the node's journal holds",
            [
                new("show", "Its size, the program that has written it, and who writes it", (_, cancel) => ToldAsync(ShowAsync, cancel)),
                new(
                    "streams",
                    "Its streams but the miners', with the numbers of their last events",
                    (_, cancel) => ToldAsync(StreamsAsync, cancel)
                ),
            ]
        );

    private async Task<Answer> ShowAsync()
    {
        var inventory = await JournalInventory.OfAsync(journal, CancellationToken.None);
        return Answer.Of(
            new JsonObject
            {
                ["kind"] = journal.Kind.ToString(),
                ["writtenBy"] = inventory.WrittenBy,
                ["bytes"] = inventory.Bytes,
                ["streams"] = inventory.Streams,
                ["events"] = inventory.Events,
                ["snapshots"] = inventory.Snapshots,
                ["writers"] = new JsonArray([.. inventory.Writers.Select(writer => JsonValue.Create(writer))]),
            }
        );
    }

    private async Task<Answer> StreamsAsync() =>
        Answer.Table(
            ["Stream", "LastEvent", "Kept"],
            (await JournalInventory.StreamsAsync(journal, CancellationToken.None)).Select(one =>
                (IReadOnlyList<string>)[one.Stream, $"{one.LastEvent}", $"{one.Kept}"]
            )
        );

    /// <summary>
    /// Looks at the journal, once at a time: it may count for longer than anybody waits, and who asks again must not have it count twice.
    /// </summary>
    private async Task<Answer> ToldAsync(Func<Task<Answer>> look, CancellationToken cancel)
    {
        Task<Answer> looking;
        lock (_lock)
        {
            if (_looking is { IsCompleted: false })
                throw Slow();
            _looking = looking = Task.Run(look, CancellationToken.None);
        }

        try
        {
            return await looking.WaitAsync(InspectionEndpoints.AnsweredWithin, cancel);
        }
        catch (JournalException e)
        {
            throw new InspectionException(InspectionProblem.NotAnswered, e.Message);
        }
        catch (TimeoutException)
        {
            throw Slow();
        }

        static InspectionException Slow() =>
            new(
                InspectionProblem.NotAnswered,
                "The journal has not answered in time: it is away, or so large that counting takes longer; "
                    + "'tao20 journal status' waits for it."
            );
    }
}
