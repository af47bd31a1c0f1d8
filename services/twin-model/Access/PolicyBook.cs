using System.Collections.Immutable;
using Contracts.Events;

namespace TwinModel.Access;

/// <summary>The policies of all tenants: a fold over the stream <c>policies</c>.</summary>
public sealed class PolicyBook
{
    // No tenant cannot be a key.
    readonly ImmutableDictionary<string, ImmutableSortedDictionary<string, Policy>> tenants;

    PolicyBook(ImmutableDictionary<string, ImmutableSortedDictionary<string, Policy>> tenants) => this.tenants = tenants;

    /// <summary>A book in which nobody has changed anything.</summary>
    public static PolicyBook Empty { get; } = new(ImmutableDictionary<string, ImmutableSortedDictionary<string, Policy>>.Empty);

    /// <summary>The book after one more event; events other than those of policies change nothing.</summary>
    /// <param name="e">The event.</param>
    /// <param name="position">Its log position.</param>
    public PolicyBook Apply(object e, long position) => e switch
    {
        PolicySet s => With(s.Tenant, Of(s.Tenant).SetItem(s.PolicyId, new(
            s.PolicyId, s.Tenant, s.Subjects, RightOf(s.May), s.Assets, s.SetBy, s.Comment, s.SetAt, position))),
        PolicyRemoved r => With(r.Tenant, Of(r.Tenant).Remove(r.PolicyId)),
        _ => this,
    };

    /// <summary>The policies of a tenant, by id.</summary>
    public ImmutableSortedDictionary<string, Policy> Of(string? tenant) =>
        tenants.TryGetValue(tenant ?? "", out var known) ? known : Initial(tenant);

    /// <summary>What somebody may do on an asset.</summary>
    /// <param name="subject">Who asks.</param>
    /// <param name="asset">The asset.</param>
    /// <param name="isBelow">Whether an asset is another one or part of it, directly or not: (asset, other).</param>
    public Right RightOf(Subject subject, GuardedAsset asset, Func<string, string, bool> isBelow)
    {
        if (subject.Tenant != asset.Tenant) return Right.None;
        var right = Right.None;
        foreach (var policy in Of(subject.Tenant).Values)
        {
            if (policy.May <= right || !policy.IsAbout(subject) || !policy.Covers(asset, isBelow)) continue;
            right = policy.May;
        }
        return right;
    }

    /// <summary>What somebody may do on every asset of its tenant, whatever it is.</summary>
    public Right RightOnAll(Subject subject) => Of(subject.Tenant).Values
        .Where(p => p.Assets.Contains(Policy.All) && p.IsAbout(subject)).Select(p => p.May).DefaultIfEmpty().Max();

    /// <summary>The name of a right in policies.</summary>
    /// <exception cref="ArgumentException">There is no such right.</exception>
    public static Right RightOf(string may) => may switch
    {
        "read" => Right.Read,
        "write" => Right.Write,
        _ => throw new ArgumentException($"'{may}' is no right.", nameof(may)),
    };

    /// <summary>The name of a right: <c>none</c>, <c>read</c> or <c>write</c>.</summary>
    public static string NameOf(Right right) => right switch { Right.Read => "read", Right.Write => "write", _ => "none" };

    PolicyBook With(string? tenant, ImmutableSortedDictionary<string, Policy> policies) => new(tenants.SetItem(tenant ?? "", policies));

    static ImmutableSortedDictionary<string, Policy> Initial(string? tenant) =>
        ImmutableSortedDictionary.Create<string, Policy>(StringComparer.Ordinal).Add(Policy.Everyone, Policy.Initial(tenant));
}
