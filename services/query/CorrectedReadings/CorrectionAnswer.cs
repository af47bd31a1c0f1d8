using System.ComponentModel;
using Contracts.Events;
using TwinModel.Telemetry;

namespace Query.CorrectedReadings;

/// <summary>What somebody has corrected.</summary>
/// <param name="CorrectionId">Id of the correction.</param>
/// <param name="AssetId">Id of the asset.</param>
/// <param name="SensorId">Id of the sensor.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Position">Its log position: what was known before does not have it.</param>
/// <param name="Withdrawal">Who has withdrawn it; null: it holds.</param>
sealed record CorrectionAnswer(
    string CorrectionId, string AssetId, string SensorId,
    [property: Description("corrected: the readings have other values; retracted: the readings do not count.")] string Kind,
    [property: Description("Earliest sample time concerned.")] DateTimeOffset From,
    [property: Description("End of the sample times, exclusive.")] DateTimeOffset To,
    [property: Description("Number of readings; of a retraction, those that were recorded by then.")] long Readings,
    [property: Description("The right values, in the sensor's unit; null in lists and for retractions.")]
    IReadOnlyList<CorrectedReading>? Values,
    string Reason, string By, DateTimeOffset At, long Position, WithdrawalAnswer? Withdrawal)
{
    /// <summary>A correction of an asset.</summary>
    /// <param name="logged">The event that made it.</param>
    /// <param name="known">All events about the asset's corrections.</param>
    /// <param name="withValues">With the values of the readings.</param>
    public static CorrectionAnswer Of(LoggedCorrection logged, IEnumerable<LoggedCorrection> known, bool withValues)
    {
        var withdrawal = known.Where(k => k.CorrectionId == logged.CorrectionId && k.Data is CorrectionWithdrawn)
            .Select(k => (k.Position, Data: (CorrectionWithdrawn)k.Data))
            .Select(w => new WithdrawalAnswer(w.Data.Reason, w.Data.WithdrawnBy, w.Data.WithdrawnAt, w.Position)).FirstOrDefault();
        return logged.Data switch
        {
            ReadingsCorrected c => new(
                c.CorrectionId, c.AssetId, c.SensorId, "corrected", c.Readings.Min(r => r.SampledAt),
                c.Readings.Max(r => r.SampledAt).AddMicroseconds(1), c.Readings.Count, withValues ? c.Readings : null, c.Reason,
                c.CorrectedBy, c.CorrectedAt, logged.Position, withdrawal),
            ReadingsRetracted r => new(
                r.CorrectionId, r.AssetId, r.SensorId, "retracted", r.From, r.To, r.Readings, null, r.Reason, r.RetractedBy,
                r.RetractedAt, logged.Position, withdrawal),
            _ => throw new ArgumentException($"{logged.Data.GetType().Name} makes no correction."),
        };
    }
}

/// <summary>That a correction no longer holds.</summary>
/// <param name="Reason">Why.</param>
/// <param name="By">Who.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Position">Its log position.</param>
sealed record WithdrawalAnswer(string Reason, string By, DateTimeOffset At, long Position);
