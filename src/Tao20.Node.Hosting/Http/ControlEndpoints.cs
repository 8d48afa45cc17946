using Akka.Actor;
using Akka.Hosting;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Consensus;
using Tao20.Domain.Arbitrage;
using Tao20.Node.Hosting;

namespace Tao20.Node.Http;

/// <summary>What an operator can do to a running node, with the token of its control file.</summary>
internal static class ControlEndpoints
{
    /// <summary>The header with the token.</summary>
    public const string TokenHeader = "X-Tao20-Token";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>What an operator can do to a miner: <c>POST /arbitrage/{operation}</c>.</summary>
    public static void MapTraderControl(this WebApplication app, ControlFile control) =>
        app.MapPost(
            "/arbitrage/{operation}",
            async (string operation, HttpRequest request, IRequiredActor<ArbitrageKey> trader, CancellationToken cancel) =>
            {
                if (Refused(control, request) is { } refusal)
                    return refusal;
                if (
                    !Enum.TryParse<Operation>(operation, ignoreCase: true, out var wanted)
                    || !Enum.IsDefined(wanted)
                    || char.IsDigit(operation[0])
                )
                    return Unknown(operation, string.Join(", ", Enum.GetNames<Operation>()).ToLowerInvariant());
                return await NodeEndpoints.AnswerAsync(async () =>
                    Results.Json(
                        TraderDocument.Of(await trader.ActorRef.Ask<ArbitrageStatus>(new Operate(wanted), Patience, cancel)),
                        NodeEndpoints.Json
                    )
                );
            }
        );

    /// <summary>What an operator can do to a validator: <c>POST /validator/pause</c> and <c>/validator/resume</c>.</summary>
    public static void MapValidatorControl(this WebApplication app, ControlFile control) =>
        app.MapPost(
            "/validator/{operation}",
            async (string operation, HttpRequest request, IRequiredActor<ConsensusKey> consensus, CancellationToken cancel) =>
            {
                if (Refused(control, request) is { } refusal)
                    return refusal;
                if (operation is not ("pause" or "resume"))
                    return Unknown(operation, "pause, resume");
                return await NodeEndpoints.AnswerAsync(async () =>
                    Results.Json(
                        await consensus.ActorRef.Ask<StatingSwitched>(new SwitchStating(operation == "pause"), Patience, cancel),
                        NodeEndpoints.Json
                    )
                );
            }
        );

    /// <summary>Why a request is refused that has to have the token; null when it has it.</summary>
    public static IResult? Refused(ControlFile control, HttpRequest request) =>
        control.IsToken(request.Headers[TokenHeader])
            ? null
            : NodeEndpoints.Error($"The header {TokenHeader} has to hold the token of the control file in the data directory.", 401);

    private static IResult Unknown(string operation, string known) =>
        NodeEndpoints.Error($"'{operation}' is not known: give {known}.", 404);
}
