using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Contracts.Calibrations;
using TwinModel.Estimation;

namespace TwinModel.Scenarios;

/// <summary>A value that holds from a given time until the next setting.</summary>
/// <param name="Seconds">Seconds from the start of the run; negative before it.</param>
/// <param name="Value">Value in the unit of calculation.</param>
public readonly record struct Setting(double Seconds, double Value);

/// <summary>The recorded inputs around a run, and what was known of the machine at its start.</summary>
/// <param name="Courses">Maps input ids to their settings in ascending order; an unrecorded input is absent and has its default.</param>
/// <param name="WarmUpSeconds">How long before the start the courses begin, s; the model runs from there to reach the state at the
/// start.</param>
/// <param name="Hash">SHA-256 over all settings and the estimate.</param>
/// <param name="Estimate">The machine's estimate at the start; null when there is none.</param>
/// <param name="Parameters">Learned parameters in force; null: the model's own.</param>
public sealed record RecordedInputs(
    IReadOnlyDictionary<string, IReadOnlyList<Setting>> Courses, double WarmUpSeconds, string Hash, Posterior? Estimate = null,
    ParameterSet? Parameters = null)
{
    /// <summary>No recorded inputs.</summary>
    public static RecordedInputs None { get; } = new(new Dictionary<string, IReadOnlyList<Setting>>(), 0, "");

    /// <summary>The same inputs with an estimate of the machine.</summary>
    public RecordedInputs With(Posterior estimate) => this with
    {
        Estimate = estimate,
        Hash = HashWith(estimate),
    };

    /// <summary>The same inputs with learned parameters.</summary>
    public RecordedInputs With(ParameterSet parameters) => this with
    {
        Parameters = parameters,
        Hash = HashWith(parameters),
    };

    string HashWith<T>(T more) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Hash}\n{JsonSerializer.Serialize(more)}")));
}
