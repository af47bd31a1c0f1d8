using MudBlazor;

namespace Dashboard.Shell;

/// <summary>Colours and fonts. Both palettes have a text contrast of at least 4.5 to 1.</summary>
static class Theme
{
    static readonly string[] Fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"];

    public static MudTheme Mud { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#14608f",
            PrimaryContrastText = "#ffffff",
            Secondary = "#5b6670",
            Tertiary = "#3d7a57",
            Background = "#f2f4f6",
            Surface = "#ffffff",
            AppbarBackground = "#16222d",
            AppbarText = "#eef3f7",
            DrawerBackground = "#ffffff",
            DrawerText = "#2a343d",
            DrawerIcon = "#53606b",
            TextPrimary = "#1b242c",
            TextSecondary = "#515d68",
            TextDisabled = "#6a7580",
            ActionDefault = "#515d68",
            LinesDefault = "#dde2e7",
            LinesInputs = "#8a96a1",
            TableLines = "#e6eaee",
            Divider = "#dde2e7",
            Success = "#1f7a46",
            Warning = "#8f5600",
            Error = "#b3261e",
            Info = "#14608f",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#6cb6e6",
            PrimaryContrastText = "#0c141b",
            Secondary = "#a3afba",
            Tertiary = "#7cc79a",
            Background = "#10161b",
            Surface = "#182028",
            AppbarBackground = "#0b1015",
            AppbarText = "#e6edf3",
            DrawerBackground = "#151c23",
            DrawerText = "#d3dce4",
            DrawerIcon = "#93a1ae",
            TextPrimary = "#e3eaf0",
            TextSecondary = "#a2afbb",
            TextDisabled = "#84919d",
            ActionDefault = "#a2afbb",
            LinesDefault = "#2b363f",
            LinesInputs = "#5d6b77",
            TableLines = "#26303a",
            Divider = "#2b363f",
            Success = "#6fcb92",
            Warning = "#e6b04d",
            Error = "#f2857b",
            Info = "#6cb6e6",
        },
        Typography = new()
        {
            Default = new DefaultTypography { FontFamily = Fonts, FontSize = "0.875rem", LineHeight = "1.4" },
            H1 = new H1Typography { FontFamily = Fonts, FontSize = "1.35rem", FontWeight = "600", LineHeight = "1.3" },
            H2 = new H2Typography { FontFamily = Fonts, FontSize = "1rem", FontWeight = "600", LineHeight = "1.3" },
            Button = new ButtonTypography { FontFamily = Fonts, TextTransform = "none", FontWeight = "550" },
        },
        LayoutProperties = new() { DefaultBorderRadius = "6px", DrawerWidthLeft = "208px", AppbarHeight = "52px" },
    };
}
