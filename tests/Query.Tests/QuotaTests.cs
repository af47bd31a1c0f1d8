using Microsoft.Extensions.Configuration;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Query.Tests;

public class QuotaTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 2, 18, 0, 0, TimeSpan.Zero);

    static Quotas Of(params (string Name, string Value)[] settings) => Quotas.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());

    [Fact]
    public void A_tenant_s_own_limit_comes_before_that_of_all_and_what_has_no_tenant_has_none()
    {
        var quotas = Of(
            ("Quotas:ReadingsPerDay", "100"), ("Quotas:Tenants:north:ReadingsPerDay", "7"), ("Quotas:Tenants:south:ReadingsPerDay", "0"));
        Assert.Equal(
            (7, 100, null, null),
            (quotas.Of("north", Quota.ReadingsPerDay), quotas.Of("west", Quota.ReadingsPerDay), quotas.Of("south", Quota.ReadingsPerDay),
                quotas.Of(null, Quota.ReadingsPerDay)));
        Assert.Null(quotas.Of("north", Quota.ScenariosPerDay));
    }

    [Fact]
    public void Who_has_used_it_up_is_told_until_when_and_what_could_be_raised()
    {
        var quotas = Of(("Quotas:ReadingsPerDay", "7"), ("Quotas:MegabytesKept", "3"));
        Assert.Null(quotas.Exceeded("north", Quota.ReadingsPerDay, 6, Now));
        var exceeded = quotas.Exceeded("north", Quota.ReadingsPerDay, 7, Now)!;
        Assert.Equal(
            "Tenant 'north' has used what it may use today; it can go on at 2026-03-03 00:00:00Z. "
                + "Who runs the system can raise Quotas:Tenants:north:ReadingsPerDay, now 7.", exceeded.Message);
        Assert.Equal(TimeSpan.FromHours(6), exceeded.RetryAfter);
        Assert.Equal(429, Errors.Meaning(exceeded).Http);
        Assert.Contains("can archive days", quotas.Exceeded("north", Quota.MegabytesKept, 3.1, Now)!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Quotas:ReadingsADay", "7")]
    [InlineData("Quotas:1", "7")]
    [InlineData("Quotas:ReadingsPerDay", "many")]
    [InlineData("Quotas:Tenants:north:ReadingsPerDay", "-1")]
    [InlineData("Quotas:Tenants:north:Readings", "1")]
    public void A_setting_that_says_nothing_is_refused_at_start(string name, string value) =>
        Assert.Contains(name, Assert.Throws<InvalidSettingException>(() => Of((name, value))).Message, StringComparison.Ordinal);
}
