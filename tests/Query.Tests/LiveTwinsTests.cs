using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Query.Twins;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Tests;

public class LiveTwinsTests
{
    static readonly AssetModel Line = Given.A_model("extrusion-line"), Pump = Given.A_model("pump-loop");

    readonly LiveTwins live = new(
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), () => null);

    [Fact]
    public void An_asset_that_has_sent_nothing_is_shown_with_its_own_name_and_the_sensors_of_its_model()
    {
        live.Expect(Registered("line-1", "Line 1", Line));
        live.Expect(Registered("pump-1", "Pump 1", Pump));
        var view = live.Get("line-1").View;
        Assert.Equal(("line-1", "Line 1", "extrusion-line", 0L), (view.AssetId, view.Name, view.ModelId, view.Position));
        Assert.Equal(Line.Sensors.Select(s => s.Id), view.Sensors.Select(s => s.Id));
        Assert.Equal(["line-1", "pump-1"], List(new(null, 0, null, null)));
        Assert.Equal(["pump-1"], List(new("pump-loop", 0, null, null)));
        Assert.Equal(["pump-1"], List(new(null, 0, true, "PUMP")));
        Assert.Empty(List(new(null, 0, false, null)));
        Assert.Empty(List(new(null, 1, null, null)));
    }

    [Fact]
    public void Registered_again_an_asset_changes_for_everybody_until_its_twin_is_shown()
    {
        live.Expect(Registered("line-1", "Line 1", Line));
        var twin = live.Get("line-1");
        using var watcher = new Watcher([twin]);
        Assert.Single(watcher.Changed());
        var tag = twin.Show(Given.Noon).ETag;

        live.Expect(Registered("line-1", "Line one", Line, position: 2));
        Assert.Equal("Line one", Assert.Single(watcher.Changed()).Name);
        Assert.NotEqual(tag, twin.Show(Given.Noon).ETag);
        live.Expect(Registered("line-1", "Line one", Pump, position: 3));
        Assert.Equal("pump-loop", Assert.Single(watcher.Changed()).ModelId);
        // Read a second time, as after a lost message.
        live.Expect(Registered("line-1", "Line 1", Line));
        Assert.Equal("pump-loop", twin.ModelId);

        Assert.True(live.Offer(Given.A_view(asset: "line-1")));
        live.Expect(Registered("line-1", "Line two", Pump, position: 4));
        Assert.Equal("Line 1", twin.View.Name);
        Assert.False(twin.IsExpected);
    }

    [Fact]
    public void Pages_follow_each_other_whatever_was_added_or_removed_before_the_cursor()
    {
        foreach (var i in Enumerable.Range(0, 25)) live.Expect(Registered($"line-{i:00}", "Line", Line));
        List<string> seen = [];
        string? cursor = null;
        do
        {
            var page = ListTwins.Run(live, new(null, 0, null, null), 10, cursor, Given.Noon);
            seen.AddRange(page.Items.Select(t => t.View.AssetId));
            cursor = page.NextCursor;
            live.Expect(Registered($"a-{seen.Count}", "Earlier", Line));
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"line-{i:00}"), seen);
        Assert.Empty(live.After("z"));
        Assert.Equal(28, live.After(null).Count());
    }

    IEnumerable<string> List(TwinFilter filter) =>
        ListTwins.Run(live, filter, null, null, Given.Noon).Items.Select(t => t.View.AssetId);

    static RegisteredAsset Registered(string id, string name, AssetModel model, long position = 1) =>
        new(id, name, model, Given.Noon, position, 1);
}
