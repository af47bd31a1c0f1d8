using System.ComponentModel;
using Contracts.Calibrations;
using Query.Api;
using Query.Events;
using Query.Pasts;
using ServiceDefaults;
using TwinModel.Calibration;

namespace Query.Calibrations;

/// <summary>A calibration now, or as of some time.</summary>
sealed class GetCalibration(SavedCalibrations saved, FindPast find, PastEvents events)
{
    public static void Map(IEndpointRouteBuilder calibrations) => calibrations
        .MapGet("/{id}", (
                string id,
                GetCalibration get,
                [Description("The calibration as of this time, in ISO 8601.")] string? validAt,
                [Description(KnownAt.Meaning)] string? knownAt,
                CancellationToken cancel) => get.Run(id, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), cancel))
        .WithName("getCalibration").WithSummary("A calibration: the question, what was learned, and whether it is in force")
        .WithDescription(
            "The result has every parameter before and after with its 5 % and 95 % quantiles and whether the readings can tell it, the "
                + "spans of the window that were used, and how far sensors and physics were apart before and after, also on readings that "
                + "were held out.");

    /// <exception cref="NotFoundException">No such calibration, or not yet.</exception>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    public async Task<CalibrationView> Run(string id, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        var now = await saved.Get(id, cancel);
        if (validAt is null && knownAt is null) return now;
        var moment = await find.Moment(validAt, knownAt, cancel);
        var position = await find.RecordedBy(moment, cancel);
        var stream = Streams.Calibration(now.Definition.AssetId);
        var known = (await events.OfStream(stream, position, cancel))
            .Aggregate(AssetCalibrations.None, FoldCalibration.Apply);
        if (known.Find(id) is { } view) return view with { IsInForce = known.InForce == id };
        throw validAt is { } at && now.RequestedAt > at
            ? NotYet.AtTime("calibration", id, at, now.RequestedAt, "validAt")
            : NotYet.AtPosition(
                "calibration", id, moment, await events.First(stream, cancel, "calibrationId", id),
                $"it was requested at {NotYet.Text(now.RequestedAt)}");
    }
}
