namespace Dashboard.Machine;

/// <summary>A sensor's name without leading words that its component's name already contains. Pure.</summary>
static class ShortName
{
    public static string Of(string sensor, string component)
    {
        var said = component.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var words = sensor.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var rest = words.SkipWhile(w => said.Contains(w, StringComparer.OrdinalIgnoreCase)).ToList();
        return rest.Count == 0 ? sensor : string.Join(' ', rest);
    }
}
