using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Contracts.Query.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using Microsoft.Playwright;
using ServiceDefaults.Access;
using TwinModel.Telemetry;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>
/// What belongs to a tenant is not there for anybody else, whatever is asked, over REST and gRPC; and within a tenant policies say on which
/// assets somebody may do what his roles allow.
/// </summary>
[Collection<OnOneGuardedSystem>]
public partial class PolicyTests(GuardedSystem system) : SystemTest<GuardedSystem>(system)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Names of parameters and of what they are the id of.
    Dictionary<string, string> ids = [];

    string secret = "", hall = "", filledAt = "";

    [Fact]
    public async Task Another_tenant_s_assets_and_all_that_belongs_to_them_are_not_there()
    {
        await using var simulation = Pollux.Service("simulation", "Simulation");
        await simulation.Start();
        await Make("north", "north-admin", "admin,engineer,auditor");
        await Make("south", "south-admin", "admin,engineer");
        await FillNorth("north-admin");

        var operations = await Operations();
        // A minute of readings is too little for an estimate; no policy has the asset's id.
        foreach (var (name, path) in operations.Where(o => o.Method == "get" && o.Name is not ("getEstimate" or "getPolicy"))
            .Select(o => (o.Name, o.Path)))
        {
            // So that what the others do not get is there.
            var own = await Ask("north-admin", "GET", path);
            Assert.True(own.Status is HttpStatusCode.OK or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest or HttpStatusCode.Conflict,
                $"{name} as its own: {own}");
        }
        foreach (var other in new[] { "south-admin", "engineer" })
        {
            List<string> wrong = [];
            foreach (var (name, method, path, _) in operations)
            {
                var (status, body) = await Ask(other, method.ToUpperInvariant(), path, BodyOf(name));
                var isAboutOne = path.Contains('{', StringComparison.Ordinal) && !path.Contains("{position}", StringComparison.Ordinal);
                // What is refused names what was asked for.
                if ((int)status >= 500
                    || ((int)status < 400 && (isAboutOne || ids.Values.Any(id => body.Contains(id, StringComparison.Ordinal)))))
                    wrong.Add($"{name} as {other}: {status} {body[..Math.Min(body.Length, 300)]}");
            }
            Assert.Empty(wrong);
            Assert.Empty(await OverGrpc(other));
        }
        // Nor can anybody else's machine follow its model.
        var (followed, whyNot) = await Ask("south-admin", "PUT", $"/api/v1/assets/{New("south")}", $$"""{"model":"{{secret}}"}""");
        Assert.True(followed == HttpStatusCode.BadRequest, whyNot);
        Assert.Equal(1, (int)(await Json("north-admin", $"/api/v1/models/{secret}"))["model"]!["version"]!);
        // Whose name it is shows up nowhere, and what was asked changed nothing.
        var (taken, why) = await Ask("south-admin", "PUT", $"/api/v1/assets/{secret}", """{"model":"extrusion-line"}""");
        Assert.Equal(HttpStatusCode.Conflict, taken);
        Assert.Contains("is not free", why, StringComparison.Ordinal);
        Assert.Equal("Secret line", (string)(await Json("north-admin", $"/api/v1/assets/{secret}"))["name"]!);
        Assert.NotEmpty((await Json("north-admin", $"/api/v1/log/events?stream=asset/{secret}"))["items"]!.AsArray());
        Assert.NotEmpty(await OverGrpc("north-admin"));

        // What an auditor asks is in the log before it is answered, and for nobody of another tenant.
        var asked = (await Json("north-admin", "/api/v1/log/events?stream=questions/*&limit=1000"))["items"]!.AsArray()
            .First(e => (string)e!["data"]!["operation"]! == "listEvents")!;
        Assert.Equal(("north-admin", "127.0.0.1"), ((string)asked["actor"]!, (string)asked["headers"]!["address"]!));
        Assert.Empty((await Json("south-admin", "/api/v1/log/events?stream=questions/*"))["items"]!.AsArray());

        // Nor on any page; the page of who may see it says what would have been found there.
        var (northern, foreign) = (await Pollux.Ask("/"), await Pollux.Ask("/"));
        await Pollux.SignIn(northern, "north-admin");
        await Pollux.SignIn(foreign, "south-admin");
        Assert.Contains("Secret line", await TextOf(northern, $"/machines/{secret}"), StringComparison.Ordinal);
        Assert.Contains("secret question", await TextOf(northern, $"/what-if?asset={secret}"), StringComparison.Ordinal);
        foreach (var address in LookTests.Pages.Select(row => LookTests.WithIds(row.Data.Item2, IdOnPages)))
            Assert.DoesNotMatch("(?i)secret (line|hall|question|reason)", await TextOf(foreign, address));
    }

    string IdOnPages(string name) => name switch
    {
        "Asset" or "Pump" => secret,
        "Then" => filledAt,
        "Id" => ids["decision"],
        _ => ids["scenario"],
    };

    [Theory, InlineData("viewer"), InlineData("operator"), InlineData("engineer"), InlineData("auditor"), InlineData("admin")]
    public async Task Pages_are_for_the_roles_of_the_table(string role)
    {
        var page = await Pollux.Ask("/");
        await Pollux.SignIn(page, role);
        foreach (var (address, operation) in new[]
        {
            ("/audit", "listEvents"), ("/audit/rejected", "listRejected"), ("/audit/replicas", "listReplicas"),
            ("/policies", "listPolicies"),
        })
        {
            var isFor = AccessTable.Names(AccessTable.Of(operation));
            Assert.Equal(
                (address, isFor.Contains(role)),
                (address, !(await TextOf(page, address)).Contains($"is for {string.Join(", ", isFor)}", StringComparison.Ordinal)));
            await Expect(page.GetByRole(AriaRole.Navigation).Locator($"a[href='{address}']"))
                .ToHaveCountAsync(isFor.Contains(role) ? 1 : 0);
        }
    }

    // What a page shows once it has its answers, or the reason why it has none.
    static async Task<string> TextOf(IPage page, string address)
    {
        await page.GotoAsync(address);
        await Expect(page.Locator("main h1, main h2").First).ToBeVisibleAsync();
        await Expect(page.Locator("main .loading")).ToHaveCountAsync(0);
        return await page.Locator("main").InnerTextAsync();
    }

    [Fact]
    public async Task Policies_say_on_which_assets_and_explain_it()
    {
        await Make("west", "west-admin", "admin,engineer");
        await Make("west", "west-crew", "operator,engineer");
        var (line, other, hall) = (New("line"), New("other"), New("hall"));
        foreach (var (id, model) in new[] { (line, "extrusion-line"), (other, "pump-loop"), (hall, "hall") })
            await Ok("west-admin", "PUT", $"/api/v1/assets/{id}", new { model, labels = new { plant = id == other ? "old" : "new" } });
        await Ok("west-admin", "PUT", $"/api/v1/assets/{line}/relationships/part-of/{hall}", new { });
        Assert.Equal(3, (await Json("west-crew", "/api/v1/assets"))["items"]!.AsArray().Count);

        var (locked, why) = await Ask("west-admin", "DELETE", "/api/v1/policies/everyone");
        Assert.Equal(HttpStatusCode.Conflict, locked);
        Assert.Contains("lock the last admin out", why, StringComparison.Ordinal);
        await Set("admins", "role:admin", "write", "all");
        await Ok("west-admin", "DELETE", "/api/v1/policies/everyone");
        Assert.Equal(HttpStatusCode.NotFound, (await Ask("west-crew", "GET", $"/api/v1/twins/{line}")).Status);
        Assert.Empty((await Json("west-crew", "/api/v1/assets"))["items"]!.AsArray());
        // To it, the asset is not there; an admin may know more.
        Assert.Contains($"There is no asset {line}", await Why("west-crew", "getTwin", line), StringComparison.Ordinal);
        Assert.Contains(
            "No policy covers", await Why("west-admin", "getTwin", line, "&name=west-crew&role=operator&role=engineer"),
            StringComparison.Ordinal);

        // A place and all that is in it, to look at.
        await Set("crew", "user:west-crew", "read", $"below:{hall}");
        Assert.Equal(HttpStatusCode.OK, (await Ask("west-crew", "GET", $"/api/v1/twins/{line}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Ask("west-crew", "GET", $"/api/v1/twins/{other}")).Status);
        var (denied, reason) = await Ask("west-crew", "POST", $"/api/v1/assets/{line}/components/gearbox-bearing:replaced", "{}");
        Assert.Equal(HttpStatusCode.Forbidden, denied);
        Assert.Contains($"let west-crew read {line}, and no more", reason, StringComparison.Ordinal);
        Assert.Contains("needs write", await Why("west-crew", "reportReplacement", line), StringComparison.Ordinal);
        using var file = new StringContent("time,melt-pressure\n2026-03-01T06:00:00Z,80\n", Encoding.UTF8, "text/csv");
        Assert.Equal(HttpStatusCode.Forbidden, await Import("west-crew", line, file));

        // A label, to change; and no registration of what no policy would cover.
        await Set("old-plant", "role:operator", "write", "label:plant=old");
        await Ok("west-crew", "PUT", $"/api/v1/assets/{other}", new { model = "pump-loop", name = "Old pump" });
        var (given, _) = await Ask("west-crew", "PUT", $"/api/v1/assets/{other}", """{"model":"pump-loop","labels":{"plant":"new"}}""");
        Assert.Equal(HttpStatusCode.Forbidden, given);
        Assert.Equal("old", (string)(await Json("west-crew", $"/api/v1/assets/{other}"))["labels"]!["plant"]!);
        Assert.Equal(
            HttpStatusCode.Forbidden, (await Ask("west-crew", "PUT", $"/api/v1/assets/{New("mine")}", """{"model":"pump-loop"}""")).Status);
        await Ok("west-crew", "PUT", $"/api/v1/assets/{New("mine")}", new { model = "pump-loop", labels = new { plant = "old" } });
        // What it may not know of is not free either, and stays as it is.
        await Ok("west-admin", "DELETE", "/api/v1/policies/crew");
        Assert.Equal(
            HttpStatusCode.Conflict, (await Ask("west-crew", "PUT", $"/api/v1/assets/{line}", """{"model":"extrusion-line"}""")).Status);

        // The events say who changed what.
        var events = (await Json("west-admin", "/api/v1/log/events?stream=policies&limit=1000"))["items"]!.AsArray();
        Assert.Equal(
            ["policy_set admins", "policy_removed everyone", "policy_set crew", "policy_set old-plant", "policy_removed crew"],
            events.Select(e => $"{e!["type"]} {e["data"]!["policyId"]}"));
        Assert.All(events, e => Assert.Equal("west-admin", (string)e!["actor"]!));

        Task Set(string id, string subject, string may, string assets) =>
            Ok("west-admin", "PUT", $"/api/v1/policies/{id}", new { subjects = new[] { subject }, may, assets = new[] { assets } });
    }

    [Fact]
    public async Task A_tenant_that_has_used_its_quota_is_told_so_and_its_readings_are_kept_as_rejected()
    {
        await using var simulation = Pollux.Service("simulation", "Simulation");
        await simulation.Start();
        await Make("small", "small-engineer", "engineer");
        var line = New("small");
        await Ok("small-engineer", "PUT", $"/api/v1/assets/{line}", new { model = "extrusion-line" });
        Assert.Equal(HttpStatusCode.OK, await Import("small-engineer", line, Rows(6)));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Import("small-engineer", line, Rows(1)));
        await using (var device = await Device.Connect(Pollux.Servers.Mqtt))
            await DashboardSystem.Publish(device, line, ("melt-pressure", 80, TimeProvider.System.GetUtcNow()));
        var rejected = await Eventually.Get(
            "the message is rejected", () => Json("small-engineer", $"/api/v1/rejected?asset={line}"),
            page => page["items"]!.AsArray().Count > 0);
        var reason = rejected["items"]![0]!["reasons"]![0]!;
        Assert.Equal("over-quota", (string)reason["code"]!);
        Assert.Contains("Quotas:Tenants:small:ReadingsPerDay, now 5", (string)reason["detail"]!, StringComparison.Ordinal);
        var metrics = (await Pollux.Ingest.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel)).Split('\n')
            .Where(l => l.Contains("tenant=\"small\"", StringComparison.Ordinal)).ToList();
        Assert.Contains(metrics, l => Regex.IsMatch(l, "^pollux_ingest_readings_stored_total{.*} 6( |$)"));
        Assert.Contains(metrics, l => Regex.IsMatch(l, "^pollux_tenant_quota_used{.*quota=\"ReadingsPerDay\".*} 1.2( |$)"));

        await Ok("small-engineer", "POST", "/api/v1/scenarios", new { asset = line });
        var (status, body) = await Ask("small-engineer", "POST", "/api/v1/scenarios", $$"""{"asset":"{{line}}"}""");
        Assert.Equal(
            (HttpStatusCode.TooManyRequests, "urn:pollux:problem:quota-exceeded"), (status, (string)JsonNode.Parse(body)!["type"]!));

        static StringContent Rows(int count) => new(
            "time,melt-pressure\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"2026-03-01T06:00:0{i}Z,8{i}\n")), Encoding.UTF8,
            "text/csv");
    }

    [Theory]
    [InlineData("""{"subjects":[],"may":"read","assets":["all"]}""", "subjects")]
    [InlineData("""{"subjects":["role:boss"],"may":"read","assets":["all"]}""", "subjects[0]")]
    [InlineData("""{"subjects":["everyone","anna"],"may":"read","assets":["all"]}""", "subjects[1]")]
    [InlineData("""{"subjects":["everyone"],"may":"own","assets":["all"]}""", "may")]
    [InlineData("""{"subjects":["everyone"],"may":"read","assets":["asset:no-such-one"]}""", "assets[0]")]
    [InlineData("""{"subjects":["everyone"],"may":"read","assets":["label:plant"]}""", "assets[0]")]
    [InlineData("""{"subjects":["everyone"],"may":"read","assets":["all"],"deny":true}""", "deny")]
    public async Task What_no_policy_can_say_is_refused_by_name(string body, string field)
    {
        var (status, why) = await Ask("admin", "PUT", "/api/v1/policies/x", body);
        Assert.Equal((HttpStatusCode.BadRequest, field), (status, (string)JsonNode.Parse(why)!["field"]!));
    }

    [Fact]
    public async Task The_page_shows_policies_refuses_to_lock_the_admin_out_and_explains()
    {
        var page = await Pollux.Ask("/policies");
        await Pollux.SignIn(page, "admin");
        var row = page.Locator("[data-policy='everyone']");
        await Expect(row).ToContainTextAsync("holds until somebody changes it");
        await row.GetByTestId("remove").ClickAsync();
        await Expect(page.GetByTestId("refused")).ToContainTextAsync("lock the last admin out");
        await page.GetByTestId("id").FillAsync("visitors");
        await page.GetByTestId("subjects").FillAsync("role:viewer, user:anna");
        await page.GetByTestId("assets").FillAsync("label:plant=north");
        await page.GetByTestId("send").ClickAsync();
        await Expect(page.Locator("[data-policy='visitors']")).ToContainTextAsync("role:viewer, user:anna");
        await page.GetByTestId("asked-name").FillAsync("anna");
        await page.GetByTestId("asked-roles").FillAsync("viewer");
        await page.GetByTestId("operation").FillAsync("acknowledgeAlarm");
        await page.GetByTestId("ask").ClickAsync();
        await Expect(page.GetByTestId("because"))
            .ToHaveTextAsync(new Regex("No acknowledgeAlarm is for the roles operator, engineer, admin."));
        await page.ScreenshotAsync(new() { Path = Path.Combine(DashboardSystem.Screenshots, "policies.png"), FullPage = true });
        await page.Locator("[data-policy='visitors']").GetByTestId("remove").ClickAsync();
        await Expect(page.Locator("[data-policy='visitors']")).ToHaveCountAsync(0);
    }

    // Something of every kind: an alarm, a rejection, a correction, a scenario, a decision, a calibration, a relationship.
    async Task FillNorth(string who)
    {
        (secret, hall) = (New("secret"), New("secret-hall"));
        ids = new() { ["id"] = secret, ["hall"] = hall };
        await Ok(who, "PUT", $"/api/v1/assets/{secret}", new { model = "extrusion-line", name = "Secret line" });
        var (model, answer) = await Ask(who, "PUT", $"/api/v1/models/{secret}", Model(1));
        Assert.True(model == HttpStatusCode.Created, answer);
        await Ok(who, "PUT", $"/api/v1/assets/{hall}", new { model = "hall", name = "Secret hall" });
        await Ok(who, "PUT", $"/api/v1/assets/{secret}/relationships/part-of/{hall}", new { });
        var at = TimeProvider.System.GetUtcNow().AddSeconds(-20);
        await using (var device = await Device.Connect(Pollux.Servers.Mqtt))
        {
            for (var i = 0; i < 15; i++)
                await DashboardSystem.Publish(device, secret, ("melt-pressure", 240 + (i / 10.0), at.AddSeconds(i)));
            await DashboardSystem.Publish(device, secret, ("melt-pressure", 1e9, at.AddSeconds(16)));
        }
        ids["alarm"] = await First("alarms");
        ids["rejected"] = await First("rejected");
        filledAt = Uri.EscapeDataString($"{TimeProvider.System.GetUtcNow():O}");
        var retracted = await Ok(who, "POST", $"/api/v1/twins/{secret}/corrections:retract", new
        {
            sensor = "melt-pressure",
            from = at.AddSeconds(-1),
            to = at.AddSeconds(1),
            reason = "secret reason",
        });
        ids["correctionId"] = (string)retracted["correctionId"]!;
        ids["scenario"] = (string)(await Ok(who, "POST", "/api/v1/scenarios", new { asset = secret, name = "secret question" }))["id"]!;
        await Eventually.Get(
            "the scenario is saved", () => Json(who, $"/api/v1/scenarios/{ids["scenario"]}"),
            s => (string)s["state"]! is "completed" or "failed");
        ids["decision"] = (string)(await Ok(who, "POST", "/api/v1/decisions", new
        {
            asset = secret,
            component = "gearbox-bearing",
            options = new[] { new { kind = "now" } },
            remainingLife = new { shape = 2.2, scaleDays = 45 },
        }))["id"]!;
        ids["calibration"] = (string)(await Ok(who, "POST", "/api/v1/calibrations", new
        {
            asset = secret,
            from = at.AddHours(-2),
            to = at.AddSeconds(15),
        }))["id"]!;

        async Task<string> First(string kind) => (string)(await Eventually.Get(
            $"there is one of {kind}", () => Json(who, $"/api/v1/{kind}?asset={secret}"),
            page => page["items"]!.AsArray().Count > 0))!["items"]![0]!["id"]!;
    }

    string BodyOf(string operation) => operation switch
    {
        "correctReadings" => """{"sensor":"melt-pressure","reason":"x","readings":[{"sampledAt":"2026-03-01T06:00:00Z","value":80}]}""",
        "retractReadings" => """{"sensor":"melt-pressure","reason":"x","from":"2026-03-01T06:00:00Z","to":"2026-03-01T07:00:00Z"}""",
        "withdrawCorrection" => """{"reason":"x"}""",
        "registerAsset" => """{"model":"extrusion-line"}""",
        "reviseModel" => Model(2),
        _ => "{}",
    };

    // A model may have the id of an asset.
    string Model(int version) => $$"""
        schema: pollux/asset-model/1
        id: {{secret}}
        name: Secret line
        version: {{version}}
        components: [{ id: vessel, kind: vessel, name: Vessel }]
        sensors: [{ id: level, number: 1, component: vessel, quantity: length, unit: mm, physical: [0, 9], plausible: [0, 9], interval: 1s }]
        connections: [{ topic: "pollux/{asset}/senml", payload: senml }]
        """;

    // Operations with the ids of what north has in their paths.
    async Task<List<(string Name, string Method, string Path, JsonNode Operation)>> Operations()
    {
        var document = JsonNode.Parse((await Ask("engineer", "GET", "/openapi/v1.json")).Body)!;
        return [.. document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()
            .Where(o => o.Value is JsonObject operation && operation.ContainsKey("operationId") && o.Key != "head")
            .Select(o => ((string)o.Value!["operationId"]!, o.Key, p.Key, o.Value!)))];
    }

    string Filled(string path)
    {
        var kind = path.Split('/').ElementAtOrDefault(3)?.Split(':')[0];
        var id = kind switch
        {
            "alarms" => ids.GetValueOrDefault("alarm", ""),
            "scenarios" => ids.GetValueOrDefault("scenario", ""),
            "calibrations" => ids.GetValueOrDefault("calibration", ""),
            "decisions" => ids.GetValueOrDefault("decision", ""),
            "rejected" => ids.GetValueOrDefault("rejected", ""),
            _ => secret,
        };
        var filled = Placeholder().Replace(path, name => name.Groups[1].Value switch
        {
            "id" => id,
            "a" or "b" => ids.GetValueOrDefault("scenario", ""),
            "correctionId" => ids["correctionId"],
            "component" => "gearbox-bearing",
            "type" => "part-of",
            "target" => hall,
            "position" => "1",
            var other => other,
        });
        return filled.EndsWith("/history", StringComparison.Ordinal) ? $"{filled}?sensor=melt-pressure"
            : filled.EndsWith("/lineage", StringComparison.Ordinal) ? $"{filled}?alarm={ids["alarm"]}"
            : filled.EndsWith("/twins/watch", StringComparison.Ordinal) ? $"{filled}?assets={secret}"
            : filled.EndsWith("policies:explain", StringComparison.Ordinal) ? $"{filled}?operation=getTwin"
            : filled.EndsWith("/log/events", StringComparison.Ordinal) ? $"{filled}?limit=1000"
            : filled.EndsWith("twins:diff", StringComparison.Ordinal) ? $"{filled}?from=2026-01-01T00:00:00Z"
            : filled.EndsWith("/diff", StringComparison.Ordinal) ? $"{filled}?from={filledAt}"
            : filled;
    }

    // Calls every method with north's ids in whatever fields may hold one. What comes back although it is north's.
    async Task<List<string>> OverGrpc(string who)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var calls = channel.CreateCallInvoker();
        Metadata headers = [new("authorization", $"{await Pollux.Bearer(who)}")];
        List<string> leaks = [];
        var bytes = Marshallers.Create<byte[]>(b => b, b => b);
        foreach (var method in Files().SelectMany(f => f.Services).SelectMany(s => s.Methods))
        {
            // Commands are tried over REST, with bodies that would be carried out.
            if (!Read().IsMatch(method.Name)) continue;
            using var call = calls.AsyncServerStreamingCall(
                new Method<byte[], byte[]>(MethodType.ServerStreaming, method.Service.FullName, method.Name, bytes, bytes), null,
                new CallOptions(headers, cancellationToken: Cancel), Request(method.InputType).ToByteArray());
            try
            {
                while (await call.ResponseStream.MoveNext(Cancel))
                {
                    var text = Encoding.UTF8.GetString(call.ResponseStream.Current);
                    if (ids.Values.Any(id => text.Contains(id, StringComparison.Ordinal))) leaks.Add(method.FullName);
                }
            }
            catch (RpcException e) when (e.StatusCode is not (StatusCode.Internal or StatusCode.Unknown))
            {
                // Refused, which is as it should be, or asked for too little.
            }
        }
        return leaks;
    }

    IMessage Request(MessageDescriptor type)
    {
        var request = (IMessage)Activator.CreateInstance(type.ClrType)!;
        foreach (var field in type.Fields.InDeclarationOrder().Where(f => f.FieldType == FieldType.String))
        {
            var value = field.Name switch
            {
                "asset_id" or "assets" or "asset_ids" or "assetId" => secret,
                "alarm_id" => ids.GetValueOrDefault("alarm", ""),
                "scenario_id" or "a" or "b" => ids.GetValueOrDefault("scenario", ""),
                "decision_id" => ids.GetValueOrDefault("decision", ""),
                "calibration_id" => ids.GetValueOrDefault("calibration", ""),
                "rejection_id" => ids.GetValueOrDefault("rejected", ""),
                "correction_id" => ids["correctionId"],
                "sensor_ids" => "melt-pressure",
                _ => null,
            };
            if (value is null || field.ContainingOneof is not null) continue;
            if (field.IsRepeated) ((System.Collections.IList)field.Accessor.GetValue(request)).Add(value);
            else field.Accessor.SetValue(request, value);
        }
        return request;
    }

    static IEnumerable<FileDescriptor> Files() => typeof(TwinReflection).Assembly.GetTypes()
        .Where(t => t.Name.EndsWith("Reflection", StringComparison.Ordinal) && t.Namespace == typeof(TwinReflection).Namespace)
        .Select(t => t.GetProperty("Descriptor")?.GetValue(null)).OfType<FileDescriptor>();

    static string New(string name) => $"{name}-{Guid.NewGuid():N}"[..(name.Length + 9)];

    async Task Make(string tenant, string name, string roles)
    {
        string[] command =
            [ServiceProcess.Assembly("Identity"), "add-account", Path.GetDirectoryName(Pollux.AccountFile)!, name, roles, tenant];
        using var make = Process.Start("dotnet", command);
        await make.WaitForExitAsync(Cancel);
        Assert.Equal(0, make.ExitCode);
    }

    async Task<(HttpStatusCode Status, string Body)> Ask(string who, string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new(method), ids.Count > 0 ? Filled(path) : path);
        request.Headers.Authorization = await Token(who);
        if (method is "PUT" or "POST") request.Content = new StringContent(
            body ?? "{}", Encoding.UTF8,
            body?.StartsWith("schema:", StringComparison.Ordinal) == true ? "application/yaml" : "application/json");
        using var answer = await Pollux.Query.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        // Streams never end: that they begin is enough.
        var isStream = answer.Content.Headers.ContentType?.MediaType == "text/event-stream";
        return (answer.StatusCode, isStream ? "" : await answer.Content.ReadAsStringAsync(Cancel));
    }

    readonly Dictionary<string, (AuthenticationHeaderValue Value, long Since)> tokens = [];

    // They are good for 17 s.
    async Task<AuthenticationHeaderValue> Token(string who)
    {
        if (tokens.TryGetValue(who, out var known) && Stopwatch.GetElapsedTime(known.Since) < TimeSpan.FromSeconds(10)) return known.Value;
        var value = await Pollux.Bearer(who);
        tokens[who] = (value, Stopwatch.GetTimestamp());
        return value;
    }

    async Task<JsonNode> Ok(string who, string method, string path, object? body = null)
    {
        var (status, text) = await Ask(who, method, path, System.Text.Json.JsonSerializer.Serialize(body ?? new { }));
        Assert.True((int)status is >= 200 and < 300, $"{method} {path}: {status} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    async Task<JsonNode> Json(string who, string path) => await Ok(who, "GET", path);

    async Task<string> Why(string who, string operation, string asset, string more = "") =>
        (string)(await Json(who, $"/api/v1/policies:explain?operation={operation}&asset={asset}{more}"))["because"]!;

    async Task<HttpStatusCode> Import(string who, string asset, HttpContent file)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/assets/{asset}/telemetry:import") { Content = file };
        request.Headers.Authorization = await Token(who);
        using var answer = await Pollux.Ingest.Http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    [GeneratedRegex("^(Get|List)")]
    private static partial Regex Read();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
