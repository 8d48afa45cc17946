using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Tao20.Dashboard.Live;

/// <summary>
/// An element whose content changes while its page is open. None is within another, and what stands around them stays as it is.
/// </summary>
public sealed class Live : ComponentBase
{
    /// <summary>What the opening tag of each has.</summary>
    internal const string Attribute = "data-live";

    /// <summary>What ends the content of each: no text on a page can hold it, since text is encoded.</summary>
    internal const string End = "<!--/-->";

    /// <summary>Its name, the only one on its page.</summary>
    [Parameter, EditorRequired]
    public string Key { get; set; } = "";

    /// <summary>Which element it is.</summary>
    [Parameter]
    public string Tag { get; set; } = "span";

    /// <summary>Its class; null for none.</summary>
    [Parameter]
    public string? Class { get; set; }

    /// <summary>Its content.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, Tag);
        builder.AddAttribute(1, Attribute, Key);
        if (Class is not null)
            builder.AddAttribute(2, "class", Class);
        builder.AddContent(3, ChildContent);
        builder.AddMarkupContent(4, End);
        builder.CloseElement();
    }
}
