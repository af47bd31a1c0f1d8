using System.Text.Json;
using Contracts.Events;
using Ingest.Recording;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Access;
using TwinModel.Telemetry;

namespace Ingest.Imports;

/// <summary>Progress or result of an import; readings = stored + duplicates + rejected once it has finished.</summary>
/// <param name="Rows">Rows read so far.</param>
/// <param name="Readings">Readings in those rows.</param>
/// <param name="Stored">Readings new to the log.</param>
/// <param name="Duplicates">Readings already in the log; repeating an import is harmless.</param>
/// <param name="Rejected">Readings logged as rejected, with line and reason.</param>
/// <param name="Position">Log position that a query can wait for (<c>minPosition</c>).</param>
/// <param name="Finished">False in progress reports.</param>
/// <param name="Missing">Readings without a value, from cells marked as missing.</param>
/// <param name="UnknownColumns">The first 100 columns that were skipped because the model does not know them.</param>
/// <param name="Error">Why the rest of the file was not read; null if all of it was.</param>
sealed record ImportProgress(
    long Rows, long Readings, long Stored, long Duplicates, long Rejected, long Position, bool Finished, long Missing,
    IReadOnlyList<string> UnknownColumns, string? Error = null);

/// <summary>
/// <c>POST /api/v1/assets/{id}/telemetry:import</c>: bulk import of readings of any age, streamed; memory use does not depend on file size.
/// </summary>
static class ImportTelemetry
{
    const int ReadingsPerSubmission = 5_000;
    const int MostSubmissionsPending = 4;
    const long MostSpooledBytes = 4L * 1024 * 1024 * 1024;
    const long MostUnpackedBytes = 64L * 1024 * 1024 * 1024;

    public static void MapImportTelemetry(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/assets/{id}/telemetry:import", Import)
        // The decompression middleware enforces this limit: a small file may unpack to any size.
        .WithMetadata(new RequestSizeLimitAttribute(MostUnpackedBytes)).Describe();

    static async Task Import(
        string id, HttpContext context, AssetRegistry registry, ReachNow reach, IRecorder recorder, TenantUse use,
        TimeProvider time, IOptions<IngestSettings> settings)
    {
        var cancel = context.RequestAborted;
        var request = context.Request;
        var caller = Caller.Of(context);
        // The asset may have been registered a moment ago.
        await registry.Refresh(cancel);
        if (!await reach.Includes(caller, id, cancel)) throw new NotFoundException("asset", id);
        var asset = registry.Get(id);
        var format = ImportFormats.Of(request.ContentType);
        // The middleware removes the header of encodings that it handles.
        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } packed
            && !packed.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new UnsupportedMediaException("Content-Encoding", packed, "one of gzip, br, deflate, identity");
        var isPreview = IsPreview(request.Query);
        var model = ImportFormats.WithSettings(asset.Model, request.Query);
        // Decompressed bodies are limited by now; others are streamed, whatever their size.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (!isPreview && use.Exceeded(asset) is { } exceeded) throw exceeded;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(settings.Value.MostImportTime);
        await using var body = await Open(request, format, limit.Token, cancel);
        var window = new TimeWindow(0, Micros.From(time.GetUtcNow() + settings.Value.FutureTolerance));
        if (isPreview)
        {
            await context.Response.WriteAsJsonAsync(await PreviewImport.Of(body, format, model, window, limit.Token), cancel);
            return;
        }
        var source = Payload.ImportSource(format.Name, asset.Id, ImportFormats.Settings(request.Query));
        var run = new ImportRun(
            asset, source, caller, recorder, use, time, settings.Value.FutureTolerance, ReadingsPerSubmission, MostSubmissionsPending);
        var rows = format.Read(body, model, limit.Token);

        await ReportProgress.Answer(
            context, () => run.Read(rows, cancel), (isFinished, error) => run.Progress(isFinished) with { Error = error }, time);
    }

    static bool IsPreview(IQueryCollection query) => query[ImportFormats.Preview].ToString() switch
    {
        "" or "false" => false,
        "true" => true,
        var other => throw new InvalidInputException(ImportFormats.Preview, other, "true or false"),
    };

    // Parquet needs a seekable stream: its footer is at the end.
    static async Task<Stream> Open(HttpRequest request, ImportFormat format, CancellationToken limit, CancellationToken cancel)
    {
        var charset = ImportFormats.CharsetOf(request.ContentType);
        try
        {
            if (format.IsText) return await TextEncoding.ToUtf8(request.Body, charset, limit);
            if (charset is not null) throw new UnsupportedMediaException("charset", charset, "none: Parquet files are not text");
            return await Spool(request.Body, limit, cancel);
        }
        catch (Exception e) when (ImportFormats.FaultOfBody(e) is { } fault)
        {
            throw fault;
        }
    }

