using System.Text;
using Tao20.Actors.Alerts;
using Tao20.Actors.Configuration;
using Tao20.Node.Configuration;

namespace Tao20.Node.Alerts;

/// <summary>What watches a node for deviations, by its settings.</summary>
internal static class NodeAlerts
{
    /// <summary>The settings of the actor.</summary>
    /// <param name="settings">The node's.</param>
    /// <param name="follower">Its journal, metrics and clock.</param>
    /// <exception cref="NodeException">The secret of the webhook cannot be read.</exception>
    public static AlertSettings Of(NodeSettings settings, FollowerSettings follower) =>
        new(
            settings.Alerts,
            settings.Webhook.Url is { } url ? new Webhook(new Uri(url), SecretOf(settings), follower.Clock) : null,
            follower.Journal,
            follower.Metrics.Alerts
        );

    private static byte[] SecretOf(NodeSettings settings) =>
        Encoding.UTF8.GetBytes(SecretFile.Read("Webhook:SecretFile", settings.Webhook.SecretFile!));
}
