using Plant.Faults;
using Plant.Gateway;
using Plant.Operations;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("plant", httpPort: 5104);
builder.AddPlant();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapFaults();
app.MapOperation();
app.MapStatus();
return await app.RunOrCommand(args);
