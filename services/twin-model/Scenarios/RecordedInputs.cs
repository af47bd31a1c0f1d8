namespace TwinModel.Scenarios;

/// <summary>A value that holds from some time until the next one.</summary>
/// <param name="Seconds">From the start of the run; negative before it.</param>
/// <param name="Value">In the unit of calculation.</param>
public readonly record struct Setting(double Seconds, double Value);

/// <summary>What the log says about the inputs around a run.</summary>
/// <param name="Courses">Input id to its settings, ascending; an input that nobody recorded is absent and has its default.</param>
/// <param name="WarmUpSeconds">How long before the start the courses begin; the model runs from there to reach the state at the
/// start.</param>
/// <param name="Hash">SHA-256 over all of it.</param>
public sealed record RecordedInputs(IReadOnlyDictionary<string, IReadOnlyList<Setting>> Courses, double WarmUpSeconds, string Hash)
{
    /// <summary>Nothing is recorded.</summary>
    public static RecordedInputs None { get; } = new(new Dictionary<string, IReadOnlyList<Setting>>(), 0, "");
}
