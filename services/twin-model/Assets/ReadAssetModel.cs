using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TwinModel.Units;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TwinModel.Assets;

/// <summary>Reads and validates asset models (contracts/assets/asset-model.schema.json states the same rules for editors).</summary>
public static class ReadAssetModel
{
    const string Schema = "pollux/asset-model/1";
    const int LargestFile = 1 << 20;
    const int MostProblemsShown = 100;
    static readonly string[] RelationshipTypes = ["part-of", "drives", "feeds", "measures"];
    static readonly TimeSpan LongestFlushWindow = TimeSpan.FromMinutes(1);
    static readonly TimeSpan ShortestSilence = TimeSpan.FromSeconds(10);

    /// <summary>Reads every <c>*.asset.yaml</c> in a directory.</summary>
    /// <exception cref="InvalidModelException">A file is rejected; names the file, line, path and what is allowed.</exception>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    public static IReadOnlyList<AssetModel> FromDirectory(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*.asset.yaml").Order(StringComparer.Ordinal)
            .Select(file => FromText(File.ReadAllText(file), Path.GetFileName(file)))];

    /// <summary>Reads one model.</summary>
    /// <param name="yaml">The file's text.</param>
    /// <param name="file">Its name, for error messages.</param>
    /// <exception cref="InvalidModelException">The model is rejected; names the file, line, path and what is allowed.</exception>
    public static AssetModel FromText(string yaml, string file)
    {
        List<ModelProblem> problems = [];
        AssetModel? model = null;
        if (yaml.Length > LargestFile)
        {
            problems.Add(new(file, 1, "", $"is {yaml.Length} characters long; at most {LargestFile} are allowed"));
        }
        else
        {
            if (Load(yaml, file, problems) is { } document) model = Read(new YamlCursor(document.RootNode, "", file, problems), yaml);
        }
        return problems.Count == 0 ? model! : throw new InvalidModelException(Shown(problems, file));
    }

    static YamlDocument? Load(string yaml, string file, List<ModelProblem> problems)
    {
        try
        {
            if (CheckYaml.Of(yaml) is var (line, problem))
            {
                problems.Add(new(file, line, "", problem));
                return null;
            }
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count == 1) return stream.Documents[0];
            problems.Add(new(file, 1, "", $"must hold exactly one YAML document, not {stream.Documents.Count}"));
        }
        catch (YamlException e)
        {
            problems.Add(new(file, e.Start.Line, "", $"is not valid YAML: {e.Message}"));
        }
        // On some texts that are not YAML, the library throws whatever its parser runs into.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            problems.Add(new(file, 1, "", "is not valid YAML"));
        }
        return null;
    }

    static List<ModelProblem> Shown(List<ModelProblem> problems, string file) => problems.Count <= MostProblemsShown
        ? problems
        : [.. problems.Take(MostProblemsShown), new(file, problems[MostProblemsShown].Line, "",
            $"has {problems.Count - MostProblemsShown} more problems")];

    static AssetModel Read(YamlCursor root, string yaml)
    {
        if (root.Text("schema") is { Length: > 0 } schema && schema != Schema)
            root.ComplainOf("schema", $"must be '{Schema}', not '{schema}'");
        var id = Identity(root, "id", []);
        if (id == AssetId.Reserved) root.ComplainOf("id", $"must not be '{id}', which is reserved for unknown assets");
        if (id is "machine" or "place") root.ComplainOf("id", $"must not be '{id}', which is a kind");
        var isPlace = ReadKind(root) == "place";
        var name = root.Text("name");
        var version = Whole(root, "version", 1, int.MaxValue);
        var description = root.Text("description", "");

        HashSet<string> componentIds = [];
        var components = root.List("components", required: !isPlace, atLeast: 1)
            .Select(c => Closed(c, new Component(Identity(c, "id", componentIds), c.Text("kind"), c.Text("name")))).ToList();
        var relationships = root.List("relationships", required: false).Select(r => Closed(r, ReadRelationship(r, componentIds))).ToList();

        HashSet<string> sensorIds = [];
        HashSet<int> numbers = [];
        var sensors = root.List("sensors", required: !isPlace, atLeast: 1)
            .Select(s => Closed(s, ReadSensor(s, componentIds, sensorIds, numbers)))
            .OfType<Sensor>().OrderBy(s => s.Number).ToList();
        var sensorById = sensors.DistinctBy(s => s.Id).ToDictionary(s => s.Id);

        HashSet<string> named = [.. sensorIds];
        var waveforms = ReadWaveforms.From(root, named, sensorById);
        var connections = root.List("connections", required: !isPlace, atLeast: 1)
            .Select(c => Closed(c, ReadConnection(c, sensorIds, named)))
            .OfType<Connection>().ToList();
        var csv = root.Get("imports", required: false) is { } imports ? Closed(imports, ReadCsv(imports, sensorIds)) : null;
        var flushWindow = root.Span("flush-window", required: false);
        if (flushWindow > LongestFlushWindow) root.ComplainOf("flush-window", $"must be at most {LongestFlushWindow.TotalSeconds:0}s");
        var physics = root.Get("physics", required: false) is { } physicsAt ? ReadPhysics.From(physicsAt, sensorById, Identity) : null;
        var estimation = root.Get("estimation", required: false) is { } estimationAt ? Estimated(root, estimationAt, physics) : null;
        // With a bad section, which has been reported already, it is not known what there is.
        var estimated = root.Get("estimation", required: false) is null ? [] : physics?.Signals;
        var calculated = ReadCalculated.From(root, estimation ?? EstimationSettings.WithoutPhysics, sensorById, estimated);
        HashSet<string> limitIds = [];
        var signals = estimated is null ? null : ReadCalculated.Watched(estimated, calculated);
        var limits = root.List("limits", required: false).Select(l => Closed(l, ReadLimit(l, limitIds, sensorById, sensorIds, signals)))
            .OfType<Limit>().ToList();
        HashSet<string> worn = [];
        var degradations = root.List("degradation", required: false)
            .Select(d => ReadDegradation.From(d, Worn(d, componentIds, worn), sensorById)).OfType<Degradation>().ToList();
        var relationshipTypes = ReadRelationshipTypes.From(root);
        root.Close();
        return new(id, name, version, description, components, relationships, [.. sensors.DistinctBy(s => s.Number).DistinctBy(s => s.Id)],
            limits, connections, csv, flushWindow, physics, yaml, Hash(yaml))
        {
            IsPlace = isPlace,
            RelationshipTypes = relationshipTypes,
            Waveforms = waveforms,
            Degradations = degradations,
            Estimation = estimation,
            Calculated = calculated,
        };
    }

    static string ReadKind(YamlCursor root)
    {
        var kind = root.Text("kind", "machine");
        if (kind is not ("machine" or "place" or "")) root.ComplainOf("kind", $"must be one of {AssetModel.Kinds}, not '{kind}'");
        return kind;
    }

    static EstimationSettings? Estimated(YamlCursor root, YamlCursor at, Physics.PhysicsModel? physics)
    {
        if (physics is not null) return ReadEstimation.From(at, physics);
        // A bad section 'physics' has been reported already.
        if (root.Get("physics", required: false) is null) at.Complain("needs the section 'physics', which it corrects");
        return null;
    }

    static string Worn(YamlCursor at, HashSet<string> components, HashSet<string> taken)
    {
        var component = Reference(at, "component", components);
        if (component.Length > 0 && !taken.Add(component)) at.ComplainOf("component", $"'{component}' already has an entry");
        return component;
    }

    static string Hash(string yaml) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml)));

    static T Closed<T>(YamlCursor cursor, T value)
    {
        cursor.Close();
        return value;
    }

    internal static string Identity(YamlCursor at, string key, HashSet<string> taken)
    {
        var id = at.Text(key);
        if (id.Length == 0) return id;
        if (!AssetId.IsKebabCase(id)) at.ComplainOf(key,
            $"must be kebab-case (a-z, 0-9, single dashes, at most 64 characters), not '{id}'");
        if (!taken.Add(id)) at.ComplainOf(key, $"'{id}' is used twice");
        return id;
    }

    internal static int Whole(YamlCursor at, string key, int min, int max, int? otherwise = null)
    {
        var value = at.Number(key, otherwise);
        if (double.IsNaN(value)) return min;
        if (value == Math.Floor(value) && value >= min && value <= max) return (int)value;
        at.ComplainOf(key, $"must be a whole number from {min} to {max}, not {value}");
        return min;
    }

    static string Reference(YamlCursor at, string key, IReadOnlyCollection<string> known)
    {
        var id = at.Text(key);
        if (id.Length > 0 && !known.Contains(id))
            at.ComplainOf(key, $"names '{id}', which does not exist; known: {string.Join(", ", known)}");
        return id;
    }

    static Relationship ReadRelationship(YamlCursor at, HashSet<string> components)
    {
        var type = at.Text("type");
        if (type.Length > 0 && !RelationshipTypes.Contains(type))
            at.ComplainOf("type", $"must be one of {string.Join(", ", RelationshipTypes)}, not '{type}'");
        return new(type, Reference(at, "from", components), Reference(at, "to", components));
    }

    static Sensor? ReadSensor(YamlCursor at, HashSet<string> components, HashSet<string> ids, HashSet<int> numbers)
    {
        var id = Identity(at, "id", ids);
        var number = Whole(at, "number", 1, ushort.MaxValue);
        if (!numbers.Add(number))
            at.ComplainOf("number", $"{number} is used twice; numbers identify sensors in the event log and are never reused");
        var name = at.Text("name", id.Replace('-', ' '));
        var component = Reference(at, "component", components);
        var unit = ReadUnit(at);
        var physical = at.RangeOf("physical");
        var plausible = at.RangeOf("plausible");
        if (physical is { } outer && plausible is { } inner && (inner.Min < outer.Min || inner.Max > outer.Max))
            at.ComplainOf("plausible", $"must lie within physical [{outer.Min}, {outer.Max}]");
        var interval = at.Span("interval");
        if (interval == TimeSpan.Zero) at.ComplainOf("interval", "must be longer than 0");
        var missingAfter = at.Span("missing-after", required: false);
        var noise = at.Number("noise", 0);
        if (noise < 0) at.ComplainOf("noise", $"must not be negative, not {noise}");
        if (unit is null || physical is null || plausible is null || interval is not { } every) return null;
        var silence = missingAfter ?? (every * 5 > ShortestSilence ? every * 5 : ShortestSilence);
        return new(id, (ushort)number, name, component, unit, physical.Value, plausible.Value, every, silence, noise);
    }

    internal static Unit? ReadUnit(YamlCursor at)
    {
        var quantity = at.Text("quantity");
        var symbol = at.Text("unit");
        if (quantity.Length == 0 || symbol.Length == 0) return null;
        if (!Unit.Quantities.Contains(quantity))
        {
            at.ComplainOf("quantity", $"must be one of {string.Join(", ", Unit.Quantities)}, not '{quantity}'");
            return null;
        }
        if (Unit.Find(symbol) is { } unit && unit.Quantity == quantity) return unit;
        at.ComplainOf("unit", $"'{symbol}' is not a unit of {quantity}; allowed: {string.Join(", ", Unit.SymbolsOf(quantity))}");
        return null;
    }

    static Limit? ReadLimit(
        YamlCursor at, HashSet<string> ids, Dictionary<string, Sensor> sensors, HashSet<string> sensorIds, HashSet<string>? signals)
    {
        var id = Identity(at, "id", ids);
        var signal = at.Get("signal", required: false) is null
            ? null
            : signals is null ? at.Text("signal") : Reference(at, "signal", signals);
        if (signal is not null && at.Get("sensor", required: false) is { } both) both.Complain("is not possible together with 'signal'");
        var sensorId = signal is null ? Reference(at, "sensor", sensorIds) : "";
        var above = at.Get("above", required: false)?.Number();
        var below = at.Get("below", required: false)?.Number();
        if (above is null == below is null) at.Complain("needs exactly one of 'above' and 'below'");
        var severity = at.Text("severity");
        Severity? level = severity switch
        {
            "warning" => Severity.Warning,
            "alarm" => Severity.Alarm,
            "critical" => Severity.Critical,
            _ => null
        };
        if (level is null)
            at.Get("severity", required: false)?.Complain($"must be one of warning, alarm, critical, not '{severity}'");
        var onDelay = at.Span("on-delay", required: false) ?? TimeSpan.Zero;
        var offDelay = at.Span("off-delay", required: false) ?? TimeSpan.Zero;
        var threshold = above ?? below ?? 0;
        var clear = at.Number("clear", threshold);
        if (above is not null && clear > threshold || below is not null && clear < threshold)
            at.ComplainOf("clear", $"must be on the healthy side of {threshold}, not {clear}");
        var message = at.Text("message", string.Create(
            CultureInfo.InvariantCulture, $"{(signal ?? sensorId).Replace('-', ' ')} {(above is null ? "below" : "above")} {threshold}"));
        var consequence = at.Get("consequence", required: false) is null ? null : at.Text("consequence");
        if (signal is not null)
        {
            return new(id, 0, above is not null, threshold, clear, level ?? Severity.Warning, onDelay, offDelay, message)
            {
                Signal = signal,
                Consequence = consequence,
            };
        }
        if (!sensors.TryGetValue(sensorId, out var sensor)) return null;
        if (!sensor.Physical.Contains(threshold))
            at.Get(above is null ? "below" : "above", required: false)?.Complain(
                $"must lie within the sensor's physical range [{sensor.Physical.Min}, {sensor.Physical.Max}], not {threshold}");
        return new(id, sensor.Number, above is not null, threshold, clear, level ?? Severity.Warning, onDelay, offDelay, message)
        {
            Consequence = consequence,
        };
    }

    static Connection? ReadConnection(YamlCursor at, HashSet<string> sensors, HashSet<string> sensorsAndWaveforms)
    {
        var topic = at.Text("topic");
        var payload = at.Text("payload");
        // Only SenML can carry waveforms.
        var names = at.Map("names")
            .ToDictionary(pair => pair.Key, pair => SensorNamed(pair.Value, payload == "senml" ? sensorsAndWaveforms : sensors));
        PayloadFormat? format =
            payload switch
            {
                "senml" => PayloadFormat.SenmlJson,
                "sparkplug-b" => PayloadFormat.SparkplugB,
                "plain" => PayloadFormat.Plain,
                _ => null
            };
        if (format is null && payload.Length > 0) at.ComplainOf("payload", $"must be one of senml, sparkplug-b, plain, not '{payload}'");
        var needed = format switch
        {
            PayloadFormat.SparkplugB => new[] { "{message}", "{node}", "{asset}" },
            PayloadFormat.Plain => ["{asset}", "{sensor}"],
            _ => ["{asset}"]
        };
        var levels = topic.Split('/');
        foreach (var placeholder in needed.Where(p => topic.Length > 0 && !levels.Contains(p)))
            at.ComplainOf("topic", $"needs the level {placeholder} for payload {payload}");
        if (topic.Contains('+') || topic.Contains('#'))
            at.ComplainOf("topic", "must not contain MQTT wildcards; use {asset} and {sensor}");
        return format is { } known ? new(topic, known, names) : null;
    }

    static CsvMapping? ReadCsv(YamlCursor imports, HashSet<string> sensors)
    {
        if (imports.Get("csv") is not { } at) return null;
        var mapping = new CsvMapping
        {
            Columns = at.Map("columns").ToDictionary(pair => pair.Key, pair => SensorNamed(pair.Value, sensors)),
            Ignore = [.. at.List("ignore", required: false).Select(c => c.Scalar() ?? "")],
        };
        foreach (var setting in CsvMapping.Settings)
        {
            if (at.Get(setting, required: false) is not { } given) continue;
            var values = setting switch
            {
                "units-row" => given.Flag() is { } flag ? [flag ? "true" : "false"] : [],
                "missing" => given.Texts(mayBeEmpty: true),
                "time" when given.IsList => given.Texts(mayBeEmpty: false),
                _ => given.Scalar() is { } text ? [text] : [],
            };
            // An unreadable node has already been reported.
            if (values.Count > 0) mapping = Accepted(given, mapping, () => mapping.With(setting, values));
        }
        return Closed(at, Accepted(at, mapping, mapping.Checked));
    }

    static CsvMapping Accepted(YamlCursor at, CsvMapping otherwise, Func<CsvMapping> change)
    {
        try
        {
            return change();
        }
        catch (InvalidCsvSettingException e)
        {
            at.Complain(e.Message);
            return otherwise;
        }
    }

    static string SensorNamed(YamlCursor at, HashSet<string> sensors)
    {
        var id = at.Scalar() ?? "";
        if (id.Length > 0 && !sensors.Contains(id))
            at.Complain($"names the sensor '{id}', which does not exist; known: {string.Join(", ", sensors)}");
        return id;
    }
}
