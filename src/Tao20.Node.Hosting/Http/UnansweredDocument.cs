using Tao20.Actors.Status;

namespace Tao20.Node.Http;

/// <summary>Who has not answered in time, as <c>/status</c> shows it.</summary>
/// <param name="Parts">The parts of the node: what they have is told as it was, or not at all.</param>
/// <param name="Miners">How many of the miners asked for.</param>
internal sealed record UnansweredDocument(IReadOnlyList<string> Parts, int Miners);

/// <summary>The document of <c>/status</c> while those who would have to tell have never answered.</summary>
internal sealed record UnknownStatusDocument(
    bool Ready,
    string Error,
    UnansweredDocument Unanswered,
    IReadOnlyList<FaultDocument> Faults,
    IReadOnlyDictionary<string, double> Start,
    ProgressDocument? Progress
)
{
    /// <summary>The document of a status that is not known.</summary>
    public static UnknownStatusDocument Of(
        StatusUnknownException unknown,
        IReadOnlyDictionary<string, double> start,
        ProgressDocument? progress
    ) =>
        new(
            false,
            $"The node is starting, or its journal does not answer. {unknown.Message} Try again.",
            new UnansweredDocument(unknown.Unanswered, 0),
            FaultDocument.AllOf(unknown.Faults),
            start,
            progress
        );
}
