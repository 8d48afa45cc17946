using System.Text.Json.Nodes;

namespace Tao20.Actors.Inspection;

/// <summary>Commands that belong together. A client learns them from the node: it knows none by itself.</summary>
/// <param name="Name">Its name, the first word of each of its commands.</param>
/// <param name="Description">What it is for, in a line.</param>
/// <param name="Commands">Its commands.</param>
public sealed record Palette(string Name, string Description, IReadOnlyList<InspectionCommand> Commands)
{
    /// <summary>Whether its commands are called without its name.</summary>
    public bool IsDirect { get; init; }
}

/// <summary>Something that can be asked of a running node, or done to it.</summary>
/// <param name="Name">Its name: small letters, digits and hyphens.</param>
/// <param name="Description">What it does, in a line.</param>
/// <param name="Run">
/// Does it. It has a second: what takes longer is answered by <see cref="InspectionProblem.NotAnswered"/>, so it tells what is known by
/// then.
/// </param>
public sealed record InspectionCommand(string Name, string Description, Func<Invocation, CancellationToken, Task<Answer>> Run)
{
    /// <summary>What it is called with.</summary>
    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    /// <summary>For one that changes something: what is asked before, as a sentence that names it. Null for one that only tells.</summary>
    public Func<Invocation, string?>? Question { get; init; }

    /// <summary>For one that goes on telling until nobody listens any more: its lines. Null for one that answers once.</summary>
    public Func<Invocation, CancellationToken, IAsyncEnumerable<string>>? Follow { get; init; }

    /// <summary>A command that goes on telling.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, in a line.</param>
    /// <param name="follow">Its lines.</param>
    public static InspectionCommand Following(
        string name,
        string description,
        Func<Invocation, CancellationToken, IAsyncEnumerable<string>> follow
    ) => new(name, description, (_, _) => throw new InvalidOperationException($"{name} is followed, not asked.")) { Follow = follow };
}

/// <summary>What a command is called with.</summary>
/// <param name="Name">Its name, in capitals, as it is shown.</param>
/// <param name="Description">What it is, in a line.</param>
public sealed record Parameter(string Name, string Description)
{
    /// <summary>The option before it, such as <c>-n</c>; null for one that stands by itself, in order.</summary>
    public string? Option { get; init; }

    /// <summary>Whether it has to be there.</summary>
    public bool IsRequired { get; init; }

    /// <summary>What it may be; empty where that is not known beforehand.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

/// <summary>What a command answers: rows of a table, or a document.</summary>
public sealed record Answer
{
    private Answer() { }

    /// <summary>The columns of its table; empty for a document.</summary>
    public IReadOnlyList<string> Columns { get; private init; } = [];

    /// <summary>The rows of its table, each with a cell for each column.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; private init; } = [];

    /// <summary>Its document; null for a table.</summary>
    public JsonNode? Document { get; private init; }

    /// <summary>A line below it: how many there are, or what it lacks; null for none.</summary>
    public string? Remark { get; init; }

    /// <summary>A table.</summary>
    /// <param name="columns">Its columns.</param>
    /// <param name="rows">Its rows.</param>
    /// <exception cref="ArgumentException">A row has another number of cells.</exception>
    public static Answer Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<IReadOnlyList<string>> all = [.. rows];
        return all.FirstOrDefault(row => row.Count != columns.Count) is { } odd
            ? throw new ArgumentException($"A row has {odd.Count} cells instead of {columns.Count}.", nameof(rows))
            : new Answer { Columns = columns, Rows = all };
    }

    /// <summary>A document.</summary>
    /// <param name="document">An object, or a list of objects.</param>
    public static Answer Of(JsonNode document) => new() { Document = document };

    /// <summary>A sentence.</summary>
    public static Answer Say(string sentence) => new() { Remark = sentence };
}

/// <summary>Why a command has no answer.</summary>
public enum InspectionProblem
{
    /// <summary>It was called with something it does not take.</summary>
    Usage,

    /// <summary>What it was asked for is not there.</summary>
    NotFound,

    /// <summary>Who would have to tell has not answered in time.</summary>
    NotAnswered,
}

/// <summary>A command has no answer.</summary>
/// <param name="problem">Why.</param>
/// <param name="message">The same in words, with what to do.</param>
public sealed class InspectionException(InspectionProblem problem, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public InspectionProblem Problem => problem;
}
