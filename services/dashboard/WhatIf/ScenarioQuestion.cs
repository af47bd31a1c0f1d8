using Contracts.Query.V1;
using Google.Protobuf.WellKnownTypes;

namespace Dashboard.WhatIf;

/// <summary>One change as typed: by a percentage, by an amount, or to a value.</summary>
public sealed class Change
{
    public const string ByShare = "scale", ByAmount = "offset", ToValue = "set";

    public string Target { get; set; } = "";

    public string Kind { get; set; } = ByShare;

    /// <summary>Per cent, or in the unit of the target; null while nothing is typed.</summary>
    public double? Value { get; set; }

    public double AfterMinutes { get; set; }

    public double RampMinutes { get; set; }

    /// <summary>0: to the end of the run.</summary>
    public double ForMinutes { get; set; }

    public Intervention ToIntervention(bool isSteady) => new()
    {
        Target = Target,
        Kind = Kind,
        // The API refuses NaN and says what is allowed.
        Value = Value is not { } value ? double.NaN : Kind == ByShare ? 1 + value / 100 : value,
        FromSeconds = isSteady ? 0 : AfterMinutes * 60,
        RampSeconds = isSteady ? 0 : RampMinutes * 60,
        ForSeconds = isSteady ? 0 : ForMinutes * 60,
    };

    public static Change Of(Intervention i) => new()
    {
        Target = i.Target,
        Kind = i.Kind,
        Value = i.Kind == ByShare ? Math.Round((i.Value - 1) * 100, 6) : i.Value,
        AfterMinutes = i.FromSeconds / 60,
        RampMinutes = i.RampSeconds / 60,
        ForMinutes = i.ForSeconds / 60,
    };
}

/// <summary>The question being put together on the page.</summary>
public sealed class ScenarioQuestion
{
    public List<Change> Changes { get; init; } = [];

    /// <summary>How long ago to start, using the inputs recorded since; 0: now.</summary>
    public double AgoMinutes { get; set; }

    public bool IsSteady { get; set; } = true;

    public double Hours { get; set; } = 2;

    public string Name { get; set; } = "";

    public int Members { get; set; } = 200;

    public double Seed { get; set; } = 1;

    public string Sampling { get; set; } = "latin-hypercube";

    public string Solver { get; set; } = "rodas3";

    /// <summary>0: the API's default.</summary>
    public int Cells { get; set; }

    public CreateScenarioRequest ToRequest(string assetId, DateTimeOffset now)
    {
        var request = new CreateScenarioRequest
        {
            AssetId = assetId,
            Name = Name.Trim(),
            Mode = IsSteady ? "steady" : "transient",
            HorizonSeconds = IsSteady ? 0 : Hours * 3600,
            Interventions = { Changes.Select(c => c.ToIntervention(IsSteady)) },
            EnsembleSize = Members,
            Seed = Seed is >= 0 and <= long.MaxValue ? (ulong)Seed : 1,
            Sampling = Sampling,
            Solver = Solver,
            Cells = Cells,
        };
        if (AgoMinutes > 0) request.ValidAt = Timestamp.FromDateTimeOffset(now.AddMinutes(-AgoMinutes));
        return request;
    }

    /// <summary>An earlier question, to be changed and asked again from now.</summary>
    public static ScenarioQuestion Of(ScenarioDefinition d, string name) => new()
    {
        Changes = [.. d.Interventions.Select(Change.Of)],
        IsSteady = d.Mode == "steady",
        Hours = d.HorizonSeconds > 0 ? d.HorizonSeconds / 3600 : 2,
        Name = name,
        Members = d.EnsembleSize,
        Seed = d.Seed,
        Sampling = d.Sampling,
        Solver = d.Solver,
        Cells = d.Cells,
    };

    /// <summary>As a definition, so that it is worded like an answered one.</summary>
    public ScenarioDefinition ToDefinition() => new()
    {
        Mode = IsSteady ? "steady" : "transient",
        HorizonSeconds = IsSteady ? 0 : Hours * 3600,
        EnsembleSize = Members,
        Interventions = { Changes.Select(c => c.ToIntervention(IsSteady)) },
    };
}

/// <summary>A question that takes one click.</summary>
sealed record Preset(string Name, Func<ScenarioQuestion> Make)
{
    /// <summary>Frequent questions, as far as the model supports them. Pure.</summary>
    public static IReadOnlyList<Preset> For(IReadOnlyList<Askable> askable)
    {
        List<Preset> presets = [];
        if (askable.FirstOrDefault(a => a.Range is null && !a.IsParameter) is { } target)
        {
            var name = target.Id == "production-rate" ? "rate" : target.Name;
            presets.Add(new($"+15 % {name}", () => Steady(target, Change.ByShare, 15)));
            presets.Add(new($"−10 % {name}", () => Steady(target, Change.ByShare, -10)));
            presets.Add(new("Last hour at +15 %", () => new()
            {
                AgoMinutes = 60,
                IsSteady = false,
                Hours = 1,
                Changes = [new() { Target = target.Id, Kind = Change.ByShare, Value = 15 }],
            }));
        }
        var setPoints = askable.Where(a => a.Id.EndsWith("-set-point", StringComparison.Ordinal)).ToList();
        if (setPoints.Count > 0)
        {
            var zone = setPoints[Math.Max(0, setPoints.Count - 2)];
            var place = Wording.Capital(zone.Name.Replace(" set point", "", StringComparison.Ordinal));
            presets.Add(new($"{place} −10 °C", () => Steady(zone, Change.ByAmount, -10)));
            presets.Add(new($"{place} +10 °C over 2 h", () => new()
            {
                IsSteady = false,
                Hours = 2,
                Changes = [new() { Target = zone.Id, Kind = Change.ByAmount, Value = 10, RampMinutes = 10 }],
            }));
        }
        if (askable.FirstOrDefault(a => a.Id.Contains("ambient", StringComparison.Ordinal) && !a.IsParameter) is { } ambient)
            presets.Add(new("Ambient +10 °C", () => Steady(ambient, Change.ByAmount, 10)));
        return presets;
    }

    static ScenarioQuestion Steady(Askable target, string kind, double value) =>
        new() { Changes = [new() { Target = target.Id, Kind = kind, Value = value }] };
}
