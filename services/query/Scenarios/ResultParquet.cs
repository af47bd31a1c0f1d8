using Parquet;
using Parquet.Schema;

namespace Query.Scenarios;

/// <summary>A result as one Parquet row group.</summary>
static class ResultParquet
{
    public static async Task<byte[]> Bytes(IReadOnlyList<ResultRow> rows, CancellationToken cancel)
    {
        var texts = new (string Name, Func<ResultRow, string> Value)[]
        {
            ("kind", r => r.Kind), ("id", r => r.Id), ("unit", r => r.Unit), ("case", r => r.Case), ("statistic", r => r.Statistic),
        };
        var numbers = new (string Name, Func<ResultRow, double?> Value)[]
        {
            ("timeSeconds", r => r.TimeSeconds),
            ("positionMetre", r => r.PositionMetre),
            ("value", r => r.Value),
        };
        var textFields = texts.Select(t => new DataField<string>(t.Name)).ToArray();
        var numberFields = numbers.Select(n => new DataField<double?>(n.Name)).ToArray();
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(
            new ParquetSchema([.. textFields, .. numberFields]), file, cancellationToken: cancel))
        {
            using var group = writer.CreateRowGroup();
            for (var i = 0; i < texts.Length; i++) await group.WriteAsync(textFields[i], [.. rows.Select(texts[i].Value)]);
            for (var i = 0; i < numbers.Length; i++)
                await group.WriteAsync<double>(numberFields[i], rows.Select(numbers[i].Value).ToArray(), cancellationToken: cancel);
        }
        return file.ToArray();
    }
}
