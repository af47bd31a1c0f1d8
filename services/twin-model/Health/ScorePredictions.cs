using Contracts.Events;
using TwinModel.Prognostics;

namespace TwinModel.Health;

/// <summary>Scores of past predictions for a part.</summary>
/// <param name="Failures">Number of lives that ended in a failure.</param>
/// <param name="All">Score of all predictions for those lives; while a part is healthy, they say no more than the fleet's life.</param>
/// <param name="WhileDegrading">Score of those based on a trend; null when there are none.</param>
public sealed record ScoredPredictions(int Failures, PredictionScore All, PredictionScore? WhileDegrading);

/// <summary>
/// Scores the predictions for lives whose end is known. A life that ended with a replacement only shows that it would have lasted longer,
/// and is left out.
/// </summary>
public static class ScorePredictions
{
    /// <summary>Scores one part from its events of stream <c>twin/{asset}</c> in log order; null while nothing can be scored.</summary>
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
