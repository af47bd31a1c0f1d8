using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Fuzz.Requests;

/// <summary>Malformed requests to a running system, which <c>./pollux fuzz requests</c> starts.</summary>
static class FuzzRequests
{
    public const long Count = 100_000;
    const int AtOnce = 8;

    /// <summary>Where some of a hundred requests go.</summary>
    /// <param name="Name">Of the service.</param>
    /// <param name="Share">How many.</param>
    /// <param name="IsOpen">Nobody needs a token.</param>
    /// <param name="Make">The request of a number, and whether its answer is a stream.</param>
    /// <param name="Send">Sends it.</param>
    sealed record Target(
        string Name, int Share, bool IsOpen, Func<long, (GeneratedRequest, bool IsStream)> Make,
        Func<GeneratedRequest, bool, CancellationToken, Task<Answer>> Send);

    public static async Task<int> Run(FuzzSettings settings)
    {
        var parts = await RunningParts.Find();
        using var sockets = new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 4 * AtOnce, UseCookies = false };
        using var tokens = new Tokens();
        var targets = await Targets(parts, sockets, settings.Seed);
        var tally = new Tally();
        var began = Stopwatch.GetTimestamp();
        var numbers = settings.Number is { } one ? [one] : Numbers(settings.Count);
        await Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancel) =>
        {
            if (Stopwatch.GetElapsedTime(began) > settings.Time || tally.Faults >= Tally.MostFaults) return;
            var target = Of(targets, number);
            var (made, isStream) = target.Make(number);
            var (isGood, request) = target.IsOpen ? (true, made) : await tokens.Add(made, settings.Seed, number);
            var at = Stopwatch.GetTimestamp();
            Answer answer;
            try
            {
                answer = await target.Send(request, isStream, cancel);
            }
            catch (Exception e) when (e is OperationCanceledException or UriFormatException or IOException)
            {
                answer = new("none", $"{e.GetType().Name}: {e.Message}");
            }
            if (!isGood && answer is { Wrong: null, Status: "200" or "201" or "202" or "204" or "grpc 0" })
                answer = answer with { Wrong = $"{answer.Status} without a good token" };
            var sent = tally.Add(target.Name, number, request, answer, Stopwatch.GetElapsedTime(at));
            if (sent == settings.Count / 10) parts.NoteMemory();
            if (settings.Number is not null) Console.WriteLine($"{request}: {answer}");
        });
        var took = Stopwatch.GetElapsedTime(began);
        var isGood = await parts.AreWell();
        tally.Print(took);
        return isGood && tally.Faults == 0 ? 0 : 1;
    }

    static async Task<Target[]> Targets(RunningParts parts, HttpMessageHandler sockets, ulong seed)
    {
        var (query, ingest) = (Of(parts.Url("query")), Of(parts.Url("ingest")));
        var ofQuery = new GenerateRequests(JsonNode.Parse(await query.GetStringAsync("/openapi/v1.json"))!);
        var ofIngest = new GenerateRequests(JsonNode.Parse(await ingest.GetStringAsync("/openapi/v1.json"))!);
        var ofPlant = new GenerateRequests(Documents.Plant);
        var ofIdentity = new GenerateRequests(Documents.Identity(parts.Url("identity"), parts.Url("dashboard")));
        var calls = new GenerateCalls();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{ofQuery.Operations + ofIngest.Operations + ofPlant.Operations + ofIdentity.Operations} operations, "
                + $"{calls.Methods} methods"));
        var grpc = Of($"http://127.0.0.1:{(new Uri(parts.Url("query")).Port + 10).ToString(CultureInfo.InvariantCulture)}");
        return
        [
            Rest("query", 55, query, ofQuery), Rest("ingest", 12, ingest, ofIngest), Rest("plant", 8, Of(parts.Url("plant")), ofPlant),
            Rest("identity", 2, Of(parts.Url("identity")), ofIdentity, isOpen: true),
            new("grpc", 23, false, number => (calls.Make(seed, number, out var isStream), isStream),
                (call, isStream, cancel) => SendCalls.Send(grpc, call, isStream, cancel)),
        ];

        HttpClient Of(string address) =>
            new(sockets, disposeHandler: false) { BaseAddress = new(address), Timeout = TimeSpan.FromSeconds(30) };

        Target Rest(string name, int share, HttpClient to, GenerateRequests from, bool isOpen = false) => new(
            name, share, isOpen, number => (from.Make(seed, number), false),
            (request, _, cancel) => SendRequests.Send(to, request, cancel));
    }

    static Target Of(Target[] targets, long number)
    {
        var choice = (int)(number % targets.Sum(t => t.Share));
        foreach (var target in targets)
            if ((choice -= target.Share) < 0) return target;
        throw new UnreachableException();
    }

    static IEnumerable<long> Numbers(long count)
    {
        for (long number = 0; number < count; number++) yield return number;
    }
}
