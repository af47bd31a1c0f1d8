using System.ComponentModel;
using Contracts.Decisions;
using Contracts.Messages;
using Query.Api;
using ServiceDefaults;

namespace Query.Decisions;

/// <summary>Which option was taken, and by whom.</summary>
sealed record TakeRequest(
    [property: Description("Name of an option in the answer; default: the recommended one.")] string? Option = null,
    [property: Description("Who takes the decision, at most 100 characters; default: X-Pollux-Actor.")] string? By = null,
    [property: Description("Free text, at most 1000 characters.")] string? Comment = null);

/// <summary>Records which option was taken.</summary>
sealed class TakeDecisionEndpoint(GetDecision get, AskSimulation simulation)
{
    public static void Map(IEndpointRouteBuilder decisions) => decisions
        .MapPost("/{id}:take",
            (string id, TakeRequest body, TakeDecisionEndpoint take, CancellationToken cancel) =>
                take.Run(id, body.Option, body.By, body.Comment, cancel))
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithName("takeDecision").WithSummary("Record which option was taken")
        .WithDescription("Idempotent; taking a different option after the first is refused (409).");

    /// <summary>The named option, or the recommended one.</summary>
    /// <exception cref="InvalidInputException">The answer has no such option; lists the ones it has.</exception>
    public static string OptionOf(DecisionAnswer answer, string? option) => option is null ? answer.Recommended
        : answer.Options.Any(o => o.Name == option) ? option
        : throw new InvalidInputException("option", option, string.Join(", ", answer.Options.Select(o => o.Name)));

    public async Task<DecisionView> Run(string id, string? option, string? by, string? comment, CancellationToken cancel)
    {
        var (who, why) = KnowCaller.Named(by, comment, "who decides, 1 to 100 characters");
        var known = await get.Run(id, cancel);
        return await simulation.Decide(new TakeDecision(id, OptionOf(known.Answer, option), who, why), id, cancel);
    }
}
