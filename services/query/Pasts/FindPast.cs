using System.Globalization;
using Contracts.Calibrations;
using Contracts.Events;
using Npgsql;
using Query.Api;
using Query.Events;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Query.Pasts;

/// <summary>An asset as of a past time, from what the log held up to a position.</summary>
/// <param name="Id">The asset.</param>
/// <param name="Name">Its name then.</param>
/// <param name="Model">Its model then.</param>
/// <param name="Corrections">The corrections of its readings known then.</param>
/// <param name="Parameters">The calibration in force then; null: the model's own values.</param>
/// <param name="RegisteredAt">Its first registration.</param>
/// <param name="Moment">The moment.</param>
sealed record PastAsset(
    string Id, string Name, AssetModel Model, Corrections Corrections, ParameterSet? Parameters, DateTimeOffset RegisteredAt,
    PastMoment Moment)
{
    /// <summary>What was true at this time.</summary>
    public DateTimeOffset ValidAt => Moment.ValidAt;

    /// <summary>The position.</summary>
    public long KnownAt => Moment.KnownAt;

    /// <summary>When that position was appended.</summary>
    public DateTimeOffset KnownAtTime => Moment.KnownAtTime;
}

/// <summary>What was true at a time, as far as the log held it up to a position.</summary>
/// <param name="ValidAt">What was true at this time.</param>
/// <param name="KnownAt">The position.</param>
/// <param name="KnownAtTime">When that position was appended.</param>
/// <param name="SampledUpTo">
/// Later readings are not looked at. Later than <paramref name="ValidAt"/> if no time was asked for: all that was known counts then, as in
/// the live twin, also what a device sent whose clock is ahead.
/// </param>
/// <param name="AskedTime">The time that was asked for instead of the position; null: none was.</param>
readonly record struct PastMoment(
    DateTimeOffset ValidAt, long KnownAt, DateTimeOffset KnownAtTime, DateTimeOffset SampledUpTo, DateTimeOffset? AskedTime = null)
{
    /// <summary>All that was known at a point of the log.</summary>
    public static PastMoment Of((long Position, DateTimeOffset Time) known, KnownAt? asked) =>
        new(known.Time, known.Position, known.Time, known.Time, asked?.Time);

    /// <summary>Number of <see cref="Parts()"/>.</summary>
    public const int PartCount = 5;

    static readonly string[] Present = [.. Enumerable.Repeat("", PartCount)];

    /// <summary>As parts of a cursor, so that all pages of a list show the same moment.</summary>
    public string[] Parts() =>
        [.. new[] { Micros.From(ValidAt), KnownAt, Micros.From(KnownAtTime), Micros.From(SampledUpTo), MicrosOf(AskedTime) }
            .Select(n => n?.ToString(CultureInfo.InvariantCulture) ?? "")];

    /// <summary>The parts of a moment; null: the present.</summary>
    public static string[] Parts(PastMoment? moment) => moment?.Parts() ?? Present;

    /// <summary>From the parts of a cursor; null: the present.</summary>
    /// <exception cref="InvalidInputException">They are none.</exception>
    public static PastMoment? ParseOrPresent(ReadOnlySpan<string> parts, string? cursor, string list) =>
        parts.SequenceEqual(Present) ? null : Parse(parts, cursor, list);

    /// <summary>From the parts of a cursor.</summary>
    /// <exception cref="InvalidInputException">They are none.</exception>
    public static PastMoment Parse(ReadOnlySpan<string> parts, string? cursor, string list) =>
        long.TryParse(parts[0], CultureInfo.InvariantCulture, out var valid)
            && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var position)
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var known)
            && long.TryParse(parts[3], CultureInfo.InvariantCulture, out var sampled)
            && long.TryParse(parts[4].Length == 0 ? "0" : parts[4], CultureInfo.InvariantCulture, out var asked)
            && Math.Abs(valid) < 1L << 57 && Math.Abs(known) < 1L << 57 && Math.Abs(sampled) < 1L << 57 && Math.Abs(asked) < 1L << 57
            ? new(
                Micros.ToTime(valid), position, Micros.ToTime(known), Micros.ToTime(sampled),
                parts[4].Length == 0 ? null : Micros.ToTime(asked))
            : throw new InvalidInputException("cursor", cursor, $"the nextCursor of an earlier page of {list}");

    /// <summary>This moment, which a cursor holds, unless another one is asked for beside the cursor.</summary>
    /// <exception cref="InvalidInputException">Another time, or another position.</exception>
    public PastMoment Continued(
        DateTimeOffset? validAt, KnownAt? knownAt, string validName = "validAt", string knownName = Input.KnownAt)
    {
        if (validAt is { } at && Micros.From(at) != Micros.From(ValidAt))
            throw new InvalidInputException(
                validName, at, FormattableString.Invariant($"{ValidAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}, as on the first page"));
        if ((knownAt?.Position is { } position && position != KnownAt)
            || (knownAt?.Time is { } time && Micros.From(time) != MicrosOf(AskedTime)))
            throw new InvalidInputException(
                knownName, knownAt, FormattableString.Invariant($"{KnownAt}, as on the first page"));
        return this;
    }

    /// <summary>Whether something of a time may belong to this moment.</summary>
    public bool Includes(DateTimeOffset time) => time <= SampledUpTo;

    static long? MicrosOf(DateTimeOffset? time) => time is { } at ? Micros.From(at) : null;
}

