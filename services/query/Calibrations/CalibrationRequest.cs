using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts.Calibrations;
using Query.Api;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Calibrations;

/// <summary>Which parameters to learn from which part of a machine's history.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record CalibrationRequest(
    [property: Description("Asset id.")] string? Asset,
    [property: Description("Start of the window, by sample time, from 1970; default: an hour before its end.")]
    DateTimeOffset? From = null,
    [property: Description(
        "End of the window, 20 minutes to 7 days after its start (less where the model's calibration-block is short), up to now; "
            + "default: now.")]
    DateTimeOffset? To = null,
    [property: Description("Parameters 'component.name' out of the model's section 'estimation'; default: all that it names.")]
    IReadOnlyList<string?>? Parameters = null,
    [property: Description(
        "Uses only readings that the log held at this point: a log position or a time in ISO 8601; default: everything.")]
    JsonElement? KnownAt = null,
    [property: Description("Who asks, 1 to 100 characters; default: X-Pollux-Actor.")] string? By = null)
{
    static readonly TimeSpan DefaultWindow = TimeSpan.FromHours(1);
    static readonly TimeSpan LongestWindow = TimeSpan.FromDays(7);

    /// <summary>The complete question. Pure.</summary>
    /// <exception cref="InvalidInputException">Names the member and what is allowed.</exception>
    public CalibrationDefinition Define(AssetModel model, long knownAt, DateTimeOffset now)
    {
        var to = To is { } last ? Input.Past("to", last, now) : now;
        var from = From is { } first ? Input.Past("from", first, now) : to - DefaultWindow;
        var shortest = model.Estimation!.ShortestCalibration;
        if (to - from < shortest || to - from > LongestWindow)
            throw new InvalidInputException(
                "from", from, FormattableString.Invariant($"a time {shortest.TotalMinutes:0.#} minutes to 7 days before to"));
        return new(Asset!, from, to, knownAt, Chosen(model));
    }

    List<string> Chosen(AssetModel model)
    {
        var able = model.Estimation!.Parameters.Select(p => p.Parameter).ToList();
        List<string> chosen = [];
        foreach (var (i, parameter) in (Parameters ?? []).Index())
        {
            // Twice the same would be learned once; whoever asks for it meant another one.
            if (parameter is null || !able.Contains(parameter) || chosen.Contains(parameter))
                throw new InvalidInputException($"parameters[{i}]", parameter, $"each at most once: {string.Join(", ", able)}");
            chosen.Add(parameter);
        }
        return chosen;
    }
}
