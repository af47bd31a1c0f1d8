using Query.Api;
using Query.Events;
using ServiceDefaults;

namespace Query.Lineages;

/// <summary>What the lineage is asked of: one value or estimate of an asset, or one alarm, scenario, decision or calibration.</summary>
/// <param name="Kind">value, estimate, alarm, scenario, decision or calibration.</param>
/// <param name="Id">The asset, or the id of the alarm, scenario, decision or calibration.</param>
/// <param name="Of">The sensor or signal; empty for the others.</param>
/// <param name="At">Sample time of the value; null: the newest.</param>
/// <param name="ValidAt">As the asset was at this time; null: now, or at the time of <paramref name="KnownAt"/>.</param>
/// <param name="KnownAt">As far as the log held it; null: all of it.</param>
sealed record LineageQuestion(string Kind, string Id, string Of, DateTimeOffset? At, DateTimeOffset? ValidAt, KnownAt? KnownAt)
{
    const int Longest = 300;
    const string Allowed = "one of asset (with sensor or signal), alarm, scenario, decision and calibration";

    /// <summary>Checks what was given; null or empty: not given.</summary>
    /// <exception cref="InvalidInputException">Nothing, or more than one thing, or a time for what has its own.</exception>
    public static LineageQuestion Parse(
        string? asset, string? sensor, string? signal, DateTimeOffset? at, DateTimeOffset? validAt, KnownAt? knownAt, string? alarm,
        string? scenario, string? decision, string? calibration)
    {
        var given = new[]
        {
            ("asset", asset), (nameof(alarm), alarm), (nameof(scenario), scenario), (nameof(decision), decision),
            (nameof(calibration), calibration),
        }.Where(g => !string.IsNullOrEmpty(g.Item2)).ToList();
        if (given.Count == 0) throw new InvalidInputException("asset", null, Allowed);
        if (given.Count > 1) throw new InvalidInputException(given[1].Item1, given[1].Item2, Allowed);
        var (kind, id) = (given[0].Item1, Input.Text(given[0].Item1, given[0].Item2, Longest)!);
        if (kind != "asset")
        {
            foreach (var (name, value) in new (string, object?)[]
            {
                (nameof(sensor), Input.Text(nameof(sensor), sensor, Longest)),
                (nameof(signal), Input.Text(nameof(signal), signal, Longest)), (nameof(at), at),
                (nameof(validAt), validAt), (Input.KnownAt, knownAt),
            })
                if (value is not null) throw new InvalidInputException(name, value, $"only with asset; {kind} has its own");
            return new(kind, id, "", null, null, null);
        }
        var (of, estimated) = (Input.Text(nameof(sensor), sensor, Longest), Input.Text(nameof(signal), signal, Longest));
        if ((of is null) == (estimated is null))
            throw new InvalidInputException(nameof(sensor), of, "the id of a sensor, or signal instead with that of an estimated signal");
        if (estimated is not null && at is not null)
            throw new InvalidInputException(nameof(at), at, "only with sensor; validAt says which estimate");
        if (at > validAt) throw new InvalidInputException(nameof(at), at, "a time up to validAt");
        return new(of is null ? "estimate" : "value", id, of ?? estimated!, at, validAt, knownAt);
    }
}
