using Dashboard;
using Dashboard.Live;
using Dashboard.Shell;
using Dashboard.WhatIf;
using ServiceDefaults;

const int httpPort = 5105;
if (args is ["health"]) return await AskHealth.Run(httpPort);
// Static assets lie next to the assembly, wherever the process is started.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
// In a build output, the static assets of packages are still in the packages; in a published app this does nothing.
builder.WebHost.UseStaticWebAssets();
builder.AddServiceDefaults("dashboard", httpPort);
builder.AddQueryClients();
builder.AddShell();
builder.AddWhatIf();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseShell();
app.MapWhatIf();
return await app.RunOrCommand(args);
