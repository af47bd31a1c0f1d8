using Microsoft.AspNetCore.Builder;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Query.Tests;

/// <summary>Nobody is asked who he is only on this machine, or where that is said to be meant.</summary>
public class IssuerSettingTests
{
    static AccessSettings With(string address, string issuer, string open)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["Ports:Address"] = address;
        builder.Configuration["Access:Issuer"] = issuer;
        builder.Configuration["Access:Open"] = open;
        return builder.AddAccessSettings();
    }

    [Theory]
    [InlineData("127.0.0.1", "", "false", false)]
    [InlineData("::1", "", "false", false)]
    [InlineData("0.0.0.0", "", "true", false)]
    [InlineData("0.0.0.0", "https://sign-in.example", "false", true)]
    public void Starts(string address, string issuer, string open, bool isOn) => Assert.Equal(isOn, With(address, issuer, open).IsOn);

    [Theory]
    [InlineData("0.0.0.0", "", "false", "Access:Issuer (environment: Access__Issuer) is missing; allowed: the issuer's address")]
    [InlineData("::", "", "false", "Access:Issuer (environment: Access__Issuer) is missing; allowed: the issuer's address")]
    [InlineData("10.0.0.7", "", "false", "or Access:Open=true to let everybody do everything")]
    [InlineData("0.0.0.0", "https://sign-in.example", "true", "Access:Open (environment: Access__Open) is 'true'; allowed: false")]
    [InlineData("0.0.0.0", "http://sign-in.example", "false", "is 'http://sign-in.example'; allowed: an https address")]
    public void Does_not_start(string address, string issuer, string open, string says) => Assert.Contains(
        says, Assert.Throws<InvalidSettingException>(() => With(address, issuer, open)).Message, StringComparison.Ordinal);
}
