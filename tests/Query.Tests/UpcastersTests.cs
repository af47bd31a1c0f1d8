using System.Text.Json.Nodes;
using Contracts.Events;
using ServiceDefaults;

namespace Query.Tests;

public class UpcastersTests
{
    const string Today = """{"alarmId":"a","value":2.5,"clearedAt":"2026-03-01T06:00:00Z"}""";

    // As if the alarm of a cleared event had once been called something else.
    static readonly Upcasters Upcasters = new(new Dictionary<Type, Action<JsonObject>>
    {
        [typeof(AlarmCleared)] = e =>
        {
            if (!e.Remove("alarm", out var alarm)) return;
            e["alarmId"] = alarm;
        },
    });

    [Fact]
    public void An_old_shape_is_brought_into_the_present_one_which_stays_as_it_is()
    {
        var expected = new AlarmCleared("a", 2.5, new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero));
        Assert.Equal(expected, Upcasters.Read(typeof(AlarmCleared), Today));
        Assert.Equal(expected, Upcasters.Read(typeof(AlarmCleared), Today.Replace("alarmId", "alarm", StringComparison.Ordinal)));
    }

    [Fact]
    public void Events_without_an_old_shape_are_read_as_they_are() =>
        Assert.Equal("a", ((AlarmAcknowledged)Upcasters.Read(
            typeof(AlarmAcknowledged),
            """{"alarmId":"a","acknowledgedBy":"ada","comment":null,"acknowledgedAt":"2026-03-01T06:00:00Z"}""")).AlarmId);
}
