using System.Text;
using Query.Assets;
using ServiceDefaults;

namespace Query.Tests;

public class ReadAssetRowsTests
{
    static async Task<List<AssetRow>> Read(string text, bool isCsv = true) =>
        await ReadAssetRows.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), isCsv, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

    static string Shown(AssetRow row) => row.Problem is { } problem
        ? $"{row.Line}: {problem.Field} {problem.Message}"
        : $"{row.Line}: {row.Id} {row.Model} {row.Name} {string.Join(' ', row.Labels?.Select(l => $"{l.Key}={l.Value}") ?? [])}";

    [Theory]
    [InlineData("id,model,name,labels\na-1,kettle,First,plant=north;line=3\na-2,kettle,,\n",
        "2: a-1 kettle First plant=north line=3", "3: a-2 kettle  ")]
    [InlineData("\uFEFFModel;ID\r\nkettle;a-1\r\n\r\nkettle; a-2 \r\n", "2: a-1 kettle  ", "4: a-2 kettle  ")]
    [InlineData("id\tmodel\tlabels\na-1\tkettle\tplant=north\n", "2: a-1 kettle  plant=north")]
    [InlineData("id,model,name\na-1,kettle,\"One, two\"\n", "2: a-1 kettle One, two ")]
    public async Task Csv_is_read_by_its_header(string text, params string[] expected) =>
        Assert.Equal(expected, (await Read(text)).Select(Shown));

    [Theory]
    [InlineData(
        "{\"id\":\"a-1\",\"model\":\"kettle\",\"labels\":{\"plant\":\"north\"}}\n\n{\"id\":\"a-2\",\"model\":\"kettle\",\"name\":\"N\"}",
        "1: a-1 kettle  plant=north", "3: a-2 kettle N ")]
    public async Task Json_is_read_line_by_line(string text, params string[] expected) =>
        Assert.Equal(expected, (await Read(text, isCsv: false)).Select(Shown));

    [Theory]
    [InlineData("name,model\n")]
    [InlineData("id,model,site\n")]
    [InlineData("id,id,model\n")]
    [InlineData("")]
    public async Task A_header_that_does_not_fit_is_refused(string text) =>
        Assert.Equal("header", (await Assert.ThrowsAsync<InvalidInputException>(() => Read(text))).Field);

    [Theory]
    [InlineData(true, "id,model\na-1,kettle,more\n", "row")]
    [InlineData(true, "id,model\na-1\n", "row")]
    [InlineData(true, "id,model,labels\na-1,kettle,north\n", "labels")]
    [InlineData(true, "id,model,labels\na-1,kettle,plant=\n", "labels.plant")]
    [InlineData(true, "id,model,labels\na-1,kettle,plant=a;plant=b\n", "labels")]
    [InlineData(false, "\n{\"id\":\"a-1\",\"model\":\"kettle\",\"site\":1}", "row")]
    [InlineData(false, "\n{\"id\":\"a-1\",\"id\":\"a-2\",\"model\":\"kettle\"}", "row")]
    [InlineData(false, "\n[1]", "row")]
    [InlineData(false, "\nnull", "row")]
    [InlineData(false, "\n{\"id\":", "row")]
    public async Task A_row_that_cannot_be_read_says_why_and_the_next_one_is_read(bool isCsv, string text, string field)
    {
        var rows = await Read(isCsv ? text : $"{text}\n{{\"id\":\"a-9\",\"model\":\"kettle\"}}", isCsv);
        Assert.Equal((2, field), (rows[0].Line, rows[0].Problem!.Field));
        if (!isCsv) Assert.Equal("3: a-9 kettle  ", Shown(rows[1]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_line_that_is_too_long_ends_the_list(bool isCsv)
    {
        var id = new string('a', 70_000);
        await Assert.ThrowsAsync<TooLargeException>(
            () => Read(isCsv ? $"id,model\n{id},kettle\n" : $"{{\"id\":\"{id}\",\"model\":\"kettle\"}}\n", isCsv));
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_spoil_their_row_alone()
    {
        byte[] csv = [.. "id,model,name\na-1,kettle,"u8, 0xff, .. "\na-2,kettle,N\n"u8];
        byte[] json = [.. "{\"id\":\"a-1\",\"model\":\"kettle\",\"name\":\""u8, 0xff, .. "\"}\n{\"id\":\"a-2\",\"model\":\"kettle\"}"u8];
        foreach (var (bytes, isCsv) in new[] { (csv, true), (json, false) })
        {
            var rows = await ReadAssetRows.Read(new MemoryStream(bytes), isCsv, TestContext.Current.CancellationToken)
                .ToListAsync(TestContext.Current.CancellationToken);
            Assert.Equal((2, "row", "a-2"), (rows.Count, rows[0].Problem!.Field, rows[1].Id));
        }
    }

    [Fact]
    public async Task A_line_without_end_is_refused() => await Assert.ThrowsAsync<TooLargeException>(
        () => Read($"id,model,name\na-1,kettle,{new string('x', 70_000)}"));
}
