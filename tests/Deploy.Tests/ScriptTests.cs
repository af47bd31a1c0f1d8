namespace Deploy.Tests;

public class ScriptTests
{
    [Fact]
    public void Shell_scripts_pass_shellcheck()
    {
        var scripts = Directory.GetFiles(Tool.In("deploy"), "*.sh", SearchOption.AllDirectories).Append(Tool.In("pollux"))
            .Append(Tool.In(".ci", "run")).Order().ToArray();
        Assert.True(scripts.Length > 8);
        Tool.Passes("shellcheck", ["--severity=style", "--external-sources", .. scripts]);
    }

    [Fact]
    public void Starlark_parses()
    {
        var files = Directory.GetFiles(Tool.In("tilt"), "*.Tiltfile").Append(Tool.In("Tiltfile")).ToArray();
        Assert.True(files.Length >= 2);
        // The formatter parses Starlark: it exits with 1 on a syntax error and with 4 on a different layout.
        foreach (var file in files) Tool.Passes("buildifier", "-mode=check", "-type=default", "-lint=off", file);
        var broken = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.Tiltfile");
        File.WriteAllText(broken, "def f(:\n  return while\n");
        Assert.Equal(1, Tool.Run("buildifier", "-mode=check", "-type=default", broken).Code);
        File.Delete(broken);
    }

    [Fact]
    public void A_button_that_drops_messages_spares_commands_and_asks_first()
    {
        var buttons = Directory.GetFiles(Tool.In("tilt"), "*.Tiltfile").Append(Tool.In("Tiltfile"))
            .SelectMany(f => File.ReadAllText(f).Split("cmd_button(").Skip(1)).ToList();
        var purging = Assert.Single(buttons, b => b.Contains("purge_queue", StringComparison.Ordinal));
        // News is in the log, too.
        Assert.Contains($"purge_queue {Contracts.Messages.QueueNames.News}\"", purging, StringComparison.Ordinal);
        Assert.Contains("requires_confirmation = True", purging, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tiltfile_stays_short_and_loads_what_exists()
    {
        var lines = File.ReadAllLines(Tool.In("Tiltfile"));
        Assert.True(lines.Length <= 60);
        foreach (var loaded in lines.Where(l => l.StartsWith("load(", StringComparison.Ordinal)).Select(l => l.Split('"')))
        {
            var text = File.ReadAllText(Tool.In(loaded[1]));
            Assert.All(loaded.Skip(3).Where((_, i) => i % 2 == 0).Where(n => n.Length > 2),
                name => Assert.Contains($"def {name}(", text, StringComparison.Ordinal));
        }
        Assert.All(CodeFacts.Assemblies.Where(s => s.Key != CodeFacts.OutsideContainers),
            s => Assert.Contains(lines, l => l.Contains($"\"{s.Key}\", \"{s.Value}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_change_in_a_library_of_a_service_rebuilds_it()
    {
        var watched = File.ReadAllLines(Tool.In("tilt", "service.Tiltfile")).Select(l => l.Trim()).ToHashSet();
        var libraries = CodeFacts.Assemblies.SelectMany(s => File.ReadLines(Tool.In("services", s.Key, $"{s.Value}.csproj")))
            .Where(l => l.Contains("<ProjectReference", StringComparison.Ordinal)).Select(l => l.Split('"')[1].Split('/')[^2]).ToHashSet();
        Assert.Contains("cluster", libraries);
        Assert.All(libraries, l => Assert.Contains(l == "contracts" ? "\"contracts\"," : $"\"services/{l}\",", watched));
    }
}
