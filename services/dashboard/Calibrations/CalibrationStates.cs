using Contracts.Query.V1;

namespace Dashboard.Calibrations;

/// <summary>States of a calibration, and what can be done in them. Pure.</summary>
static class CalibrationStates
{
    public static bool IsRunning(Calibration calibration) => calibration.State == "requested";

    public static string Text(string state) => state switch
    {
        "requested" => "running",
        "rolled-back" => "rolled back",
        _ => state,
    };

    /// <summary>CSS class of its mark.</summary>
    public static string Mark(Calibration calibration) => calibration switch
    {
        { IsInForce: true } => "ok",
        { State: "failed" } => "critical",
        _ => "quiet",
    };

    /// <summary>Why it cannot be adopted; null if it can.</summary>
    /// <param name="calibration">The calibration.</param>
    /// <param name="modelHash">The model that the asset has now.</param>
    public static string? KeptFromAdoption(Calibration calibration, string modelHash) => calibration switch
    {
        { Result: null } => "It has no result.",
        _ when !calibration.Result.Parameters.Any(p => p.IsIdentified) =>
            "It cannot be adopted: the readings of this window identify no parameter.",
        _ when calibration.ModelHash != modelHash =>
            "It cannot be adopted: it belongs to an earlier revision of the machine's model. Calibrate again.",
        _ => null,
    };
}
