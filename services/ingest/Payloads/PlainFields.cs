using System.Collections.Frozen;
using System.Text.Json;

namespace Ingest.Payloads;

/// <summary>Kinds of fields in plain JSON.</summary>
[Flags]
enum PlainField
{
    None = 0,
    Value = 1,
    Time = 2,
    Unit = 4,
    Quality = 8,

    /// <summary>Quality as a boolean: true is good.</summary>
    Good = 16,

    /// <summary>Quality as a boolean: true is bad.</summary>
    Bad = 32,
    OtherTime = 64,
}

/// <summary>
/// The names that devices use for a value, its time, unit and quality; matched in any case, with or without <c>_</c>, <c>-</c> and
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
        // When the record was created or sent; the value itself may be older.
        (PlainField.OtherTime, ["created", "updated", "modified", "changed", "sent", "received", "published"]),
    }.SelectMany(all => all.Names, (all, name) => (all.Field, Name: name)).ToFrozenDictionary(known => known.Name, known => known.Field);

    /// <summary>The kind of the field just read, and its name as sent.</summary>
    public static (PlainField Field, string Name) Read(ref Utf8JsonReader reader)
    {
        // Avoids allocating a string for the usual names.
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
