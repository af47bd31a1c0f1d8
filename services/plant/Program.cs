using Plant.Faults;
using Plant.Gateway;
using Plant.Operations;
using ServiceDefaults;

const int httpPort = 5104;
if (args is ["health"]) return await AskHealth.Run(httpPort);
var builder = Hosting.CreateBuilder(args);
builder.AddServiceDefaults("plant", httpPort);
builder.AddPlant();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapFaults();
app.MapOperation();
app.MapTimeLapse();
app.MapStatus();
return await app.RunOrCommand(args);
