using Contracts.Calibrations;
using Contracts.Messages;
using Query.Api;

namespace Query.Calibrations;

/// <summary>Requests to simulation that answer with a calibration.</summary>
static class AskAboutCalibration
{
    /// <exception cref="ArgumentException">The request was refused; see <see cref="AskSimulation.Refuse"/>.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public static async Task<CalibrationView> Calibrate<T>(this AskSimulation simulation, T request, string id, CancellationToken cancel)
        where T : class
    {
        var answer = await simulation.Ask<T, CalibrationAnswered>(QueueNames.Calibrations, request, cancel);
        return answer.Refusal is { } refusal ? throw AskSimulation.Refuse(refusal, "calibration", id) : answer.Calibration!;
    }
}
