namespace Ingest.Imports;

/// <summary>
/// What the fields of a structure in Parquet's footer and page headers are (parquet.thrift of the format's version 2.12). Parquet.Net reads
/// known fields as what they should be, whatever the file says they are, and is somewhere else in the bytes afterwards.
/// </summary>
sealed class ThriftShape
{
    // Names of types in Thrift's compact protocol; a list is in brackets, everything else is a structure.
    static readonly Dictionary<string, int> Scalars = new()
    {
        ["bool"] = 1,
        ["i8"] = 3,
        ["i16"] = 4,
        ["i32"] = 5,
        ["i64"] = 6,
        ["double"] = 7,
        ["binary"] = 8,
    };

    static readonly Dictionary<string, ThriftShape> All = Read(
        """
        FileMetaData 1:i32 2:[SchemaElement] 3:i64 4:[RowGroup] 5:[KeyValue] 6:binary 7:[ColumnOrder]
        SchemaElement 1:i32 2:i32 3:i32 4:binary 5:i32 6:i32 7:i32 8:i32 9:i32 10:LogicalType
        LogicalType 1:Empty 2:Empty 3:Empty 4:Empty 5:Decimal 6:Empty 7:Time 8:Time 10:Integer 11:Empty 12:Empty 13:Empty 14:Empty
        LogicalType 15:Empty 16:Variant 17:Geometry 18:Geography
        Empty
        Decimal 1:i32 2:i32
        Time 1:bool 2:TimeUnit
        TimeUnit 1:Empty 2:Empty 3:Empty
        Integer 1:i8 2:bool
        Variant 1:i8
        Geometry 1:binary
        Geography 1:binary 2:i32
        RowGroup 1:[ColumnChunk] 2:i64 3:i64 4:[SortingColumn] 5:i64 6:i64 7:i16
        SortingColumn 1:i32 2:bool 3:bool
        ColumnChunk 1:binary 2:i64 3:ColumnMetaData 4:i64 5:i32 6:i64 7:i32
        ColumnMetaData 1:i32 2:[i32] 3:[binary] 4:i32 5:i64 6:i64 7:i64 8:[KeyValue] 9:i64 10:i64 11:i64
        ColumnMetaData 12:Statistics 13:[EncodingStats] 14:i64 15:i32 16:SizeStatistics 17:GeospatialStatistics
        Statistics 1:binary 2:binary 3:i64 4:i64 5:binary 6:binary 7:bool 8:bool
        EncodingStats 1:i32 2:i32 3:i32
        SizeStatistics 1:i64 2:[i64] 3:[i64]
        GeospatialStatistics 1:BoundingBox 2:[i32]
        BoundingBox 1:double 2:double 3:double 4:double 5:double 6:double 7:double 8:double
        KeyValue 1:binary 2:binary
        ColumnOrder 1:Empty 2:Empty
        PageHeader 1:i32 2:i32 3:i32 4:i32 5:DataPage 6:Empty 7:DictionaryPage 8:DataPageV2
        DataPage 1:i32 2:i32 3:i32 4:i32 5:Statistics
        DictionaryPage 1:i32 2:i32 3:bool
        DataPageV2 1:i32 2:i32 3:i32 4:i32 5:i32 6:i32 7:bool 8:Statistics
        """);

    readonly Dictionary<long, Field> fields = [];

    /// <summary>A field.</summary>
    /// <param name="Type">As in the header of a field.</param>
    /// <param name="Element">Type of a list's entries; 0 for what is no list.</param>
    /// <param name="Shape">Of the structure, or of a list's entries.</param>
    public readonly record struct Field(int Type, int Element, ThriftShape? Shape);

    public static ThriftShape Footer => All["FileMetaData"];

    public static ThriftShape PageHeader => All["PageHeader"];

    public const int List = 9, Structure = 12;

    /// <summary>The field of a number; null if the format had none when this was written.</summary>
    public Field? Of(long number) => fields.TryGetValue(number, out var field) ? field : null;

    static Dictionary<string, ThriftShape> Read(string table)
    {
        var lines = table.Split('\n').Select(l => l.Trim().Split(' ')).ToList();
        var all = lines.Select(l => l[0]).Distinct().ToDictionary(name => name, _ => new ThriftShape());
        foreach (var line in lines)
        {
            foreach (var field in line.Skip(1).Select(f => f.Split(':')))
            {
                var (isList, name) = (field[1][0] == '[', field[1].Trim('[', ']'));
                var type = Scalars.GetValueOrDefault(name, Structure);
                all[line[0]].fields[int.Parse(field[0], System.Globalization.CultureInfo.InvariantCulture)] =
                    new(isList ? List : type, isList ? type : 0, all.GetValueOrDefault(name));
            }
        }
        return all;
    }
}
