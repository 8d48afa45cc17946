using System.Globalization;
using Akka.Hosting;
using Tao20.Actors.Alerts;
using Tao20.Domain.Alerts;
using Tao20.Node.Http;

namespace Tao20.Node.Alerts;

/// <summary>The alerts of a node over HTTP, in pages.</summary>
internal static class AlertEndpoints
{
    private const int Standard = 50;

    /// <summary>Adds them.</summary>
    public static void MapAlerts(this WebApplication app) =>
        app.MapGet(
            "/alerts",
            async (string? before, string? limit, IRequiredActor<AlertsKey> alerts, CancellationToken cancel) =>
            {
                var most = Standard;
                if (
                    limit is not null
                    && !(
                        int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most)
                        && most is > 0 and <= AlertsDocument.MostOnPage
                    )
                )
                    return NodeEndpoints.Error($"limit = '{limit}' is out of range: give 1 to {AlertsDocument.MostOnPage}.", 400);
                var from = before is null ? null : AlertId.Parse(before);
                if (before is not null && from is null)
                    return NodeEndpoints.Error(AlertsDocument.NoId(before), 400);
                return await NodeEndpoints.AnswerAsync(async () =>
                {
                    var page = await NodeEndpoints.Ask<AlertPage>(alerts.ActorRef, new GetAlerts(from, most), cancel);
                    return page.Alerts is null
                        ? NodeEndpoints.Error(AlertsDocument.Unknown(before), 404)
                        : Results.Json(AlertsDocument.Of(page, most), NodeEndpoints.Json);
                });
            }
        );
}
