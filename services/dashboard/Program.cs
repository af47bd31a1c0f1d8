using Dashboard;
using Dashboard.Live;
using Dashboard.Shell;
using Dashboard.SignIn;
using Dashboard.WhatIf;
using ServiceDefaults;

const int httpPort = 5105;
if (args is ["health"]) return await AskHealth.Run(httpPort);
var builder = Hosting.CreateBuilder(args);
// In a build output, the static assets of packages are still in the packages; in a published app this does nothing.
builder.WebHost.UseStaticWebAssets();
builder.AddServiceDefaults("dashboard", httpPort);
builder.AddQueryClients();
builder.AddSignIn();
builder.AddShell();
builder.AddWhatIf();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UsePagePolicy();
app.UseOwnCircuits();
app.UseSignIn();
app.UseShell();
app.MapWhatIf();
return await app.RunOrCommand(args);
