using Contracts.Events;
using TwinModel.Access;

namespace TwinModel.Tests.Access;

/// <summary>Who may do what on which assets: grants only, each tenant its own, and never without an admin.</summary>
public class PolicyTests
{
    static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly Subject Anna = new("anna", ["operator"]), Bob = new("bob", ["viewer", "engineer"]), Admin = new("eve", ["admin"]);
    static readonly GuardedAsset Press = new("press-1", null, new Dictionary<string, string> { ["plant"] = "north" });
    static readonly GuardedAsset Pump = new("pump-1", null, new Dictionary<string, string>());

    [Fact]
    public void Until_somebody_changes_it_everybody_may_do_what_his_roles_allow()
    {
        Assert.Equal(Right.Write, Of(PolicyBook.Empty, Anna, Press));
        Assert.Equal(Right.Write, PolicyBook.Empty.RightOnAll(Bob));
        Assert.Equal([Policy.Everyone], PolicyBook.Empty.Of("north").Keys);
    }

    [Theory]
    [InlineData("everyone", "all", true, true)]
    [InlineData("role:operator", "all", true, true)]
    [InlineData("role:viewer", "all", false, false)]
    [InlineData("user:anna", "asset:press-1", true, false)]
    [InlineData("user:ann", "asset:press-1", false, false)]
    [InlineData("user:Anna", "asset:press-1", false, false)]
    [InlineData("user:anna", "asset:press-", false, false)]
    [InlineData("user:anna", "label:plant=north", true, false)]
    [InlineData("user:anna", "label:plant=nort", false, false)]
    [InlineData("user:anna", "label:press-1=north", false, false)]
    [InlineData("user:anna", "below:hall-2", false, true)]
    [InlineData("user:anna", "below:hall-3", false, false)]
    [InlineData("user:anna", "below:press-1", true, false)]
    public void A_policy_gives_what_it_says_to_whom_it_says(string subject, string assets, bool onPress, bool onPump)
    {
        var book = Guarded().Apply(Set("crew", [subject], "read", [assets]), 9);
        Assert.Equal(onPress ? Right.Read : Right.None, Of(book, Anna, Press));
        Assert.Equal(onPump ? Right.Read : Right.None, Of(book, Anna, Pump));
        Assert.Equal(Right.Write, Of(book, Admin, Press));
    }

    [Fact]
    public void The_most_that_any_policy_gives_counts_and_removing_it_takes_it_away()
    {
        var book = Guarded().Apply(Set("look", ["everyone"], "read", ["all"]), 9)
            .Apply(Set("crew", ["user:anna"], "write", ["asset:press-1"]), 10);
        Assert.Equal((Right.Write, Right.Read), (Of(book, Anna, Press), Of(book, Anna, Pump)));
        Assert.Equal(Right.Read, Of(book, Bob, Press));
        book = book.Apply(new PolicyRemoved("crew", null, "eve", null, Noon), 11);
        Assert.Equal(Right.Read, Of(book, Anna, Press));
        book = book.Apply(new PolicyRemoved("look", null, "eve", null, Noon), 12);
        Assert.Equal(Right.None, Of(book, Anna, Press));
    }

    [Fact]
    public void Tenants_have_policies_of_their_own_and_no_policy_reaches_another_s_assets()
    {
        var book = PolicyBook.Empty.Apply(Set("all", ["everyone"], "write", ["all"], "north"), 1);
        var (north, south) = (Anna with { Tenant = "north" }, Anna with { Tenant = "south" });
        var theirs = Press with { Tenant = "north" };
        Assert.Equal((Right.Write, Right.None, Right.None), (Of(book, north, theirs), Of(book, south, theirs), Of(book, Anna, theirs)));
        Assert.Equal(Right.None, Of(book, north, Press));
        Assert.False(book.Of("south").ContainsKey("all"));
        // Taking everything from one tenant changes nothing for another.
        book = book.Apply(new PolicyRemoved("all", "north", "eve", null, Noon), 2)
            .Apply(new PolicyRemoved(Policy.Everyone, "north", "eve", null, Noon), 3);
        Assert.Equal((Right.None, Right.Write), (Of(book, north, theirs), Of(book, south, Press with { Tenant = "south" })));
    }

    [Fact]
    public void The_last_admin_is_not_locked_out()
    {
        PolicyRemoved everyone = new(Policy.Everyone, null, "eve", null, Noon);
        var refused = DecidePolicy.Remove(PolicyBook.Empty, everyone)!;
        Assert.Empty(refused.Events);
        Assert.Contains(
            "lock the last admin out: one policy must let role:admin (or everyone) write all", refused.Refusal, StringComparison.Ordinal);
        Assert.NotNull(DecidePolicy.Set(PolicyBook.Empty, Set(Policy.Everyone, ["everyone"], "read", ["all"])).Refusal);
        Assert.NotNull(DecidePolicy.Set(PolicyBook.Empty, Set(Policy.Everyone, ["role:admin"], "write", ["label:plant=north"])).Refusal);

        var book = PolicyBook.Empty.Apply(Set("admins", ["role:admin"], "write", ["all"]), 1);
        Assert.Same(everyone, Assert.Single(DecidePolicy.Remove(book, everyone)!.Events));
        book = book.Apply(everyone, 2);
        Assert.NotNull(DecidePolicy.Remove(book, new("admins", null, "eve", null, Noon))!.Refusal);
        Assert.Null(DecidePolicy.Remove(book, new("never", null, "eve", null, Noon)));
    }

    [Fact]
    public void Setting_what_is_set_changes_nothing_and_there_are_not_more_than_fit()
    {
        var book = Guarded();
        Assert.Empty(DecidePolicy.Set(book, Set("admins", ["role:admin"], "write", ["all"])).Events);
        Assert.Single(DecidePolicy.Set(book, Set("admins", ["role:admin", "user:eve"], "write", ["all"])).Events);
        for (var i = book.Of(null).Count; i < DecidePolicy.Most; i++) book = book.Apply(Set($"p-{i}", ["everyone"], "read", ["all"]), i);
        Assert.Contains(
            "200 policies", DecidePolicy.Set(book, Set("one-more", ["everyone"], "read", ["all"])).Refusal, StringComparison.Ordinal);
        Assert.Null(DecidePolicy.Set(book, Set("p-5", ["everyone"], "write", ["all"])).Refusal);
    }

    // Only admins reach everything.
    static PolicyBook Guarded() => PolicyBook.Empty.Apply(Set("admins", ["role:admin"], "write", ["all"]), 1)
        .Apply(new PolicyRemoved(Policy.Everyone, null, "eve", null, Noon), 2);

    static PolicySet Set(string id, string[] subjects, string may, string[] assets, string? tenant = null) =>
        new(id, tenant, subjects, may, assets, "eve", null, Noon);

    static Right Of(PolicyBook book, Subject subject, GuardedAsset asset) =>
        book.RightOf(subject, asset, (id, other) => id == other || (id, other) == ("pump-1", "hall-2"));
}
