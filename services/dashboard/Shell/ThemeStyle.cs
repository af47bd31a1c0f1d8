using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using MudBlazor;

namespace Dashboard.Shell;

/// <summary>The theme as MudBlazor writes it, in a style element that the content security policy of the page allows.</summary>
public sealed partial class ThemeStyle : MudThemeProvider
{
    /// <summary>The page's number.</summary>
    [CascadingParameter(Name = Routes.NonceName)]
    public string? Nonce { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder __builder)
    {
        __builder.OpenElement(0, "style");
        __builder.AddAttribute(1, "nonce", Nonce);
        __builder.AddContent(2, Tag().Replace(BuildTheme() + BuildMudBlazorScrollbar(), ""));
        __builder.CloseElement();
    }

    [GeneratedRegex("</?style[^>]*>")]
    private static partial Regex Tag();
}
