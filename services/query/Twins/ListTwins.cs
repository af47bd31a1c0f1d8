using System.Buffers;
using System.ComponentModel;
using System.Text.Json;
using Contracts.Messages;
using Query.Api;
using Query.Registry;
using Query.Events;
using Query.Pasts;

namespace Query.Twins;

/// <summary>Which twins to list.</summary>
sealed record TwinFilter(string? Model, int Severity, bool? IsStale, string? Search, string? Sync = null)
{
    public bool Matches(LiveTwin twin, DateTimeOffset now) =>
        (string.IsNullOrEmpty(Model) || twin.ModelId == Model)
        && (Severity == 0 || WorstActive(twin.View.Alarms) >= Severity)
        && (IsStale is null || twin.View.Sensors.All(s => SensorAnswer.IsStaleAt(s, now)) == IsStale)
        && (string.IsNullOrEmpty(Sync) || (twin.View.Estimate?.Sync?.State ?? "none") == Sync)
        && Finds(twin.AssetId, twin.Name);

    /// <summary>The same for a past twin, whose estimate is not looked at.</summary>
    public bool Matches(TwinAnswer twin) =>
        (string.IsNullOrEmpty(Model) || twin.ModelId == Model)
        && (Severity == 0 || WorstActive(twin.Alarms) >= Severity)
        && (IsStale is null || twin.IsStale == IsStale)
        && Finds(twin.AssetId, twin.Name);

    /// <summary>A list with this filter.</summary>
    public AskedList Of(string list) => new(list, Model, Severity, IsStale, Search, Sync);

    bool Finds(string id, string name) => string.IsNullOrEmpty(Search)
        || id.Contains(Search, StringComparison.OrdinalIgnoreCase) || name.Contains(Search, StringComparison.OrdinalIgnoreCase);

    static int WorstActive(IEnumerable<AlarmView> alarms) =>
        alarms.Where(a => a.ClearedAt is null).Select(a => Input.Severity(a.Severity)).DefaultIfEmpty().Max();
}

static class ListTwins
{
    const string List = "twins";

    public static void Map(IEndpointRouteBuilder twins) => twins.MapGet("/", (
            HttpContext http,
            LiveTwins live,
            ListPastTwins past,
            KnownAssets assets,
            TimeProvider time,
            [Description("Only twins of this model.")] string? model,
            [Description("Only twins whose worst active alarm is at least this severe: warning, alarm or critical.")] string? severity,
            [Description("true: only twins without a fresh value; false: only the others.")] bool? stale,
            [Description("Only twins whose physics is in this state: in-sync, drifting, lost, unknown, or none (no estimate).")]
            string? sync,
            [Description("Part of the asset's id or name.")] string? search,
            [Description("The fleet as of this time, in ISO 8601: uses only readings sampled up to it.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            [Description("1 to 500, default 100.")] int? limit,
            [Description(AskedList.MeaningAt)] string? cursor) =>
        {
            assets.CheckModel(model);
            var filter = new TwinFilter(model, Input.Severity(severity), stale, search, Input.Sync(sync));
            return validAt is null && knownAt is null && !ListPastTwins.Continues(cursor)
                ? Answer(http, Run(live, filter, limit, cursor, time.GetUtcNow()))
                : AnswerAsOf(http, past, filter, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), limit, cursor);
        })
        .Produces<Page<TwinAnswer>>().Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .WithName("listTwins").WithSummary("Live twins, or the fleet as of a given time, by asset id")
            .WithDescription("Returns 304 to If-None-Match if only ages have changed. With validAt or knownAt, the twins that were known "
                + "then are computed again from the log, without estimates; a page may hold fewer than its limit and have a next one.");

    public static Page<ShownTwin> Run(LiveTwins live, TwinFilter filter, int? limit, string? cursor, DateTimeOffset now)
    {
        var size = Paging.Limit(limit);
        var asked = filter.Of(List);
        var after = asked.After(1, cursor)?[0];
        var rows = live.After(after).Where(t => filter.Matches(t, now)).Take(size + 1).Select(t => t.Show(now)).ToList();
        return Paging.Of(rows, size, last => asked.Cursor(last.View.AssetId));
    }

    static async Task AnswerAsOf(
        HttpContext http, ListPastTwins past, TwinFilter filter, DateTimeOffset? validAt, KnownAt? knownAt, int? limit, string? cursor) =>
        await http.Response.WriteAsJsonAsync(
            await past.Run(filter, validAt, knownAt, limit, cursor, http.RequestAborted), ApiJson.Options, http.RequestAborted);

    static async Task Answer(HttpContext http, Page<ShownTwin> page)
    {
        if (Tags.NotModified(http, Tags.OfAll(page.Items.Select(t => t.ETag).Append(page.NextCursor ?? "")))) return;
        var body = new ArrayBufferWriter<byte>(4096 + page.Items.Sum(t => t.Json.Length));
        using (var json = new Utf8JsonWriter(body, new() { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (var twin in page.Items) json.WriteRawValue(twin.Json, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteString("nextCursor", page.NextCursor);
            json.WriteEndObject();
        }
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = body.WrittenCount;
        await http.Response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }
}
