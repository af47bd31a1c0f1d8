using System.ComponentModel;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using Query.Registry;
using ServiceDefaults;

namespace Query.Alarms;

/// <summary>How often a limit has raised alarms.</summary>
sealed record LimitRate(
    [property: Description("The asset.")] string AssetId,
    [property: Description("The limit, as in an alarm.")] string LimitId,
    [property: Description("The newest alarm's severity.")] string Severity,
    [property: Description("The newest alarm's message.")] string Message,
    [property: Description("Alarms raised in the time asked for.")] int Raised,
    [property: Description("Their part of all of them, 0 to 1.")] double Share,
    [property: Description("Those that were the third or later within a minute.")] int Chattering,
    [property: Description("Those that cleared within 10 s.")] int Fleeting);

/// <summary>How well operators can live with the alarms of a time.</summary>
sealed record AlarmRatesAnswer(
    [property: Description("Begin of the time.")] DateTimeOffset From,
    [property: Description("End of the time.")] DateTimeOffset Until,
    [property: Description("Alarms raised in it.")] int Raised,
    [property: Description("Mean per hour.")] double PerHour,
    [property: Description("Most in one hour of the clock.")] int MostInAnHour,
    [property: Description("acceptable: at most 6 per hour on average; manageable: at most 12; too-many (EEMUA 191, ISA-18.2).")]
    string Verdict,
    [property: Description("Open alarms that were raised more than 24 hours before its end.")] int Standing,
    [property: Description("Alarms that were the third or later of their limit within a minute.")] int Chattering,
    [property: Description("Alarms that cleared within 10 s of being raised.")] int Fleeting,
    [property: Description("The limits with most alarms, at most 20.")] IReadOnlyList<LimitRate> Limits);

/// <summary>Counts alarms as ISA-18.2 and EEMUA 191 do.</summary>
sealed class AlarmRates(NpgsqlDataSource source, KnownAssets assets, TimeProvider time)
{
    const int MostLimits = 20;

    static readonly TimeSpan Longest = TimeSpan.FromDays(366);
    static readonly TimeSpan Usual = TimeSpan.FromDays(1);

    public static void Map(IEndpointRouteBuilder alarms) => alarms.MapGet("/rates", (
            AlarmRates rates,
            [Description("Only of this asset.")] string? asset,
            [Description("Begin, ISO 8601; default: a day before the end.")] string? from,
            [Description("End, ISO 8601; default: now.")] string? until,
            CancellationToken cancel) => rates.Run(asset, Input.Time("from", from), Input.Time("until", until), cancel))
        .ProducesProblem(StatusCodes.Status404NotFound)
        .WithName("getAlarmRates").WithSummary("How many alarms there were, and which limits raise most of them")
        .WithDescription("Alarms per hour, standing, chattering and fleeting alarms, and the limits with most alarms, as ISA-18.2 and "
            + "EEMUA 191 count them. Withdrawn alarms are left out.");

    /// <exception cref="NotFoundException">No such asset.</exception>
    /// <exception cref="InvalidInputException">An end in the future or before its begin, or more than 366 days.</exception>
    public async Task<AlarmRatesAnswer> Run(string? asset, DateTimeOffset? from, DateTimeOffset? until, CancellationToken cancel)
    {
        var only = assets.Only(string.IsNullOrEmpty(asset) ? null : asset)?.Id;
        var now = time.GetUtcNow();
        var end = until is { } given ? Input.Past("until", given, now) : now;
        var begin = from is { } asked ? Input.Past("from", asked, now) : end - Usual;
        if (begin >= end || end - begin > Longest)
            throw new InvalidInputException("from", begin, $"a time before until, by at most {Longest.Days} days");
        await using var command = source.CreateCommand($"""
            with asked as (
                select asset_id, severity, raised_at, view ->> 'limitId' as limit_id, view ->> 'message' as message,
                    (view ->> 'clearedAt')::timestamptz as cleared_at
                from {ReadModels.Alarm}
                where state <> 'withdrawn' and raised_at < $2 and raised_at >= $1::timestamptz - interval '1 minute'
                    and ($3::text is null or asset_id = $3) and ($4::text[] is null or asset_id = any($4))),
            marked as (
                select *, raised_at - lag(raised_at, 2) over (partition by asset_id, limit_id order by raised_at) <= interval '1 minute' as chatters,
                    cleared_at - raised_at <= interval '10 seconds' as fleets,
                    row_number() over (partition by asset_id, limit_id order by raised_at desc) as age
                from asked),
            counted as (select * from marked where raised_at >= $1)
            select asset_id, limit_id, max(severity) filter (where age = 1), max(message) filter (where age = 1), count(*)::int,
                (count(*) filter (where chatters))::int, (count(*) filter (where fleets))::int,
                (select coalesce(max(n), 0)::int from (select count(*) as n from counted group by date_trunc('hour', raised_at)) as hours)
            from counted group by asset_id, limit_id order by 5 desc, 1, 2
            """);
        var visible = assets.Visible;
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = begin.UtcDateTime }, new() { Value = end.UtcDateTime },
            new() { Value = (object?)only ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)visible ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        });
        List<LimitRate> limits = [];
        var most = 0;
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                limits.Add(new(
                    reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), 0,
                    reader.GetInt32(5), reader.GetInt32(6)));
                most = reader.GetInt32(7);
            }
        }
        var raised = limits.Sum(l => l.Raised);
        var perHour = raised / (end - begin).TotalHours;
        return new(
            begin, end, raised, perHour, most, perHour <= 6 ? "acceptable" : perHour <= 12 ? "manageable" : "too-many",
            await Standing(end, only, visible, cancel), limits.Sum(l => l.Chattering), limits.Sum(l => l.Fleeting),
            [.. limits.Take(MostLimits).Select(l => l with { Share = (double)l.Raised / raised })]);
    }

    async Task<int> Standing(DateTimeOffset end, string? only, string[]? visible, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select count(*)::int from {ReadModels.Alarm}
            where state <> 'withdrawn' and raised_at < $1::timestamptz - interval '24 hours'
                and coalesce((view ->> 'clearedAt')::timestamptz > $1, true)
                and ($2::text is null or asset_id = $2) and ($3::text[] is null or asset_id = any($3))
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = end.UtcDateTime },
            new() { Value = (object?)only ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)visible ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        });
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }
}
