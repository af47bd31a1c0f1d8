using Contracts.Query.V1;
using Google.Protobuf.WellKnownTypes;
using Query.Api;

namespace Query.Tests;

/// <summary>What is recorded of an auditor's question over gRPC.</summary>
public class RecordedQuestionTests
{
    [Fact]
    public void A_question_is_shown_as_json() => Assert.Equal(
        """{ "assetId": "pump-loop", "validAt": "2026-03-01T06:00:00Z" }""", RecordQuestions.Shown(new GetTwinRequest
        {
            AssetId = "pump-loop",
            ValidAt = Timestamp.FromDateTime(new(2026, 3, 1, 6, 0, 0, DateTimeKind.Utc)),
        }));

    [Theory]
    [InlineData(0, 2_000_000_000)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(long.MinValue, -1)]
    public void A_time_that_is_none_is_recorded_too_and_left_to_who_answers(long seconds, int nanos) => Assert.Contains(
        "validAt", RecordQuestions.Shown(new GetTwinRequest { ValidAt = new() { Seconds = seconds, Nanos = nanos } }),
        StringComparison.Ordinal);
}
