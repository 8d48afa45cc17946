using Akka.Actor;
using Akka.Hosting;
using Tao20.Actors.Arbitrage;
using Tao20.Domain.Arbitrage;
using Tao20.Node.Hosting;

namespace Tao20.Node.Http;

/// <summary>What an operator can do to a running miner, with the token of its control file.</summary>
internal static class ControlEndpoints
{
    /// <summary>The header with the token.</summary>
    public const string TokenHeader = "X-Tao20-Token";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static void MapControl(this WebApplication app, ControlFile control) =>
        app.MapPost(
            "/arbitrage/{operation}",
            async (string operation, HttpRequest request, IRequiredActor<ArbitrageKey> trader, CancellationToken cancel) =>
            {
                if (!control.IsToken(request.Headers[TokenHeader]))
                    return Results.Json(
                        new { error = $"The header {TokenHeader} has to hold the token of the control file in the data directory." },
                        NodeEndpoints.Json,
                        statusCode: StatusCodes.Status401Unauthorized
                    );
                if (
                    !Enum.TryParse<Operation>(operation, ignoreCase: true, out var wanted)
                    || !Enum.IsDefined(wanted)
                    || char.IsDigit(operation[0])
                )
                    return Results.Json(
                        new
                        {
                            error = $"'{operation}' is not known: give {string.Join(", ", Enum.GetNames<Operation>()).ToLowerInvariant()}.",
                        },
                        NodeEndpoints.Json,
                        statusCode: StatusCodes.Status404NotFound
                    );
                return await NodeEndpoints.AnswerAsync(async () =>
                    Results.Json(
                        TraderDocument.Of(await trader.ActorRef.Ask<ArbitrageStatus>(new Operate(wanted), Patience, cancel)),
                        NodeEndpoints.Json
                    )
                );
            }
        );
}
