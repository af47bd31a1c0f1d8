using System.Collections.Frozen;
using System.Text.Json;

namespace Ingest.Payloads;

/// <summary>What a field of plain JSON is.</summary>
[Flags]
enum PlainField
{
    None = 0,
    Value = 1,
    Time = 2,
    Unit = 4,
    Quality = 8,

    /// <summary>A quality that is true or false.</summary>
    Good = 16,

    /// <summary>The same the other way round.</summary>
    Bad = 32,
    OtherTime = 64,
}

/// <summary>
/// The names that devices give to a value, its time, its unit and its quality: in any case, with or without <c>_</c>, <c>-</c> and
/// <c>@</c>.
/// </summary>
static class PlainFields
{
    public const string Allowed = "value, timestamp (also time, ts, t, date, datetime, sampledAt, measuredAt), unit, quality";

    static readonly FrozenDictionary<string, PlainField> Known = new (PlainField Field, string[] Names)[]
    {
        (PlainField.Value, ["value", "val", "v"]),
        (PlainField.Time, [
            "timestamp", "time", "ts", "t", "datetime", "date", "sampledat", "measuredat", "recordedat", "observedat", "sampletime",
            "measurementtime",
            "timestamputc", "utctime", "when", "epoch"]),
        (PlainField.Unit, ["unit", "units", "uom", "engunit", "engunits", "engineeringunit", "engineeringunits", "unitofmeasure",
            "unitofmeasurement", "valueunit"]),
        (PlainField.Quality, ["quality", "status", "q", "qualitycode", "statuscode", "valuequality", "valuestatus", "validity"]),
        (PlainField.Good, ["good", "isgood", "valid", "isvalid", "ok", "isok"]),
        (PlainField.Bad, ["bad", "isbad", "invalid", "isinvalid", "error", "iserror", "haserror", "fault", "isfault", "faulty"]),
        // When the record was made or sent; the value may be older.
        (PlainField.OtherTime, ["created", "updated", "modified", "changed", "sent", "received", "published"]),
    }.SelectMany(all => all.Names, (all, name) => (all.Field, Name: name)).ToFrozenDictionary(known => known.Name, known => known.Field);

    /// <summary>The field whose name was read, and the name as sent.</summary>
    public static (PlainField Field, string Name) Read(ref Utf8JsonReader reader)
    {
        // The usual names without a string of their own.
        if (reader.ValueTextEquals("value"u8)) return (PlainField.Value, "value");
        if (reader.ValueTextEquals("timestamp"u8)) return (PlainField.Time, "timestamp");
        if (reader.ValueTextEquals("unit"u8)) return (PlainField.Unit, "unit");
        if (reader.ValueTextEquals("quality"u8)) return (PlainField.Quality, "quality");
        var name = reader.GetString()!;
        var plain = string.Concat(name.Where(c => c is not ('_' or '-' or '@' or ' '))).ToLowerInvariant();
        if (Known.TryGetValue(plain, out var field)) return (field, name);
        return (OtherTime.IsNamed(name, plain) ? PlainField.OtherTime : PlainField.None, name);
    }
}