    static async Task<Stream> Spool(Stream body, CancellationToken limit, CancellationToken cancel)
    {
        var file = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            var buffer = new byte[1 << 16];
            for (int count; (count = await body.ReadAsync(buffer, limit)) > 0;)
            {
                if (file.Length + count > MostSpooledBytes) throw new TooLargeException("The Parquet file", MostSpooledBytes, "bytes");
                await file.WriteAsync(buffer.AsMemory(0, count), limit);
            }
            file.Position = 0;
            return file;
        }
        catch (Exception e)
        {
            await file.DisposeAsync();
            if (e is OperationCanceledException && !cancel.IsCancellationRequested) throw TookTooLong();
            throw;
        }
    }

    public static TimeoutException TookTooLong() =>
        new("The import took longer than allowed; what was read in time is stored. Send smaller parts; it is safe to repeat them.");
}

/// <summary>A running import.</summary>
sealed class ImportRun(
    RegisteredAsset asset, string source, Caller caller, IRecorder recorder, TenantUse use, TimeProvider time,
    TimeSpan futureTolerance, int readingsPerSubmission, int mostPending)
{
    readonly SemaphoreSlim room = new(mostPending);
    long rows, readings, stored, duplicates, rejected, missing, position;
    IReadOnlyList<string> unknownColumns = [];

    public ImportProgress Progress(bool isFinished) => new(
        Interlocked.Read(ref rows), Interlocked.Read(ref readings), Interlocked.Read(ref stored), Interlocked.Read(ref duplicates),
        Interlocked.Read(ref rejected), Interlocked.Read(ref position), isFinished, Interlocked.Read(ref missing), unknownColumns);

    /// <exception cref="QuotaException">The asset's tenant has used up a quota; what was read before is stored.</exception>
    /// <exception cref="TimeoutException">The time limit was reached, i.e. the input was cancelled but not by the client.</exception>
    public async Task Read(IAsyncEnumerable<ImportRow> input, CancellationToken cancel)
    {
        List<Reading> good = new(readingsPerSubmission);
        try
        {
            await foreach (var row in input)
            {
                Interlocked.Increment(ref rows);
                Interlocked.Add(ref missing, row.Missing);
                unknownColumns = row.Columns.Unknown;
                var count = row.Readings.Length + row.RejectedReadings;
                Interlocked.Add(ref readings, count);
                Measures.Received.Add(count, Measures.Of(asset));
                List<Reading> ofRow = [.. row.Readings];
                List<RejectionReason> reasons = [.. row.Rejections];
                var refused = row.RejectedReadings
                    + ValidateReadings.Apply(ofRow, asset.Model, new(0, Micros.From(time.GetUtcNow() + futureTolerance)), reasons);
                if (refused > 0)
                    await Reject(row, [.. row.Readings.Where(r => !ofRow.Exists(o => o.Sensor == r.Sensor && o.SampledAt == r.SampledAt))],
                        refused, reasons, cancel);
                good.AddRange(ofRow);
                if (good.Count < readingsPerSubmission) continue;
                if (use.Exceeded(asset) is { } exceeded)
                {
                    good.Clear();
                    throw exceeded;
                }
                await Submit(good, null, new(source, default), cancel);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw ImportTelemetry.TookTooLong();
        }
        catch (Exception e) when (ImportFormats.FaultOfBody(e) is { } fault)
        {
            throw fault;
        }
        finally
        {
            // Store what was read before the failing row.
            if (good.Count > 0 && !cancel.IsCancellationRequested) await Submit(good, null, new(source, default), cancel);
            for (var i = 0; i < mostPending && !cancel.IsCancellationRequested; i++) await room.WaitAsync(cancel);
        }
    }

    async Task Reject(ImportRow row, List<Reading> refusedByModel, int refused, List<RejectionReason> reasons, CancellationToken cancel)
    {
        var payload = row.Raw is { } raw
            ? new Payload(source, raw)
            : Payload.Rewritten(asset, refusedByModel);
        List<RejectionReason> located = [.. reasons.Select(r => r with { Detail = $"row {row.Number}: {r.Detail}" })];
        await Submit([], Rejections.Of(asset.Id, payload.Source, payload.Bytes, refused, located, time.GetUtcNow()), payload, cancel);
    }

    async Task Submit(List<Reading> batch, ReadingsRejected? rejection, Payload payload, CancellationToken cancel)
    {
        await room.WaitAsync(cancel);
        Reading[] taken = [.. batch];
        batch.Clear();
        await recorder.Submit(
            new(asset.Id, asset, taken, rejection, payload, null, outcome =>
            {
                Interlocked.Add(ref stored, outcome.Stored);
                Interlocked.Add(ref duplicates, outcome.Duplicates);
                Interlocked.Add(ref rejected, outcome.Rejected);
                for (var known = Interlocked.Read(ref position); outcome.Position > known;)
                {
                    var seen = Interlocked.CompareExchange(ref position, outcome.Position, known);
                    if (seen == known) break;
                    known = seen;
                }
                room.Release();
            })
            {
                Caller = caller,
            },
            cancel);
    }
}
