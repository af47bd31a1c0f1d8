using Contracts.Events;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Graphs;

namespace Query.Graphs;

/// <summary>The graph at a moment, with the assets as they were registered then.</summary>
/// <param name="Find">An asset then; null if it was not known, or its model cannot be read.</param>
/// <param name="Assets">All of them, by id.</param>
/// <param name="Book">All relationships.</param>
/// <param name="Moment">The moment.</param>
/// <param name="Past">The same; null for the present.</param>
/// <param name="Missing">Why an asset is not there.</param>
sealed record GraphThen(
    Func<string, RegisteredAsset?> Find, IEnumerable<RegisteredAsset> Assets, RelationshipBook Book, GraphMoment Moment, PastMoment? Past,
    Func<string, NotFoundException> Missing)
{
    const int MostEdges = 100_000;

    /// <summary>Most relationships that one question looks at, for the reference.</summary>
    public const string Limits = "At most 100 000 relationships are looked at and, in the past, the alarms and conditions of 2 000 assets "
        + "(413).";

    /// <summary>For one question: counts the relationships that it looks at.</summary>
    /// <param name="fieldName">The parameter to blame when they are too many.</param>
    public GraphView View(string fieldName)
    {
        var looked = 0;
        return new(Book, Moment, id => Find(id)?.Model, () =>
        {
            if (++looked > MostEdges) throw new TooLargeException("What this looks at", MostEdges, "relationships", fieldName);
        });
    }

    /// <summary>An asset then.</summary>
    /// <exception cref="NotFoundException">It was not known.</exception>
    public RegisteredAsset Get(string id) => Find(id) ?? throw Missing(id);
}

/// <summary>Finds the graph at a moment.</summary>
sealed class GraphAssets(KnownAssets assets, TwinGraph graph, FindPast past, TimeProvider time)
{
    /// <summary>The graph at the moment that is asked for.</summary>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    public async Task<GraphThen> At(DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel) => await At(
        validAt is null && knownAt is null ? null : await past.Moment(validAt, knownAt, cancel), cancel);

    /// <summary>The graph at the moment of a page of a list.</summary>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    public async Task<GraphThen> At(PageStart start, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel) =>
        await At(await start.MomentOf(past, validAt, knownAt, cancel), cancel);

    /// <summary>The graph at a moment; null: now.</summary>
    public async Task<GraphThen> At(PastMoment? moment, CancellationToken cancel)
    {
        if (moment is not { } then)
        {
            var now = graph.IsLoaded ? graph.Now : await graph.Refresh(cancel);
            return new(assets.Find, assets.All, now.Book, new(now.Book.Now(time.GetUtcNow()), long.MaxValue), null, Unknown);
        }
        // What was appended just now counts, and so does what this process has not heard of yet.
        await assets.Refresh(cancel);
        var (book, _) = await graph.Refresh(cancel);
        var former = await Former(then.KnownAt, cancel);
        GraphMoment at = new(then.ValidAt, then.KnownAt);
        // People may record later since when assets have been related.
        var later = assets.All.Where(a => !then.Includes(a.RegisteredAt) && !book.About(a.Id).Any(e => e.HasBegunAt(at)))
            .Select(a => a.Id).ToHashSet();
        later.ExceptWith(await past.HeardBy(then.ValidAt, later, cancel));
        return new(
            Find, assets.All.Select(a => Find(a.Id)).OfType<RegisteredAsset>(), book, at, then,
            id => assets.Find(id) is { } asset ? NotYet.Asset(asset, then) : Unknown(id));

        RegisteredAsset? Find(string id) => assets.Find(id) is not { } asset || asset.FirstPosition > then.KnownAt ? null
            : later.Contains(id) ? null
            : asset.Position <= then.KnownAt ? asset
            : former.GetValueOrDefault(id);
    }

    static NotFoundException Unknown(string id) => new("asset", id);

    // Assets that were registered again since: as they were.
    async Task<Dictionary<string, RegisteredAsset>> Former(long knownAt, CancellationToken cancel)
    {
        var changed = assets.All.Where(a => a.FirstPosition <= knownAt && knownAt < a.Position).ToDictionary(a => a.Id);
        Dictionary<string, RegisteredAsset> former = [];
        if (changed.Count == 0) return former;
        foreach (var (id, registrations) in await past.Registrations([.. changed.Keys], knownAt, cancel))
            former[id] = Then(changed[id], registrations);
        return former;
    }

    // One model that cannot be read any more does not take the graph away.
    RegisteredAsset Then(RegisteredAsset now, List<AssetRegistered> registrations)
    {
        try
        {
            return past.Then(now, registrations);
        }
        catch (RuleViolationException)
        {
            return past.Then(now, registrations, now.Model);
        }
    }
}
