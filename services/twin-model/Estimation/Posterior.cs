namespace TwinModel.Estimation;

/// <summary>
/// What the readings say about one machine: mean and covariance, over the ensemble, of its parameters and of its inputs without a sensor.
/// Biases of sensors are left out, since they change what is shown, not the machine.
/// </summary>
/// <param name="At">End of the last tick.</param>
/// <param name="Sync">Whether the physics follows the machine.</param>
/// <param name="Innovations">What each correcting sensor showed in the last tick and what was predicted.</param>
/// <param name="Learned">What was learned, parameters first.</param>
/// <param name="Covariance">Covariance matrix, row by row, in the order of <paramref name="Learned"/>.</param>
public sealed record Posterior(
    DateTimeOffset At, Sync Sync, IReadOnlyList<Innovation> Innovations, IReadOnlyList<LearnedMean> Learned,
    IReadOnlyList<double[]> Covariance);

/// <summary>Mean of a parameter or an input over the ensemble.</summary>
/// <param name="Id">Parameter <c>component.name</c>, or input.</param>
/// <param name="Kind">parameter or input.</param>
/// <param name="Value">Of a parameter the natural logarithm, in the unit of calculation; of an input the value in that unit.</param>
public sealed record LearnedMean(string Id, string Kind, double Value);
