namespace Query.Scenarios;

static class ScenarioRoutes
{
    public static void AddScenarios(this IServiceCollection services) => services
        .AddSingleton<LiveScenarios>().AddSingleton<SavedScenarios>().AddSingleton<SendToSimulation>()
        .AddSingleton<CreateScenario>().AddSingleton<GetScenario>().AddSingleton<ListScenarios>()
        .AddSingleton<CancelScenarioEndpoint>().AddSingleton<WatchScenario>().AddSingleton<DiffScenarios>();

    public static void MapScenarios(this IEndpointRouteBuilder api)
    {
        var scenarios = api.MapGroup("/scenarios").WithTags("Scenarios");
        CreateScenario.Map(scenarios);
        ListScenarios.Map(scenarios);
        GetScenario.Map(scenarios);
        GetScenarioResult.Map(scenarios);
        WatchScenario.Map(scenarios);
        CancelScenarioEndpoint.Map(scenarios);
        DiffScenarios.Map(scenarios);
    }
}
