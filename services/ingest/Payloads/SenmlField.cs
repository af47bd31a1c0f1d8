using System.Text;
using System.Text.Json;

namespace Ingest.Payloads;

/// <summary>Fields of a SenML record. Those from <see cref="Name"/> onwards make a record a reading.</summary>
enum SenmlField
{
    Ignored,
    NotUnderstood,
    BaseName,
    BaseTime,
    BaseUnit,
    BaseValue,
    BaseVersion,
    Name,
    Unit,
    Value,
    DataValue,
    OtherValue,
    Time,
    Regular,
    Quality,
}

static class SenmlFields
{
    /// <summary>The field for the label just read.</summary>
    public static SenmlField Read(ref Utf8JsonReader reader) =>
        Named(reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan);

    /// <summary>The field's label, for rejection reasons.</summary>
    public static string Label(SenmlField field) => field switch
    {
        SenmlField.BaseName => "bn",
        SenmlField.BaseTime => "bt",
        SenmlField.BaseUnit => "bu",
        SenmlField.BaseValue => "bv",
        SenmlField.BaseVersion => "bver",
        SenmlField.Name => "n",
        SenmlField.Unit => "u",
        SenmlField.Time => "t",
        SenmlField.Quality => "quality",
        _ => "v",
    };

    static SenmlField Named(ReadOnlySpan<byte> label) => label switch
    {
        [(byte)'n'] => SenmlField.Name,
        [(byte)'v'] => SenmlField.Value,
        [(byte)'t'] => SenmlField.Time,
        [(byte)'u'] => SenmlField.Unit,
        [(byte)'b', (byte)'n'] => SenmlField.BaseName,
        [(byte)'b', (byte)'t'] => SenmlField.BaseTime,
        [(byte)'b', (byte)'u'] => SenmlField.BaseUnit,
        [(byte)'b', (byte)'v'] => SenmlField.BaseValue,
        [(byte)'b', (byte)'v', (byte)'e', (byte)'r'] => SenmlField.BaseVersion,
        [(byte)'v', (byte)'d'] => SenmlField.DataValue,
        [(byte)'v', (byte)'s' or (byte)'b'] => SenmlField.OtherValue,
        [(byte)'s'] or [(byte)'u', (byte)'t'] => SenmlField.Regular,
        _ when label.SequenceEqual("quality"u8) || label.SequenceEqual("status"u8) => SenmlField.Quality,
        [.., (byte)'_'] => SenmlField.NotUnderstood,
        _ => SenmlField.Ignored,
    };
}
