using System.ComponentModel;
using TwinModel.Access;

namespace Query.Policies;

/// <summary>Who may do what on which assets.</summary>
/// <param name="Id">Identity among the policies of its tenant.</param>
sealed record PolicyAnswer(
    string Id,
    [property: Description("everyone, role:NAME or user:NAME.")] IReadOnlyList<string> Subjects,
    [property: Description("read; or write: whatever a role may do, which includes reading.")] string May,
    [property: Description("all, asset:ID, below:ID (an asset and everything that is part of it) or label:KEY=VALUE.")]
    IReadOnlyList<string> Assets,
    [property: Description("Who set it; null for the one that holds until somebody changes it.")] string? SetBy,
    [property: Description("When; null for the one that holds until somebody changes it.")] DateTimeOffset? SetAt,
    [property: Description("Why, or null.")] string? Comment)
{
    public static PolicyAnswer Of(Policy p) => new(p.Id, p.Subjects, PolicyBook.NameOf(p.May), p.Assets, p.SetBy, p.SetAt, p.Comment);
}

/// <summary>The policies of the caller's tenant.</summary>
/// <param name="Items">By id.</param>
sealed record PolicyList(IReadOnlyList<PolicyAnswer> Items);
