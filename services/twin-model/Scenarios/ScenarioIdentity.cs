using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Contracts.Scenarios;

namespace TwinModel.Scenarios;

/// <summary>Identifies a scenario by its content.</summary>
public static class ScenarioIdentity
{
    /// <summary>Incremented when the same question would get a different answer.</summary>
    public const int Version = 5;

    /// <summary>SHA-256, hexadecimal, over everything that determines the result.</summary>
    public static string Hash(ScenarioDefinition definition, string modelHash, RecordedInputs inputs) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(
                $"{Version}\n{modelHash}\n{inputs.Hash}\n{JsonSerializer.Serialize(definition, JsonSerializerOptions.Web)}")));
}
