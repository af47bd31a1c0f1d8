using Dashboard.Shown;
using Grpc.Core;

namespace Dashboard.Tests;

public class TroubleTests
{
    [Theory]
    [InlineData(StatusCode.PermissionDenied, "forbidden", "Your role does not allow this", "Ask whoever administers Pollux")]
    [InlineData(StatusCode.Unauthenticated, "forbidden", "You are not signed in", "Sign in again")]
    [InlineData(StatusCode.NotFound, "unknown", "There is no machine 'x'", "Look for it in the fleet")]
    [InlineData(StatusCode.Unavailable, "away", "cannot be reached", "will load by itself once the service is back")]
    [InlineData(StatusCode.DeadlineExceeded, "slow", "takes too long", "Try a shorter time range")]
    [InlineData(StatusCode.Internal, "failed", "has failed", "send this text to whoever runs Pollux")]
    public void A_page_without_an_answer_says_what_is_the_matter_and_what_to_do(StatusCode status, string kind, string title, string step)
    {
        var trouble = Of(status);
        Assert.Equal(kind, trouble.Kind);
        Assert.Contains(title, trouble.Title, StringComparison.Ordinal);
        Assert.Contains(step, trouble.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scenario 'x'", "page What if")]
    [InlineData("decision 'x'", "page Replace or wait")]
    [InlineData("model 'x'", "page Models")]
    [InlineData("alarm", "page Alarms")]
    [InlineData("calibration 'x'", "calibrate again")]
    [InlineData("event", "out of date")]
    public void A_dead_link_says_where_to_find_the_like(string what, string step)
    {
        var text = Trouble.Of(new RpcException(new Status(StatusCode.NotFound, "No.")), what).Text;
        Assert.Contains(step, text, StringComparison.Ordinal);
        Assert.DoesNotContain("/assets/", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_status_has_words()
    {
        foreach (var status in Enum.GetValues<StatusCode>())
        {
            var trouble = Of(status);
            Assert.False(string.IsNullOrWhiteSpace(trouble.Title) || string.IsNullOrWhiteSpace(trouble.Text), $"{status}");
        }
    }

    // A request without permission would otherwise be repeated for ever.
    [Theory]
    [InlineData(StatusCode.Unavailable, true)]
    [InlineData(StatusCode.DeadlineExceeded, true)]
    [InlineData(StatusCode.PermissionDenied, false)]
    [InlineData(StatusCode.Unauthenticated, false)]
    [InlineData(StatusCode.NotFound, false)]
    public void Only_what_can_heal_by_itself_is_asked_again(StatusCode status, bool heals) => Assert.Equal(heals, Of(status).HealsItself);

    static Trouble Of(StatusCode status) => Trouble.Of(new RpcException(new Status(status, "No.")), "machine 'x'");
}
