using System.Globalization;
using Benchmarks.Load;

namespace Deploy.Tests;

/// <summary>Tests the queueing model behind deploy/sizing.md, and that the file agrees with its own measurements.</summary>
public class SizingTests
{
    // Erlang C as tabulated in textbooks on teletraffic: probability of waiting for an offered load a on c servers.
    [Theory]
    [InlineData(1, 0.5, 0.5)]
    [InlineData(2, 1, 1.0 / 3)]
    [InlineData(3, 2, 4.0 / 9)]
    [InlineData(5, 4, 0.5541)]
    [InlineData(10, 8, 0.4092)]
    public void The_mean_wait_is_Erlangs(int cores, double offered, double waits)
    {
        var model = new QueueModel("x", 0, 0.001);
        Assert.Equal(waits * 0.001 / (cores - offered), model.MeanWait(offered * 1000, cores), 1e-6);
    }

    [Fact]
    public void Too_few_cores_wait_for_ever() => Assert.Equal(double.PositiveInfinity, new QueueModel("x", 0.5, 0.001).MeanWait(1_600, 2));

    [Fact]
    public void A_line_is_found_again()
    {
        var model = QueueModel.Fit("x", [(250, 0.1 + 0.05), (500, 0.1 + 0.1), (1000, 0.1 + 0.2)]);
        Assert.Equal(0.1, model.IdleCores, 1e-9);
        Assert.Equal(2e-4, model.SecondsPerMessage, 1e-9);
        Assert.Equal(2.1, model.Busy(10_000), 1e-9);
        Assert.Equal(4, model.Cores(10_000, mostBusy: 0.6));
    }

    [Fact]
    public void A_part_that_got_cheaper_with_the_rate_does_not_give_back_cores() =>
        Assert.Equal(0, QueueModel.Fit("x", [(250, 0.2), (1000, 0.1)]).SecondsPerMessage);

    [Fact]
    public void The_file_says_what_follows_from_its_measurements()
    {
        var tables = File.ReadLines(Tool.In("deploy", "sizing.md")).Where(l => l.StartsWith("| ", StringComparison.Ordinal))
            .Select(l => l.Trim('|').Split('|', StringSplitOptions.TrimEntries)).ToList();
        var head = tables[0];
        var measured = tables.Where(r => r.Length == head.Length && r[0] == "1").ToList();
        Assert.True(measured.Count >= 3);
        var parts = head[2..^2];
        var (model, predicted) = (RowsUnder("idle, cores"), RowsUnder("busy cores"));
        Assert.Equal(parts.Order(), model.Select(r => r[0]).Order());
        Assert.Equal(2 * parts.Length, predicted.Count);
        foreach (var row in model)
        {
            var column = Array.IndexOf(head, row[0]);
            var fit = QueueModel.Fit(row[0], [.. measured.Select(r => (Number(r[1]), Number(r[column])))]);
            // The measurements are rounded to hundredths of a core, at rates up to some thousands.
            Assert.Equal(Number(row[1]), fit.IdleCores, 0.02);
            Assert.Equal(Number(predicted.First(r => r[0] == row[0])[1]), fit.Busy(10_000), 0.25);
        }

        List<string[]> RowsUnder(string second)
        {
            var isUnder = false;
            return [.. tables.Where(r =>
            {
                if (r[0] == "part") isUnder = r[1] == second;
                return isUnder && r[0] != "part";
            })];
        }
    }

    static double Number(string text) => double.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
}
