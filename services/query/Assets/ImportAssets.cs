using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Contracts.Messages;
using Microsoft.AspNetCore.Mvc;
using Query.Api;
using Query.Registry;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Query.Assets;

/// <summary>Progress or result of an import of assets; rows = registered + updated + unchanged + rejected once it has finished.</summary>
sealed record AssetImportProgress(
    [property: Description("Rows read so far; with an error, also those whose fate is unknown.")] long Rows,
    [property: Description("New assets.")] long Registered,
    [property: Description("Known assets whose model, name or labels have changed.")] long Updated,
    [property: Description("Assets that were registered like this already; repeating an import is harmless.")] long Unchanged,
    [property: Description("Rows that are not registered.")] long Rejected,
    [property: Description("The first 250 rejected rows.")] IReadOnlyList<RejectedAsset> Errors,
    [property: Description("Log position of the newest registration.")] long Position,
    [property: Description("False in progress reports.")] bool Finished,
    [property: Description("Why the rest of the list was not read; null if all of it was.")] string? Error);

/// <summary>A row that is not registered.</summary>
sealed record RejectedAsset(
    [property: Description("Line of the list, from 1.")] long Line,
    [property: Description("The row's id; null if it has none.")] string? Id,
    [property: Description("What is wrong and what is allowed.")] string Reason);

/// <summary>Registers a list of assets.</summary>
sealed class ImportAssets(KnownAssets registry, RegisterOverBus register, TimeProvider time)
{
    const int LargestBody = 64 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder api) => api
        .MapPost("/assets:import", (HttpContext context, ImportAssets import) => import.Answer(context))
        .WithMetadata(new RequestSizeLimitAttribute(LargestBody))
        .Accepts<string>(ReadAssetRows.Csv, ReportProgress.Lines)
        .Produces<AssetImportProgress>(contentType: "application/json", additionalContentTypes: ReportProgress.Lines)
        .WithTags("Assets").WithName("importAssets").WithSummary("Register a list of assets")
        .WithDescription("CSV with the columns id, model, name and labels (key=value;key=value), or one JSON object a line with these "
            + "members (labels is an object). Rows that cannot be registered are listed with line and reason; the others are registered. "
            + "Safe to repeat. With Accept: application/x-ndjson, a report a second.");

    Task Answer(HttpContext context)
    {
        var isCsv = context.Request.ContentType!.StartsWith(ReadAssetRows.Csv, StringComparison.OrdinalIgnoreCase);
        var run = new Run(registry, register);
        var rows = ReadAssetRows.Read(context.Request.Body, isCsv, context.RequestAborted);
        return ReportProgress.Answer(context, () => run.Read(rows, context.RequestAborted), run.Progress, time);
    }

    /// <summary>Registers up to 250 assets.</summary>
    public async Task<AssetImportProgress> Register(IEnumerable<AssetRow> rows, CancellationToken cancel)
    {
        var run = new Run(registry, register);
        await run.Read(rows.ToAsyncEnumerable(), cancel);
        return run.Progress(isFinished: true, null);
    }

    sealed class Run(KnownAssets registry, RegisterOverBus register)
    {
        const int MostAtOnce = 4;
        // As many as a gRPC request has rows.
        const int MostErrors = RegisterAssets.MostAssets;

        static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

        readonly Lock gate = new();
        readonly Dictionary<string, long> lines = new(StringComparer.Ordinal);
        readonly Dictionary<string, long> outcomes = [];
        readonly List<RejectedAsset> errors = [];
        long rows, rejected, position;
        ExceptionDispatchInfo? unreadable;

        public AssetImportProgress Progress(bool isFinished, string? error)
        {
            lock (gate)
                return new(
                    rows, Count(RegistrationOutcome.Registered), Count(RegistrationOutcome.Updated), Count(RegistrationOutcome.Unchanged),
                    rejected, [.. errors.OrderBy(e => e.Line)], position, isFinished, error);
        }

        long Count(string kind) => outcomes.GetValueOrDefault(kind);

        public async Task Read(IAsyncEnumerable<AssetRow> input, CancellationToken cancel)
        {
            await Parallel.ForEachAsync(
                Checked(input, cancel).Chunk(RegisterAssets.MostAssets),
                new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancel },
                // If one fails, the others are still waited for, since what they register counts.
                async (assets, _) => Take(await register.Run(assets, Patience, cancel) ?? throw new TimeoutException(
                    $"twin-state did not answer within {Patience.TotalSeconds:0} s. It is safe to repeat the import.")));
            unreadable?.Throw();
        }

        async IAsyncEnumerable<AssetRegistration> Checked(
            IAsyncEnumerable<AssetRow> input, [EnumeratorCancellation] CancellationToken cancel)
        {
            await using var reading = input.GetAsyncEnumerator(cancel);
            while (await Next(reading)) if (Check(reading.Current) is { } asset) yield return asset;
        }

        // What came before the place from which the list cannot be read is registered.
        async ValueTask<bool> Next(IAsyncEnumerator<AssetRow> reading)
        {
            try
            {
                return await reading.MoveNextAsync();
            }
            catch (Exception e) when (e is InvalidInputException or TooLargeException)
            {
                unreadable = ExceptionDispatchInfo.Capture(e);
                return false;
            }
        }

        AssetRegistration? Check(AssetRow row)
        {
            lock (gate)
            {
                rows++;
                try
                {
                    if (row.Problem is { } problem) throw problem;
                    var asset = RegisterAssetEndpoint.Check(row.Id, row.Model, row.Name, row.Labels, registry);
                    if (!lines.TryAdd(asset.AssetId, row.Line))
                        throw new InvalidInputException("id", row.Id, $"each asset once; it was in line {lines[asset.AssetId]}");
                    return asset;
                }
                catch (Exception e) when (e is InvalidInputException or RuleViolationException or ForbiddenException)
                {
                    Reject(row.Line, row.Id, e.Message);
                    return null;
                }
            }
        }

        void Take(AssetsRegistered answer)
        {
            lock (gate)
            {
                position = Math.Max(position, answer.Position);
                foreach (var outcome in answer.Outcomes)
                {
                    if (outcome.Reason is { } reason) Reject(lines[outcome.AssetId], outcome.AssetId, reason);
                    else outcomes[outcome.Kind] = Count(outcome.Kind) + 1;
                }
            }
        }

        void Reject(long line, string? id, string reason)
        {
            rejected++;
            if (errors.Count < MostErrors) errors.Add(new(line, id, reason));
        }
    }
}
