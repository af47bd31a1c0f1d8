using System.Text.Json.Nodes;

namespace Fuzz.Requests;

/// <summary>What services without an OpenAPI document answer to.</summary>
static class Documents
{
    /// <summary>Commands of the emulated plant.</summary>
    public static JsonNode Plant => JsonNode.Parse("""
        {"paths":{"/faults":{"get":{"responses":{}}},"/status":{"get":{"responses":{}}},
        "/faults/{name}":{"put":{
          "parameters":[{"name":"name","in":"path","schema":{"enum":["die-blockage","heater-failure","sensor-drift"]}}],
          "requestBody":{"content":{"application/json":{"schema":{"properties":{"severity":{"type":"number"},"ramp":{"type":"string"},
          "seconds":{"type":"number"},"rampSeconds":{"type":"number"}}}}}},"responses":{}},
          "delete":{"parameters":[{"name":"name","in":"path","schema":{"type":"string"}}],"responses":{}}},
        "/operation":{"put":{"requestBody":{"content":{"application/json":{"schema":{"properties":{"screwSpeed":{"type":"number"},
          "screwRpm":{"type":"number"},"feedRate":{"type":"number"},"zones":{"items":{"type":"number"}}}}}}},"responses":{}}},
        "/time-lapse":{"put":{"requestBody":{"content":{"application/json":{"schema":{"properties":{"until":{"format":"date-time"}}}}}},
          "responses":{}}}}}
        """)!;

    /// <summary>Endpoints of the issuer. None names the administrator, whose account would be slowed down by wrong passwords.</summary>
    /// <param name="issuer">Its address.</param>
    /// <param name="dashboard">Address of the program that people sign in to.</param>
    public static JsonNode Identity(string issuer, string dashboard)
    {
        string[] ofAuthorize = ["client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "prompt",
            "max_age", "code_challenge", "code_challenge_method", "id_token_hint", "request", "request_uri"];
        string[] ofToken = ["grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier", "refresh_token", "scope"];
        string[] ofSignOut = ["id_token_hint", "post_logout_redirect_uri", "state"];
        return new JsonObject
        {
            ["paths"] = new JsonObject
            {
                ["/.well-known/openid-configuration"] = Operations(("get", [], [])),
                ["/.well-known/jwks"] = Operations(("get", [], [])),
                ["/"] = Operations(("get", [], [])),
                ["/authorize"] = Operations(("get", ofAuthorize, []), ("post", [], ofAuthorize)),
                ["/token"] = Operations(("post", [], ofToken)),
                ["/sign-out"] = Operations(("get", ofSignOut, []), ("post", [], ofSignOut)),
                ["/sign-in"] = Operations(("get", ["to"], []), ("post", ["to"], ["name", "password"])),
            },
        };

        JsonObject Operations(params (string Method, string[] Query, string[] Form)[] methods) => new(methods.Select(m =>
            KeyValuePair.Create(m.Method, (JsonNode?)Operation(m.Query, m.Form))));

        JsonObject Operation(string[] query, string[] form)
        {
            var operation = new JsonObject
            {
                ["parameters"] = new JsonArray([.. query.Select(q => Parameter(q, "query")), Parameter("Origin", "header")]),
                ["responses"] = new JsonObject(),
            };
            if (form.Length > 0)
                operation["requestBody"] = new JsonObject
                {
                    ["content"] = new JsonObject
                    {
                        ["application/x-www-form-urlencoded"] = new JsonObject
                        {
                            ["schema"] = new JsonObject
                            {
                                ["properties"] = new JsonObject(form.Select(f => KeyValuePair.Create(f, (JsonNode?)Schema(f)))),
                            },
                        },
                    },
                };
            return operation;
        }

        JsonObject Parameter(string name, string place) => new() { ["name"] = name, ["in"] = place, ["schema"] = Schema(name) };

        JsonObject Schema(string name) => new()
        {
            ["enum"] = new JsonArray([.. Known(name).Select(v => JsonValue.Create(v))]),
        };

        string[] Known(string name) => name switch
        {
            "client_id" => ["dashboard", "viewer"],
            "redirect_uri" => [$"{dashboard}/signin-oidc", "x:y"],
            "response_type" => ["code", "token", "code id_token", "none"],
            "response_mode" => ["query", "form_post", "fragment"],
            "scope" => ["openid", "openid offline_access", "openid profile roles offline_access x"],
            "prompt" => ["none", "login", "consent select_account"],
            "max_age" => ["0", "60", "-1"],
            "code_challenge" => ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "x"],
            "code_challenge_method" => ["S256", "plain"],
            "grant_type" => ["client_credentials", "authorization_code", "refresh_token", "password", "x"],
            "request_uri" => ["urn:ietf:params:oauth:request_uri:x", "http://127.0.0.1:1/"],
            "to" => ["/authorize?client_id=dashboard", "//x", "/authorize?%"],
            "Origin" => [issuer],
            "name" => ["viewer", "operator"],
            _ => ["x", "eyJhbGciOiJub25lIn0.e30.", "11111111-2222-3333-4444-555555555555"],
        };
    }
}
