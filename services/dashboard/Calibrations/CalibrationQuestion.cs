using Contracts.Query.V1;
using Dashboard.Shown;
using Google.Protobuf.WellKnownTypes;

namespace Dashboard.Calibrations;

/// <summary>The question as filled in on the form.</summary>
public sealed class CalibrationQuestion
{
    static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    /// <summary>Windows that end now, and their labels.</summary>
    public static IReadOnlyList<(string Text, TimeSpan Span)> Lasts { get; } =
        [("Last 1 h", Usual), ("4 h", TimeSpan.FromHours(4)), ("24 h", TimeSpan.FromHours(24)), ("7 days", TimeSpan.FromDays(7))];

    /// <summary>Length of a window that ends now; null: <see cref="From"/> and <see cref="To"/> count.</summary>
    public TimeSpan? Last { get; private set; } = Usual;

    /// <summary>Start of the window, local time of the browser.</summary>
    public DateTime? From { get; set; }

    /// <summary>End of the window, local time of the browser.</summary>
    public DateTime? To { get; set; }

    /// <summary>Parameters that are not to be learned; all others are.</summary>
    public HashSet<string> LeftOut { get; } = [];

    public string By { get; set; } = "";

    public void Choose(TimeSpan last) => Last = last;

    /// <summary>Lets the user type the window, beginning with the one chosen so far.</summary>
    public void ChooseDates(DateTimeOffset now, TimeZoneInfo zone)
    {
        if (Last is not { } last) return;
        var end = WholeMinute(now);
        (Last, From, To) = (null, Times.Local(end - last, zone), Times.Local(end, zone));
    }

    public void Learn(string parameter, bool isLearned)
    {
        if (isLearned) LeftOut.Remove(parameter);
        else LeftOut.Add(parameter);
    }

    public bool IsEmpty(IEnumerable<string> parameters) => parameters.All(LeftOut.Contains);

    /// <param name="asset">The machine.</param>
    /// <param name="parameters">All that can be learned.</param>
    /// <param name="now">The present time.</param>
    /// <param name="zone">The browser's time zone.</param>
    public CreateCalibrationRequest Request(string asset, IReadOnlyList<string> parameters, DateTimeOffset now, TimeZoneInfo zone)
    {
        var request = new CreateCalibrationRequest { AssetId = asset, By = By.Trim() };
        if (parameters.Any(LeftOut.Contains)) request.Parameters.AddRange(parameters.Where(p => !LeftOut.Contains(p)));
        if (Last is not { } last)
        {
            if (From is { } from) request.From = Stamp(from);
            if (To is { } to) request.To = Stamp(to);
        }
        else if (last != Usual)
        {
            // Ends with a whole minute that is over, so that it is not in the future of a query whose clock is behind.
            var end = WholeMinute(now);
            (request.From, request.To) = (Timestamp.FromDateTimeOffset(end - last), Timestamp.FromDateTimeOffset(end));
        }
        return request;

        Timestamp Stamp(DateTime local) => Timestamp.FromDateTimeOffset(Times.FromLocal(local, zone));
    }

    static DateTimeOffset WholeMinute(DateTimeOffset at) => new(at.Ticks - at.Ticks % TimeSpan.TicksPerMinute, at.Offset);
}