/// <summary>Finds an asset as of some time.</summary>
sealed class FindPast(NpgsqlDataSource source, LogReader log, FindPosition find, KnownAssets registry, TimeProvider time)
{
    /// <exception cref="NotFoundException">The asset was not known at that position.</exception>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    /// <exception cref="RuleViolationException">The model can no longer be read.</exception>
    public async Task<PastAsset> Run(string assetId, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        _ = registry.Get(assetId);
        return await Run(assetId, await Moment(validAt, knownAt, cancel), cancel);
    }

    /// <summary>The moment that is asked for; the present for what is left out.</summary>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    public async Task<PastMoment> Moment(
        DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel, string validName = "validAt", string knownName = Input.KnownAt)
    {
        if (validAt is { } at) Input.NotAfter(validName, at, time.GetUtcNow(), Input.SamplesAhead);
        var known = await find.Run(knownAt, cancel, knownName);
        var valid = validAt ?? (knownAt is null ? time.GetUtcNow() : known.Time);
        return new(valid, known.Position, known.Time, validAt ?? valid + Streams.ClocksApart, knownAt?.Time);
    }

    /// <summary>
    /// Where the log ends for what happens when it is recorded, and so never comes late, as scenarios, decisions and calibrations: at the
    /// position of a moment, or where the log ended at its time if that is before.
    /// </summary>
    public async Task<long> RecordedBy(PastMoment moment, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var then = await find.Run(new(null, moment.ValidAt < now ? moment.ValidAt : now), cancel, "validAt");
        return Math.Min(moment.KnownAt, then.Position);
    }

    /// <exception cref="NotFoundException">The asset was not known at that position.</exception>
    /// <exception cref="RuleViolationException">The model can no longer be read.</exception>
    public async Task<PastAsset> Run(string assetId, PastMoment moment, CancellationToken cancel)
    {
        _ = registry.Get(assetId);
        return (await All([assetId], moment, cancel)).FirstOrDefault()
            ?? throw NotYet.Asset(registry.Get(assetId), moment);
    }

    /// <summary>Those of some registered assets that were known at a position, in the given order.</summary>
    /// <exception cref="RuleViolationException">A model can no longer be read.</exception>
    public async Task<IReadOnlyList<PastAsset>> All(IReadOnlyList<string> assetIds, PastMoment moment, CancellationToken cancel)
    {
        var registrations = await Registrations(assetIds, moment.KnownAt, cancel);
        var corrections = await log.CorrectionsOf([.. registrations.Keys], moment.KnownAt, cancel);
        var models = registrations.ToDictionary(r => r.Key, r => ModelOf(registry.Get(r.Key), r.Value));
        // What was adopted just now may not have been read yet.
        if (models.Values.Any(m => m.Estimation is not null)) await registry.Refresh(cancel);
        return [.. assetIds.Where(registrations.ContainsKey).Select(id => new PastAsset(
            id, registrations[id][^1].Name, models[id],
            corrections.TryGetValue(id, out var events) ? new(models[id], events) : Corrections.None,
            registry.ParametersOf(id, moment.KnownAt, null)?.Parameters,
            registrations[id][0].RegisteredAt, moment))];
    }

    /// <summary>The registrations of assets up to a log position, oldest first; assets without any are left out.</summary>
    public async Task<Dictionary<string, List<AssetRegistered>>> Registrations(
        IReadOnlyList<string> assetIds, long knownAt, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select data from events.mt_events where stream_id = any($1) and type = $2 and seq_id <= $3 order by stream_id, version");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = assetIds.Select(Streams.Asset).ToArray() }, new() { Value = EventLog.EventNames[typeof(AssetRegistered)] },
            new() { Value = knownAt },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        Dictionary<string, List<AssetRegistered>> found = [];
        while (await reader.ReadAsync(cancel))
        {
            var registered = EventLog.Read<AssetRegistered>(reader.GetString(0));
            (found.TryGetValue(registered.AssetId, out var known) ? known : found[registered.AssetId] = []).Add(registered);
        }
        return found;
    }

    /// <summary>
    /// Those of some assets of which there are readings up to a time; imports may bring what is older than a registration.
    /// </summary>
    public async Task<HashSet<string>> HeardBy(DateTimeOffset at, IReadOnlyCollection<string> assetIds, CancellationToken cancel)
    {
        HashSet<string> heard = [];
        if (assetIds.Count == 0) return heard;
        await using var command = source.CreateCommand(
            "select a.id from unnest($1::text[]) as a (id) "
                + $"where exists (select from {ReadModels.Rollup} where asset_id = a.id and block_start <= $2)");
        command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = assetIds.ToArray() }, new() { Value = Micros.From(at) }]);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) heard.Add(reader.GetString(0));
        return heard;
    }

    /// <summary>Tells an answer that is empty from one for a time at which the asset was not there yet.</summary>
    /// <param name="asset">The asset.</param>
    /// <param name="at">The time; null: the present.</param>
    /// <param name="fieldName">The parameter with the time.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="NotFoundException">It was not there.</exception>
    public async Task CheckEmpty(RegisteredAsset asset, DateTimeOffset? at, string fieldName, CancellationToken cancel)
    {
        if (at is { } then && then < asset.RegisteredAt && (await HeardBy(then, [asset.Id], cancel)).Count == 0)
            throw NotYet.AtTime("asset", asset.Id, then, asset.RegisteredAt, fieldName);
    }

    /// <summary>An asset as its registrations up to some moment say.</summary>
    /// <param name="now">The asset.</param>
    /// <param name="registrations">Those registrations, oldest first.</param>
    /// <param name="model">Its model then; null: the newest of theirs that can be read.</param>
    /// <exception cref="RuleViolationException">None can be read.</exception>
    public RegisteredAsset Then(RegisteredAsset now, IReadOnlyList<AssetRegistered> registrations, AssetModel? model = null) => now with
    {
        Name = registrations[^1].Name,
        Labels = registrations[^1].Labels ?? AssetSummary.NoLabels,
        Model = model ?? ModelOf(now, registrations),
    };

    // The newest readable one, as for the live twin.
    AssetModel ModelOf(RegisteredAsset asset, IReadOnlyCollection<AssetRegistered> registrations)
    {
        Exception? refused = null;
        foreach (var registered in registrations.Reverse())
        {
            try
            {
                return registered.ModelHash == asset.Model.Hash
                    ? asset.Model
                    : registry.ModelOf(registered);
            }
            catch (InvalidModelException e)
            {
                refused ??= e;
            }
        }
        throw new RuleViolationException($"The model that {asset.Id} had at that time can no longer be read: {refused!.Message}");
    }
}
