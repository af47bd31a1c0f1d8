using Identity;
using Identity.Accounts;
using Identity.SignIn;
using Identity.Tokens;
using ServiceDefaults;

const int httpPort = 5106;
if (args is ["health"]) return await AskHealth.Run(httpPort);
if (args is ["make-accounts", var directory, var dashboard]) return MakeAccounts.Run(directory, dashboard);
if (args is ["add-account", var accounts, var name, var roles, .. { Length: <= 1 } tenant])
    return ChangeAccounts.Add(accounts, name, roles, tenant.FirstOrDefault());
if (args is ["change-account", var changed, var changedName, var otherRoles, .. { Length: <= 1 } otherTenant])
    return ChangeAccounts.Move(changed, changedName, otherRoles, otherTenant.FirstOrDefault());
if (args is ["list-account", var listed]) return ChangeAccounts.List(listed);
if (args is ["remove-account", var removed, var removedName]) return ChangeAccounts.Remove(removed, removedName);
var builder = Hosting.CreateBuilder(args);
builder.AddServiceDefaults("identity", httpPort);
var settings = builder.AddIdentitySettings();
builder.Services.AddSingleton(new AccountFile(settings.Directory));
builder.AddTokens(settings);
builder.AddSignIn(settings);

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseSignIn();
app.MapSignIn();
return await app.RunOrCommand(args);
