namespace Fuzz.Requests;

/// <summary>What came back to a request.</summary>
/// <param name="Status">Of HTTP or gRPC as it is counted, or why there is none.</param>
/// <param name="Wrong">What is wrong with it; null if nothing is.</param>
readonly record struct Answer(string Status, string? Wrong = null);
