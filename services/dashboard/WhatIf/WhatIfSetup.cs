namespace Dashboard.WhatIf;

static class WhatIfSetup
{
    public static void AddWhatIf(this WebApplicationBuilder builder)
    {
        ExportResult.Add(builder.Services);
        builder.Services.AddScoped<KnownPhysics>();
    }

    public static void MapWhatIf(this WebApplication app) => ExportResult.Map(app);
}
