namespace Query.Decisions;

static class DecisionRoutes
{
    public static void AddDecisions(this IServiceCollection services) =>
        services.AddSingleton<AskSimulation>().AddSingleton<CreateDecision>().AddSingleton<TakeDecision>().AddSingleton<GetDecision>().AddSingleton<ListDecisions>().AddSingleton<RunBacktest>();

    public static void MapDecisions(this IEndpointRouteBuilder api)
    {
        var decisions = api.MapGroup("/decisions").WithTags("Decisions");
        CreateDecision.Map(decisions);
        ListDecisions.Map(decisions);
        GetDecision.Map(decisions);
        TakeDecision.Map(decisions);
        RunBacktest.Map(api);
    }
}
