using Microsoft.AspNetCore.Components;
using Tao20.Actors.Status;
using Tao20.Dashboard;
using Tao20.Dashboard.Live;
using Tao20.Dashboard.Pages;
using Tao20.Dashboard.Parts;
using Tao20.Domain.Units;
using Tao20.Node.Http;

namespace Tao20.Node.Views;

/// <summary>What stands around every page of a node.</summary>
/// <param name="node">What the node is, in a word or two.</param>
/// <param name="names">What addresses are called.</param>
internal sealed class ViewFrame(string node, IReadOnlyDictionary<Address, string> names)
{
    /// <summary>So many rows of a history are on a page.</summary>
    public const int Rows = 25;

    /// <summary>Around a page of which nothing is known of the node.</summary>
    public Frame Of(string address, string title) => new(node, address, title, names);

    /// <summary>Around a page that shows something of the node.</summary>
    public Frame Of(PageAddress address, string title, NodeOverview overview) => Of(address.Text, title) with { Mood = MoodOf(overview) };

    /// <summary>The title of an account's page: what it is called, or what it is with its first digits.</summary>
    public string TitleOf(string kind, Address address) => names.GetValueOrDefault(address) ?? $"{kind} {address.ToString()[..8]}…";

    /// <summary>Renders a page.</summary>
    /// <typeparam name="T">The page.</typeparam>
    /// <param name="frame">What stands around it.</param>
    /// <param name="parameters">What it shows.</param>
    public static async Task<RenderedPage> RenderAsync<T>(Frame frame, Dictionary<string, object?> parameters)
        where T : IComponent
    {
        parameters[nameof(OverviewPage.Frame)] = frame;
        return RenderedPage.Of(await Page.RenderAsync<T>(parameters));
    }

    private static NodeMood MoodOf(NodeOverview overview) =>
        overview.NotReady is not null ? new NodeMood("not ready", false)
        : FaultDocument.FaultsOf(overview.Faults).Count is > 0 and var faults ? new NodeMood($"{faults} at fault", false)
        : new NodeMood("ready", true);
}
