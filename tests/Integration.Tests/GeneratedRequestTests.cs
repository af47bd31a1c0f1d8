using System.Globalization;
using Fuzz.Requests;
using Integration.Tests.Running;

namespace Integration.Tests;

/// <summary>
/// Malformed requests generated from the OpenAPI document and from the protos: none may cause an internal error or take longer than
/// 5 s, and every refusal must be a problem with a reason. <c>./pollux fuzz requests</c> sends more, also to the other services.
/// </summary>
public class GeneratedRequestTests(RunningSystem system) : SystemTest<RunningSystem>(system), IClassFixture<RunningSystem>
{
    const ulong Seed = 20261127;
    const int AtOnce = 8, Requests = 1500, Calls = 500;

    [Fact]
    public async Task No_generated_request_ends_in_an_internal_error()
    {
        // Without a simulation, what is right would wait for its answer.
        var requests = new GenerateRequests(await Pollux.Get("/openapi/v1.json"), mayBeRight: false);
        Assert.True(requests.Operations > 20);
        await None(Requests, async (number, cancel) =>
        {
            var request = requests.Make(Seed, number);
            return await SendRequests.Send(Pollux.Query.Http, request, cancel) is { Wrong: { } wrong } ? $"{wrong} {request}" : null;
        });
    }

    [Fact]
    public async Task No_generated_call_ends_in_an_internal_error()
    {
        var calls = new GenerateCalls(mayBeRight: false);
        Assert.True(calls.Methods > 20);
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{Pollux.Query.GrpcPort}") };
        await None(Calls, async (number, cancel) =>
        {
            var call = calls.Make(Seed, number, out var isStream);
            return await SendCalls.Send(http, call, isStream, cancel) is { Wrong: { } wrong } ? $"{wrong} {call}" : null;
        });
    }

    // In parallel, as some wait for an effect.
    static async Task None(int count, Func<long, CancellationToken, Task<string?>> send)
    {
        List<string> wrong = [];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions
        {
            MaxDegreeOfParallelism = AtOnce,
            CancellationToken = TestContext.Current.CancellationToken,
        }, async (number, cancel) =>
        {
            if (await send(number, cancel) is not { } what) return;
            lock (wrong) wrong.Add($"number {number.ToString(CultureInfo.InvariantCulture)}: {what}");
        });
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count}:\n{string.Join('\n', wrong.Take(20))}");
    }
}
