namespace Query.Decisions;

static class DecisionRoutes
{
    public static void AddDecisions(this IServiceCollection services) =>
        services.AddSingleton<CreateDecision>().AddSingleton<TakeDecisionEndpoint>()
            .AddSingleton<GetDecision>().AddSingleton<ListDecisions>().AddSingleton<RunBacktestEndpoint>();

    public static void MapDecisions(this IEndpointRouteBuilder api)
    {
        var decisions = api.MapGroup("/decisions").WithTags("Decisions");
        CreateDecision.Map(decisions);
        ListDecisions.Map(decisions);
        GetDecision.Map(decisions);
        TakeDecisionEndpoint.Map(decisions);
        RunBacktestEndpoint.Map(api);
    }
}
