using System.Text.Json.Nodes;
using Tao20.Actors.Inspection;
using Tao20.Actors.Journal;
using Tao20.Node.Hosting;
using Tao20.Node.Http;

namespace Tao20.Node.Inspection;

/// <summary>
/// What <c>tao20 inspect</c> asks a node: <c>GET /inspect/palettes</c> for what there is, <c>POST /inspect/{palette}/{command}</c> for an
/// answer, as server-sent events where one goes on telling. All of it needs the token of the control file.
/// </summary>
internal static class InspectionEndpoints
{
    /// <summary>Where it begins.</summary>
    public const string Root = "/inspect";

    /// <summary>Each command is answered within this time, by an answer or by who has not answered.</summary>
    public static readonly TimeSpan AnsweredWithin = TimeSpan.FromMilliseconds(850);

    // A little longer, so that who knows better says who has not answered.
    private static readonly TimeSpan Within = TimeSpan.FromMilliseconds(950);

    // A listener that hears nothing is told that the node lives, and the node whether it listens.
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(10);

    /// <summary>Answers.</summary>
    /// <param name="app">The HTTP server.</param>
    /// <param name="control">Who has the token.</param>
    /// <param name="palettes">What there is now: less, before the actors are there.</param>
    /// <param name="log">Where it is said what was done.</param>
    public static void MapInspection(this WebApplication app, ControlFile control, Func<IReadOnlyList<Palette>> palettes, ILogger log)
    {
        app.MapGet(
            $"{Root}/palettes",
            (HttpRequest request) =>
                ControlEndpoints.Refused(control, request)
                ?? Results.Json(
                    new { program = JournalVersion.Current.ToString(), palettes = palettes().Select(PaletteDocument.Of) },
                    NodeEndpoints.Json
                )
        );
        app.MapPost(
            $"{Root}/{{palette}}/{{command}}",
            async (string palette, string command, CallDocument called, HttpContext context, CancellationToken cancel) =>
                ControlEndpoints.Refused(control, context.Request)
                ?? await AnswerAsync(
                    async () =>
                    {
                        var found = Find(palettes(), palette, command);
                        var call = Invocation.Read(found, called.Words ?? []);
                        if (found.Follow is { } follow)
                            return Results.Extensions.Events(follow(call, cancel), SilentFor);
                        if (found.Question?.Invoke(call) is { } question)
                        {
                            if (!called.Confirmed)
                                return Results.Json(new { question }, NodeEndpoints.Json, statusCode: StatusCodes.Status409Conflict);
                            log.LogWarning("An operator has asked for {Palette} {Command}: {Question}", palette, command, question);
                        }

                        // Not on this thread: what reads a large tree may take longer than anybody waits.
                        var answer = await Task.Run(() => found.Run(call, cancel), cancel).WaitAsync(Within, cancel);
                        return Results.Json(AnswerDocument.Of(answer), NodeEndpoints.Json);
                    },
                    $"{palette} {command}"
                )
        );
    }

    private static InspectionCommand Find(IReadOnlyList<Palette> palettes, string palette, string command) =>
        palettes.FirstOrDefault(one => one.Name == palette)?.Commands.FirstOrDefault(one => one.Name == command)
        ?? throw new InspectionException(
            InspectionProblem.NotFound,
            $"'{palette} {command}' is not known to this node; 'help' lists what is (less, as long as it starts)."
        );

    private static async Task<IResult> AnswerAsync(Func<Task<IResult>> answer, string name)
    {
        try
        {
            return await answer();
        }
        catch (InspectionException e)
        {
            return NodeEndpoints.Error(e.Message, StatusOf(e.Problem));
        }
        catch (TimeoutException)
        {
            return NodeEndpoints.Error(
                $"{name} was not answered within {Within.TotalSeconds:0.00} s: what it asks is busy or away; see faults and actor "
                    + "hierarchy.",
                StatusOf(InspectionProblem.NotAnswered)
            );
        }
    }

    private static int StatusOf(InspectionProblem problem) =>
        problem switch
        {
            InspectionProblem.Usage => StatusCodes.Status400BadRequest,
            InspectionProblem.NotFound => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
}

/// <summary>A call, as it is sent.</summary>
/// <param name="Words">The words after the command's name.</param>
/// <param name="Confirmed">Whether what it changes was confirmed.</param>
internal sealed record CallDocument(IReadOnlyList<string>? Words, bool Confirmed);

/// <summary>A palette, as it is sent.</summary>
internal sealed record PaletteDocument(string Name, string Description, bool IsDirect, IReadOnlyList<CommandDocument> Commands)
{
    public static PaletteDocument Of(Palette palette) =>
        new(palette.Name, palette.Description, palette.IsDirect, [.. palette.Commands.Select(CommandDocument.Of)]);
}

/// <summary>A command, as it is sent.</summary>
internal sealed record CommandDocument(
    string Name,
    string Description,
    bool Changes,
    bool Follows,
    IReadOnlyList<ParameterDocument> Parameters
)
{
    public static CommandDocument Of(InspectionCommand command) =>
        new(
            command.Name,
            command.Description,
            command.Question is not null,
            command.Follow is not null,
            [.. command.Parameters.Select(one => new ParameterDocument(one.Name, one.Description, one.Option, one.IsRequired, one.Choices))]
        );
}

/// <summary>What a command is called with, as it is sent.</summary>
internal sealed record ParameterDocument(string Name, string Description, string? Option, bool IsRequired, IReadOnlyList<string> Choices);

/// <summary>An answer, as it is sent.</summary>
internal sealed record AnswerDocument(
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<string>> Rows,
    JsonNode? Document,
    string? Remark
)
{
    public static AnswerDocument Of(Answer answer) => new(answer.Columns, answer.Rows, answer.Document, answer.Remark);
}
