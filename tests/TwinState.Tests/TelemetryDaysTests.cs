using TwinState.Twins;
using static TwinState.Tests.Kettle;

namespace TwinState.Tests;

public class TelemetryDaysTests
{
    static string Day(int day) => $"telemetry/kettle/2026-01-{day:00}";

    static OwnedTwin Knowing(params (int Day, long Version)[] versions)
    {
        var twin = Fresh();
        foreach (var (day, version) in versions) twin.Versions[Day(day)] = version;
        return twin;
    }

    [Fact]
    public void A_new_twin_reads_every_day_since_its_registration_and_a_day_ahead() =>
        Assert.Equal([Day(2), Day(3), Day(4), Day(5)], TelemetryDays.Open(Fresh(), Now.AddDays(2)));

    [Fact]
    public void A_saved_twin_reads_on_from_its_oldest_open_day() =>
        Assert.Equal([Day(4), Day(5), Day(6)], TelemetryDays.Open(Knowing((4, 7), (5, 1)), Now.AddDays(3)));

    [Fact]
    public void A_twin_is_behind_where_the_log_has_more()
    {
        var twin = Knowing((4, 7), (5, 3));
        Assert.Empty(TelemetryDays.Behind(twin, new Dictionary<string, long> { [Day(4)] = 7, [Day(5)] = 3 }, Now.AddDays(3)));
        Assert.Equal([Day(4)], TelemetryDays.Behind(twin, new Dictionary<string, long> { [Day(4)] = 8, [Day(5)] = 2 }, Now.AddDays(3)));
        Assert.Equal([Day(5)], TelemetryDays.Behind(Knowing((4, 7)), new Dictionary<string, long> { [Day(5)] = 1 }, Now.AddDays(3)));
    }

    [Fact]
    public void The_last_three_days_stay_open()
    {
        var twin = Knowing((2, 9), (5, 1), (3, 8), (4, 7));
        TelemetryDays.ForgetClosed(twin);
        Assert.Equal([Day(3), Day(4), Day(5)], twin.Versions.Keys.Order(StringComparer.Ordinal));
    }
}
