using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Units;

namespace Ingest.Payloads;

/// <summary>Decodes SenML in JSON (RFC 8428).</summary>
static class SenmlDecoder
{
    const int MostRecords = 10_000;
    const int LongestName = 256;
    const int LongestUnit = 32;
    const double NewestVersion = 10;

    // RFC 8428, section 4.5.3: smaller numbers are seconds relative to now.
    const decimal FirstAbsoluteTime = 1 << 28;

    // 1e11 is the year 5138 in seconds and 1973 in milliseconds.
    const decimal FirstMillis = 1e11m;

    static readonly JsonReaderOptions Json = new() { MaxDepth = 16 };

    /// <summary>Decodes a pack into readings. Never throws because of the contents of <paramref name="utf8"/>.</summary>
    /// <param name="utf8">The payload.</param>
    /// <param name="model">The asset's model.</param>
    /// <param name="connection">Provides names other than sensor ids.</param>
    /// <param name="receivedAtMicros">Sample time of records without one, and the base of relative times; microseconds.</param>
    /// <param name="to">Receives the readings; cleared first.</param>
    public static void Decode(ReadOnlySpan<byte> utf8, AssetModel model, Connection connection, long receivedAtMicros, Decoded to)
    {
        to.Clear();
        if (!to.TakesSizeOf(utf8)) return;
        if (!Utf8.IsValid(utf8))
        {
            to.RejectPayload(
                "malformed-json", $"byte {FirstInvalidByte(utf8)}: not UTF-8; allowed: a JSON array of SenML records in UTF-8.");
            return;
        }
        scoped var payload = utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        // Some devices include the terminating NUL of a C string.
        payload = payload.TrimEnd((byte)0);
        var reader = new Utf8JsonReader(payload, Json);
        try
        {
            new Pack(
                to.NamesOf(model, connection), receivedAtMicros, to,
                stackalloc char[2 * LongestName], stackalloc char[LongestName], stackalloc char[LongestUnit], stackalloc char[LongestUnit])
                    .Read(ref reader);
            WaveformDecoder.Reduce(to, model);
        }
        // InvalidOperationException: an escaped unpaired surrogate.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            to.RejectPayload("malformed-json", $"byte {reader.BytesConsumed}: {e.Message}");
        }
    }

    static int FirstInvalidByte(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (at < utf8.Length && Rune.DecodeFromUtf8(utf8[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }

    /// <summary>One pack: its base fields and the current record.</summary>
    /// <param name="names">Names of the connection.</param>
    /// <param name="receivedAt">Microseconds since the Unix epoch.</param>
    /// <param name="to">Receives the readings.</param>
    /// <param name="name">Buffer for the base name, with room for the record's own name after it.</param>
    /// <param name="ownName">Separate because a record's <c>n</c> may come before its <c>bn</c>.</param>
    /// <param name="unit">Buffer for the record's unit.</param>
    /// <param name="baseUnit">Buffer for the base unit.</param>
    ref struct Pack(SensorNames names, long receivedAt, Decoded to, Span<char> name, Span<char> ownName, Span<char> unit,
        Span<char> baseUnit)
    {
        readonly SensorNames names = names;
        readonly long receivedAt = receivedAt;
        readonly Decoded to = to;
        readonly Span<char> name = name, ownName = ownName, unit = unit, baseUnit = baseUnit;
        int baseNameLength, basePrefixLength, baseUnitLength;
        decimal baseTime;
        double baseValue;

        int record, ownNameLength, unitLength, values;
        int seen;
        SenmlField repeated;
        bool isReading, isNumber, isData, isNameText, isUnitText, isTimeKnown;
        Quality? quality;
        bool isQualityKnown;
        double value;
        ReadOnlySpan<byte> data;
        decimal time;

        public void Read(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                to.RejectPayload(
                    "malformed-json", $"byte {reader.TokenStartIndex}: {reader.TokenType}; allowed: a JSON array of SenML records.");
                return;
            }
            for (record = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; record++)
            {
                if (record == MostRecords)
                {
                    to.RejectPayload(
                        "too-large", FormattableString.Invariant($"The pack has more than {MostRecords} records; allowed: {MostRecords}."));
                    return;
                }
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    to.RejectPayload(
                        "malformed-json", $"byte {reader.TokenStartIndex}: record {record} is {reader.TokenType}; allowed: a JSON object.");
                    return;
                }
                if (!ReadRecord(ref reader)) return;
                if (isReading) Finish();
            }
            // Throws if anything follows the array.
            reader.Read();
            if (record == 0) to.RejectPayload("malformed-json", "The pack is empty; allowed: at least one record.");
            else if (to.Readings.Count + to.Waveforms.Count + to.RejectedReadings == 0)
                to.RejectPayload("no-value", "The pack has no record of a sensor; allowed: at least one.");
        }

        bool ReadRecord(ref Utf8JsonReader reader)
        {
            ownNameLength = unitLength = values = seen = 0;
            repeated = SenmlField.Ignored;
            isReading = isNumber = isData = false;
            isNameText = isUnitText = isTimeKnown = isQualityKnown = true;
            quality = null;
            value = 0;
            time = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = SenmlFields.Read(ref reader);
                if (field == SenmlField.NotUnderstood)
                    return Refuse("unsupported-field",
                        $"'{reader.GetString()}' must be understood (it ends in '_') and is not; allowed: the fields of RFC 8428.");
                reader.Read();
                if (!ReadField(field, ref reader)) return false;
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) reader.Skip();
            }
            return true;
        }

        bool ReadField(SenmlField field, ref Utf8JsonReader reader)
        {
            isReading |= field >= SenmlField.Name;
            // Value fields are counted instead: a record may have only one, of any kind.
            if (field is not (SenmlField.Ignored or SenmlField.Value or SenmlField.DataValue or SenmlField.OtherValue
                or SenmlField.Regular))
            {
                if ((seen & (1 << (int)field)) != 0) repeated = field;
                seen |= 1 << (int)field;
            }
            if (repeated is > SenmlField.Ignored and < SenmlField.Name)
                return Refuse("given-twice", $"'{SenmlFields.Label(repeated)}' is given more than once; allowed: each field once.");
            switch (field)
            {
                case SenmlField.BaseName:
                    if (reader.TokenType != JsonTokenType.String)
                        return Refuse("wrong-type", $"'bn' is {reader.TokenType}; allowed: a string.");
                    baseNameLength = Copy(ref reader, name[..LongestName]);
                    basePrefixLength = name[..baseNameLength].LastIndexOfAny(':', '/') + 1;
                    return true;
                case SenmlField.BaseTime:
                    return TryTime(ref reader, out baseTime)
                        || Refuse("invalid-time", "'bt' is not a time; allowed: a number of seconds (milliseconds or finer are not).");
                case SenmlField.BaseUnit:
                    if (reader.TokenType != JsonTokenType.String)
                        return Refuse("wrong-type", $"'bu' is {reader.TokenType}; allowed: a string.");
                    baseUnitLength = Copy(ref reader, baseUnit);
                    return true;
                case SenmlField.BaseValue:
                    return (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out baseValue) && double.IsFinite(baseValue))
                        || Refuse("not-finite", "'bv' is not a finite number; allowed: a finite number.");
                case SenmlField.BaseVersion:
                    return (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var version) && version <= NewestVersion)
                        || Refuse("unsupported-version", $"'bver' is not supported; allowed: a number up to {NewestVersion}.");
                case SenmlField.Name:
                    isNameText = reader.TokenType == JsonTokenType.String;
                    ownNameLength = isNameText ? Copy(ref reader, ownName) : 0;
                    return true;
                case SenmlField.Unit:
                    isUnitText = reader.TokenType == JsonTokenType.String;
                    unitLength = isUnitText ? Copy(ref reader, unit) : 0;
                    return true;
                case SenmlField.Value:
                    values++;
                    isNumber = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out value);
                    return true;
                case SenmlField.DataValue:
                    values++;
                    isData = reader.TokenType == JsonTokenType.String;
                    data = !isData ? default : reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
                    return true;
                case SenmlField.OtherValue:
                    values++;
                    return true;
                case SenmlField.Time:
                    isTimeKnown = TryTime(ref reader, out time);
                    return true;
                case SenmlField.Quality:
                    var stated = default(Quality);
                    isQualityKnown = reader.TokenType == JsonTokenType.String && QualityText.TryParse(reader.ValueSpan, out stated);
                    quality = isQualityKnown ? stated : null;
                    return true;
                default:
                    return true;
            }
        }

        readonly bool Refuse(string code, string problem)
        {
            to.RejectPayload(code, FormattableString.Invariant($"record {record}: {problem}"));
            return false;
        }

        readonly void Finish()
        {
            if (repeated != SenmlField.Ignored)
            {
                to.Reject("given-twice", SenmlFields.Label(repeated), "given more than once", "each field once", record);
                return;
            }
            ownName[..ownNameLength].CopyTo(name[baseNameLength..]);
            ReadOnlySpan<char> full = name[..(baseNameLength + ownNameLength)];
            ReadOnlySpan<char> afterPrefix = basePrefixLength > 0 ? full[basePrefixLength..] : full;
            if ((names.Find(full) ?? names.Find(afterPrefix)) is { } sensor) Finish(sensor);
            else if ((names.FindWaveform(full) ?? names.FindWaveform(afterPrefix)) is { } waveform) Finish(waveform);
            else to.Reject("unknown-sensor", "n", isNameText ? full : "not a string", names.AllowedWithWaveforms, record);
        }

        readonly void Finish(Sensor sensor)
        {
            if (!isQualityKnown)
                to.Reject("unknown-quality", "quality", "not one of these", QualityText.Allowed, record);
            else if (values == 0 && quality != Quality.Bad)
                to.Reject("no-value", "v", default, "a number, or a quality of bad without one", record);
            else if (values > 1 || (values == 1 && !isNumber))
                to.Reject("wrong-type", "v", values > 1 ? "given more than once" : "not a number",
                    $"one number, because {sensor.Id} is numeric", record);
            else if (!HasUnitAndTime(out var sampledAt))
                return;
            else if (values == 0)
                to.AddWithoutValue(sensor, sampledAt);
            else
                to.Add(sensor, sampledAt, Sum(baseValue, value), RecordUnit, quality ?? Quality.Good, "v", "u", record);
        }

        readonly void Finish(Waveform waveform)
        {
            if (values == 0)
                to.Reject("no-value", "vd", default, WaveformDecoder.Allowed(waveform), record);
            else if (values > 1 || !isData)
                to.Reject("wrong-type", "vd", values > 1 ? "not the only value" : "not text", WaveformDecoder.Allowed(waveform), record);
            else if (!HasUnitAndTime(out var sampledAt))
                return;
            else if (!RecordUnit.IsEmpty && Unit.Find(RecordUnit.ToString())?.Symbol != waveform.Unit.Symbol)
                to.Reject("unit-mismatch", "u", RecordUnit, $"{waveform.Unit.Symbol} of {waveform.Id}", record);
            else if (WaveformDecoder.Decode(data, waveform, to, record) is { } samples)
                to.Waveforms.Add(new(waveform, sampledAt, samples));
        }

        readonly ReadOnlySpan<char> RecordUnit => unitLength > 0 ? unit[..unitLength] : baseUnit[..baseUnitLength];

        readonly bool HasUnitAndTime(out long sampledAt)
        {
            sampledAt = 0;
            if (!isUnitText)
                to.Reject("wrong-type", "u", "not a string", "a string", record);
            else if (!isTimeKnown || !TrySampleTime(out sampledAt))
                to.Reject("invalid-time", "t", isTimeKnown ? FormattableString.Invariant($"{baseTime + time}") : "no time", AllowedTimes,
                    record);
            else
                return true;
            return false;
        }

        // SenML has seconds only, so milliseconds are rejected rather than guessed at.
        readonly string AllowedTimes =>
            "seconds since 1970, or below 2^28 seconds from now"
                + (isTimeKnown && baseTime + time >= FirstMillis ? "; this looks like milliseconds or finer" : "");

        readonly bool TrySampleTime(out long micros)
        {
            var seconds = baseTime + time;
            micros = receivedAt;
            if (seconds == 0) return true;
            if (seconds >= FirstMillis) return false;
            return SampleTime.TryFromSeconds(seconds < FirstAbsoluteTime ? seconds + receivedAt / 1_000_000m : seconds, out micros);
        }

        // In binary floating point, 20.1 + 0.2 is slightly more than 20.3; people and the telemetry codec expect 20.3.
        static double Sum(double a, double b)
        {
            if (a == 0) return b;
            return IsDecimal(a) && IsDecimal(b) ? (double)((decimal)a + (decimal)b) : a + b;
        }

        // Converting a double to decimal keeps 15 digits; only shorter numbers survive unchanged.
        static bool IsDecimal(double value) => Math.Abs(value) is 0 or (> 1e-9 and < 1e15) && (double)(decimal)value == value;

        static bool TryTime(ref Utf8JsonReader reader, out decimal seconds)
        {
            seconds = 0;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out seconds) && seconds is > -1e20m and < 1e20m;
        }

        static int Copy(ref Utf8JsonReader reader, Span<char> target)
        {
            if (reader.ValueSpan.Length <= target.Length) return reader.CopyString(target);
            const string TooLong = "(too long)";
            TooLong.CopyTo(target);
            return TooLong.Length;
        }
    }
}
