using Dashboard;
using Dashboard.Live;
using Dashboard.Shell;
using Dashboard.WhatIf;
using ServiceDefaults;

const int httpPort = 5105;
if (args is ["health"]) return await AskHealth.Run(httpPort);
// Static assets lie beside the assembly, wherever the process is started.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
// Where it was built, those of packages are still in theirs; of a published one this finds nothing to do.
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
