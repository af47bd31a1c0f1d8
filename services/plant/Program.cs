using Plant.Faults;
using Plant.Gateway;
using Plant.Operations;
using ServiceDefaults;
using ServiceDefaults.Access;

const int httpPort = 5104;
if (args is ["health"]) return await AskHealth.Run(httpPort);
var builder = Hosting.CreateBuilder(args);
builder.AddServiceDefaults("plant", httpPort);
builder.AddAccess();
builder.AddPlant();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseAccess();
app.MapFaults();
app.MapOperation();
app.MapTimeLapse();
app.MapStatus();
return await app.RunOrCommand(args);
