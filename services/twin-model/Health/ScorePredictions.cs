using Contracts.Events;
using TwinModel.Prognostics;

namespace TwinModel.Health;

/// <summary>How good past predictions of a part were.</summary>
/// <param name="Failures">Lives that ended in a failure.</param>
/// <param name="All">Of all predictions of those lives; while a part is healthy they say no more than the fleet does.</param>
/// <param name="WhileDegrading">Of those that rest on a trend; null when there are none.</param>
public sealed record ScoredPredictions(int Failures, PredictionScore All, PredictionScore? WhileDegrading);

/// <summary>
/// Scores the predictions of lives whose end is known. A life that ended in an exchange tells only that it would have been longer, and is
/// left out.
/// </summary>
public static class ScorePredictions
{
    /// <summary>Of one part's events of stream <c>twin/{asset}</c> in the order of the log; null while nothing can be scored.</summary>
    public static ScoredPredictions? Of(IEnumerable<object> events)
    {
        List<HealthAssessed> life = [];
        List<(bool IsDegrading, PastPrediction Prediction)> scored = [];
        var failures = 0;
        foreach (var e in events)
        {
            switch (e)
            {
                case HealthAssessed assessed:
                    life.Add(assessed);
                    break;
                case ComponentReplaced:
                    life.Clear();
                    break;
                case FailureOccurred failed:
                    failures++;
                    scored.AddRange(life.Where(a => a.AssessedAt <= failed.FailedAt && Prognoses.Life(a) is not null)
                        .Select(a => (a.Level is "degrading" or "critical",
                            new PastPrediction(Prognoses.Life(a)!, (failed.FailedAt - a.AssessedAt).TotalDays))));
                    life.Clear();
                    break;
            }
        }
        if (scored.Count == 0) return null;
        var degrading = scored.Where(s => s.IsDegrading).Select(s => s.Prediction).ToList();
        return new(failures, PredictionScore.Of([.. scored.Select(s => s.Prediction)]),
            degrading.Count == 0 ? null : PredictionScore.Of(degrading));
    }
}
