namespace TwinModel.Access;

/// <summary>Who may do what on which assets.</summary>
/// <param name="Id">Identity among the policies of its tenant.</param>
/// <param name="Tenant">Whose policy it is; null: of those who have no tenant.</param>
/// <param name="Subjects">Whom it is about.</param>
/// <param name="May">What they may do.</param>
/// <param name="Assets">On which assets.</param>
/// <param name="SetBy">Who said so; null for the one that holds until somebody changes it.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="SetAt">When; null for the one that holds until somebody changes it.</param>
/// <param name="Position">Log position of the event; 0 for the one that holds until somebody changes it.</param>
public sealed record Policy(
    string Id,
    string? Tenant,
    IReadOnlyList<string> Subjects,
    Right May,
    IReadOnlyList<string> Assets,
    string? SetBy = null,
    string? Comment = null,
    DateTimeOffset? SetAt = null,
    long Position = 0)
{
    /// <summary>Everybody of the tenant; and the id of the policy that holds until somebody changes it.</summary>
    public const string Everyone = "everyone";

    /// <summary>Every asset of the tenant.</summary>
    public const string All = "all";

    /// <summary>What names of roles begin with.</summary>
    public const string Role = "role:";

    /// <summary>What names of people and programs begin with.</summary>
    public const string User = "user:";

    /// <summary>What ids of assets begin with.</summary>
    public const string Asset = "asset:";

    /// <summary>What ids of assets begin with of which everything is meant that is part of them.</summary>
    public const string Below = "below:";

    /// <summary>What labels begin with.</summary>
    public const string Label = "label:";

    /// <summary>What subjects there are, for messages.</summary>
    public const string AllowedSubjects = "everyone, role:NAME or user:NAME";

    /// <summary>What assets there are, for messages.</summary>
    public const string AllowedAssets = "all, asset:ID, below:ID or label:KEY=VALUE";

    /// <summary>The one that a tenant begins with: everybody may do on all assets whatever his roles allow.</summary>
    public static Policy Initial(string? tenant) => new(Everyone, tenant, [Everyone], Right.Write, [All]);

    /// <summary>Whether it is about somebody.</summary>
    public bool IsAbout(Subject subject) => subject.Tenant == Tenant && Subjects.Any(s => s == Everyone
        || (s.StartsWith(User, StringComparison.Ordinal) && s.AsSpan(User.Length).SequenceEqual(subject.Name))
        || (s.StartsWith(Role, StringComparison.Ordinal) && subject.Roles.Contains(s[Role.Length..])));

    /// <summary>Whether it says something about an asset.</summary>
    /// <param name="asset">The asset.</param>
    /// <param name="isBelow">Whether an asset is another one or part of it, directly or not: (asset, other).</param>
    public bool Covers(GuardedAsset asset, Func<string, string, bool> isBelow)
    {
        if (asset.Tenant != Tenant) return false;
        foreach (var selector in Assets)
        {
            if (selector == All || Names(selector, Asset, asset.Id)) return true;
            if (selector.StartsWith(Below, StringComparison.Ordinal) && isBelow(asset.Id, selector[Below.Length..])) return true;
            if (selector.StartsWith(Label, StringComparison.Ordinal) && selector[Label.Length..].Split('=', 2) is [var key, var value]
                && asset.Labels.TryGetValue(key, out var given) && given == value) return true;
        }
        return false;
    }

    static bool Names(string selector, string kind, string id) =>
        selector.Length == kind.Length + id.Length && selector.StartsWith(kind, StringComparison.Ordinal)
            && selector.EndsWith(id, StringComparison.Ordinal);
}

/// <summary>What policies look at of an asset.</summary>
/// <param name="Id">The asset.</param>
/// <param name="Tenant">Whose it is; null: of those who have no tenant.</param>
/// <param name="Labels">Its labels.</param>
public sealed record GuardedAsset(string Id, string? Tenant, IReadOnlyDictionary<string, string> Labels);
