using System.Text;
using Tao20.Actors.Alerts;
using Tao20.Actors.Configuration;
using Tao20.Node.Configuration;

namespace Tao20.Node.Alerts;

/// <summary>What watches a node for deviations, by its settings.</summary>
internal static class NodeAlerts
{
    private const int LeastSecret = 16;

    /// <summary>The settings of the actor.</summary>
    /// <param name="settings">The node's.</param>
    /// <param name="follower">Its journal, metrics and clock.</param>
    /// <exception cref="NodeException">The secret of the webhook cannot be read.</exception>
    public static AlertSettings Of(NodeSettings settings, FollowerSettings follower) =>
        new(
            settings.Alerts,
            settings.Webhook.Url is { } url ? new Webhook(new Uri(url), SecretIn(settings.Webhook.SecretFile!), follower.Clock) : null,
            follower.Journal,
            follower.Metrics.Alerts
        );

    private static byte[] SecretIn(string file)
    {
        string secret;
        try
        {
            secret = File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(ExitCodes.Usage, $"Webhook:SecretFile = {file} cannot be read: {e.Message}", e);
        }

        return secret.Length >= LeastSecret
            ? Encoding.UTF8.GetBytes(secret)
            : throw new NodeException(
                ExitCodes.Usage,
                $"Webhook:SecretFile = {file} holds {secret.Length} characters: give {LeastSecret} at least ('openssl rand -hex 32')."
            );
    }
}
