using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tao20.Dashboard;

/// <summary>Pages made from components: HTML that stands for itself, without scripts and without anything from elsewhere.</summary>
public static class Page
{
    // Components ask for no services.
    private static readonly ServiceProvider Services = new ServiceCollection().BuildServiceProvider();

    /// <summary>Renders a component as a whole document.</summary>
    /// <typeparam name="T">The component, which begins with the element <c>html</c>.</typeparam>
    /// <param name="parameters">Its parameters, by name.</param>
    /// <returns>The document, with its document type.</returns>
    public static async Task<string> RenderAsync<T>(IDictionary<string, object?> parameters)
        where T : IComponent
    {
        await using var renderer = new HtmlRenderer(Services, NullLoggerFactory.Instance);
        return await renderer
            .Dispatcher.InvokeAsync(async () =>
            {
                var root = await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters)).ConfigureAwait(false);
                return $"<!doctype html>\n{root.ToHtmlString()}\n";
            })
            .ConfigureAwait(false);
    }

    /// <summary>The text of an asset.</summary>
    internal static string Asset(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
