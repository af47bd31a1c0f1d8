using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Fuzz.Decoders;
using Fuzz.Mutations;

namespace Fuzz.Requests;

/// <summary>Requests for every operation of an OpenAPI document, with extreme and invalid values, malformed bodies and headers.</summary>
sealed class GenerateRequests
{
    static readonly string[] Texts =
    [
        "", "x", "\0", "a\0b", "-1", "0", "1", "999999999999999999999", "1e400", "NaN", "2026-03-01T06:00:00Z", "0001-01-01",
        "9999-12-31T23:59:59Z", "2026-02-30", "extrusion-line", "pump-loop", "melt-temperature", "gearbox-bearing", "é", "\ud83d\ude00",
        "'; drop table x; --", "%", "../..", "null", "true", "{}", new('a', 500), "a/b", "\\", "*", "<feeds", "part-of", "\u202e", "\uffff",
        "0x7fffffff", "9223372036854775807", "-9223372036854775808", "Infinity", "PT1H", "1h", "11111111-2222-3333-4444-555555555555",
    ];

    // As written in a path: encoded slashes, U+0000, what is no escape, no UTF-8, overlong.
    static readonly string[] Escapes = ["%2F", "%2f..%2f", "%00", "%", "%zz", "%C3%28", "%C0%AF", "%ED%A0%80", "%25%30", "//", ";a=b",
        "%0d%0aX: y"];

    static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "get", "NONE"];

    static readonly string[] ContentTypes =
    [
        "application/json", "application/json; charset=utf-16", "application/json;charset=\"", "text/plain", "application/xml", "/", "",
        ";",
        "multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/grpc", "text/csv",
        "text/csv; charset=windows-1252", "text/csv; charset=klingon", "application/x-ndjson", "application/vnd.apache.parquet",
        "application/merge-patch+json",
    ];

    static readonly (string Name, string[] Values)[] Headers =
    [
        ("Accept", ["", "*/*", "text/html", "text/event-stream", "application/vnd.apache.parquet", "text/csv;q=0", "a/b;q=x", ",,,",
            "application/json;v=\""]),
        ("Accept-Encoding", ["gzip", "br;q=1.0, *;q=0", "x", "gzip;q=-1"]),
        ("Content-Encoding", ["gzip", "br", "deflate", "x", "gzip, gzip", "identity"]),
        ("X-Pollux-Actor", ["", "x", "é", "a\u202eb", new('x', 300), "engineer"]),
        ("X-Pollux-Reason", ["", "cable loose", "é", new('r', 5000)]),
        ("Authorization", ["Bearer", "Bearer x", "Bearer a.b.c", "Basic eDp5", "x"]),
        ("Last-Event-ID", ["", "0", "-1", "x", "99999999999999999999"]),
        ("If-Match", ["*", "\"1\"", "W/\"x\"", "x"]),
        ("If-None-Match", ["*", "\"1\"", "x"]),
        ("Range", ["bytes=0-1", "bytes=-", "x"]),
        ("Origin", ["null", "http://localhost", "x"]),
        ("traceparent", ["00-00000000000000000000000000000000-0000000000000000-00", "x", new('0', 500)]),
        ("X-Forwarded-For", ["1.2.3.4", "x, y"]),
        ("Cookie", ["a=b", "=;=;", new('c', 4000)]),
    ];

    /// <summary>What there is, or what is allowed, by the name of a parameter, member or field.</summary>
    internal static readonly Dictionary<string, string[]> Names = new()
    {
        ["asset"] = ["extrusion-line", "pump-loop"],
        ["assets"] = ["extrusion-line", "extrusion-line,pump-loop"],
        ["target"] = ["extrusion-line", "pump-loop"],
        ["from"] = ["extrusion-line"],
        ["model"] = ["extrusion-line", "pump-loop", "site", "hall"],
        ["sensor"] = ["melt-temperature", "screw-speed"],
        ["signal"] = ["melt-temperature", "melt-temperature-die"],
        ["component"] = ["gearbox-bearing"],
        ["type"] = ["part-of", "feeds", "alarm_raised"],
        ["by"] = ["anna"],
        ["reason"] = ["cable loose"],
        ["comment"] = ["cable loose"],
        ["bucket"] = ["1m", "1h", "7m"],
        ["fill"] = ["null", "previous", "linear"],
        ["format"] = ["json", "csv", "parquet"],
        ["timeZone"] = ["Europe/Berlin"],
        ["severity"] = ["warning", "alarm"],
        ["state"] = ["active", "completed", "running"],
        ["path"] = ["<feeds", "part-of", "feeds/part-of"],
        ["condition"] = ["good", "degrading"],
        ["operation"] = ["getTwin", "setPolicy"],
        ["role"] = ["viewer"],
        ["kind"] = ["machine", "place", "replace-now", "wait"],
        ["fromKnownAt"] = ["10", "100"],
        ["toKnownAt"] = ["200"],
        ["label"] = ["hall:1"],
        ["preview"] = ["true", "false"],
        ["decimal"] = [",", "."],
        ["separator"] = [";"],
        ["time-zone"] = ["Europe/Berlin"],
        ["after"] = ["0", "100"],
    };

    // Of the assets that there are.
    static readonly byte[][] Imports =
    [
        [.. "time,melt-temperature,screw-speed\n2026-11-01T12:00:00Z,201.5,80\n2026-11-01T12:00:01Z,x,81\n"u8],
        [.. "time,sensor,value,unit\n1772366400.5,melt-temperature,470,K\n"u8],
    ];

    readonly JsonNode document;
    readonly bool mayBeRight;
    readonly List<(string Path, string Method, JsonNode Operation)> operations;
    readonly List<FuzzedDecoder> imports = [];

    /// <param name="document">The OpenAPI document.</param>
    /// <param name="mayBeRight">Some may be answered with what they ask for. Where something is missing, they would wait for it.</param>
    public GenerateRequests(JsonNode document, bool mayBeRight = true)
    {
        (this.document, this.mayBeRight) = (document, mayBeRight);
        operations = [.. document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Where(o => o.Value is JsonObject { } operation && operation.ContainsKey("responses"))
            .Select(o => (path.Key, o.Key.ToUpperInvariant(), o.Value!)))];
        if (operations.Exists(o => o.Path.EndsWith("telemetry:import", StringComparison.Ordinal)))
            imports = [new FuzzedCsv(), new FuzzedNdjson(), new FuzzedParquet()];
    }

    public int Operations => operations.Count;

    /// <summary>The request of a number; the same for the same document.</summary>
    public GeneratedRequest Make(ulong seed, long number)
    {
        var dice = new Dice(seed, number);
        // Some are nearly right, or all would be refused before anything is done.
        dice.IsTame = mayBeRight && dice.OneIn(2);
        var (path, method, operation) = dice.Of(operations);
        List<(string, string)> headers = [];
        var target = Target(path, operation, dice, headers, out var isHttp);
        byte[]? body = null;
        if (imports.Count > 0 && method == "POST") body = Import(dice, seed, number, headers);
        else if (operation["requestBody"] is { } expected) body = Body(expected, dice, headers);
        if (dice.IsWild() && dice.OneIn(10)) method = dice.Of(Methods);
        if (dice.IsWild() && dice.OneIn(10)) body = dice.OneIn(2) ? null : dice.Bytes(dice.Small(2000));
        while (dice.OneIn(4))
        {
            var (name, values) = dice.Of(Headers);
            var value = dice.Of(values);
            AddHeader(headers, name, value, ref isHttp);
            isHttp &= name is not ("Content-Encoding" or "Range");
        }
        return new(method, target, headers, body) { IsHttp = isHttp };
    }

    string Target(string path, JsonNode operation, Dice dice, List<(string, string)> headers, out bool isHttp)
    {
        isHttp = true;
        List<string> query = [];
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            var (name, place) = ((string)parameter!["name"]!, (string)parameter["in"]!);
            var value = Uri.EscapeDataString(TextFor(name, parameter["schema"], dice));
            if (place == "path")
            {
                // Half of the assets exist, or every operation on one would end as not found.
                if (name is "id" or "asset" && dice.OneIn(2)) value = dice.Of(["extrusion-line", "pump-loop"]);
                if (dice.IsWild() && dice.OneIn(7)) value = value.Insert(dice.Below(value.Length + 1), dice.Of(Escapes));
                // Kestrel itself refuses U+0000 and what is no escape, without a body.
                if (value.Contains('%')) isHttp &= dice.Of(Texts) is not null && !HasBadEscape(value);
                path = path.Replace($"{{{name}}}", value.Length == 0 ? "x" : value, StringComparison.Ordinal);
            }
            else if (place == "query" && (dice.IsTame && (bool?)parameter["required"] == true ? !dice.IsWild()
                : dice.OneIn(dice.IsTame ? 4 : 2)))
            {
                for (var times = dice.IsWild() && dice.OneIn(5) ? 1 + dice.Below(4) : 1; times > 0; times--) query.Add($"{name}={value}");
            }
            else if (place == "header" && parameter["schema"]?["enum"] is not null)
            {
                AddHeader(headers, name, TextFor(name, parameter["schema"], dice), ref isHttp);
            }
            else if (place == "header" && dice.OneIn(8))
            {
                AddHeader(headers, name, dice.Of(Texts), ref isHttp);
            }
        }
        if (dice.IsWild() && dice.OneIn(4)) query.Add($"no-such-parameter={dice.Below(1000)}");
        if (dice.IsWild() && dice.OneIn(13))
            query.Add(dice.Of(["", "=", "&&", "%", "a=%zz", "a[]=1", "limit=%00", $"x={new string('q', 6000)}"]));
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    // The client sends ASCII only; control characters are refused by the web server, without a body.
    static void AddHeader(List<(string, string)> headers, string name, string value, ref bool isHttp)
    {
        if (!value.All(char.IsAscii)) return;
        headers.Add((name, value));
        isHttp &= !value.Any(char.IsControl);
    }

    static bool HasBadEscape(string value) => Escapes.Any(e => e.Contains('%') && value.Contains(e, StringComparison.OrdinalIgnoreCase));

    // Often what the schema allows, or what there is of that name, so that the others are the only ones to be refused.
    static string TextFor(string name, JsonNode? schema, Dice dice)
    {
        if (dice.IsWild()) return dice.Of(Texts);
        if (schema?["enum"] is JsonArray { Count: > 0 } values) return $"{values[dice.Below(values.Count)]}";
        if (schema?["items"] is { } items) return TextFor(name, items, dice);
        if (schema?["anyOf"] is JsonArray { Count: > 0 } either) return TextFor(name, either[dice.Below(either.Count)], dice);
        return ((string?)schema?["format"] ?? TypeOf(schema)) switch
        {
            "date-time" => DateTimeOffset.UtcNow.AddMinutes(dice.Below(200) - 180).ToString("O"),
            "date" => DateTimeOffset.UtcNow.AddDays(-dice.Below(5)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "int32" or "int64" or "uint64" or "integer" or "double" or "number" => $"{dice.Small(2000) - (dice.IsWild() ? 2 : 0)}",
            "boolean" => dice.OneIn(2) ? "true" : "false",
            _ => dice.IsTame && Names.TryGetValue(name, out var known) ? dice.Of(known) : dice.Of(Texts),
        };
    }

    static string? TypeOf(JsonNode? schema) => schema?["type"] is JsonArray several
        ? (string?)several.FirstOrDefault(t => (string?)t != "null")
        : (string?)schema?["type"];

    byte[]? Import(Dice dice, ulong seed, long number, List<(string, string)> headers)
    {
        var import = dice.Of(imports);
        var type = import.Name switch { "csv" => "text/csv", "ndjson" => "application/x-ndjson", _ => "application/vnd.apache.parquet" };
        headers.Add(("Content-Type", dice.IsWild() && dice.OneIn(3) ? dice.Of(ContentTypes) : type));
        return dice.IsWild() ? import.Payload(seed, number) : dice.Of(dice.OneIn(2) ? import.Examples : Imports);
    }

    byte[] Body(JsonNode expected, Dice dice, List<(string, string)> headers)
    {
        var (type, content) = expected["content"]!.AsObject().ElementAt(dice.Below(expected["content"]!.AsObject().Count));
        headers.Add(("Content-Type", dice.IsWild() && dice.OneIn(5) ? dice.Of(ContentTypes) : type));
        var body = Encoding.UTF8.GetBytes(type.Contains("csv", StringComparison.Ordinal)
            ? "id,model,name\nextrusion-line,extrusion-line,x\nnew-1,pump-loop,y\n"
            : type.Contains("form", StringComparison.Ordinal) ? Form(content!["schema"]!["properties"]!.AsObject(), dice)
            : (content?["schema"] is { } schema ? Value("", schema, dice, 0) : null)?.ToJsonString() ?? "null");
        while (dice.IsWild()) body = dice.Of(dice.OneIn(4) ? MutateBytes.All : MutateText.All)(body, dice, [body]);
        return body;
    }

    static string Form(JsonObject fields, Dice dice) => string.Join('&', fields.Where(_ => !dice.IsWild())
        .Select(f => $"{f.Key}={Uri.EscapeDataString(TextFor(f.Key, f.Value, dice))}"));

    JsonNode? Value(string name, JsonNode schema, Dice dice, int depth)
    {
        if ((string?)schema["$ref"] is { } reference)
            schema = document["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]!;
        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray { Count: > 0 } either)
            return Value(name, either[dice.Below(either.Count)]!, dice, depth);
        if (schema["properties"] is JsonObject properties && depth < 5 && !(dice.IsWild() && dice.OneIn(3)))
        {
            var made = new JsonObject();
            foreach (var (member, property) in properties)
                if (!dice.OneIn(3)) made[member] = Value(member, property!, dice, depth + 1);
            if (dice.IsWild() && dice.OneIn(3)) made["noSuchMember"] = 1;
            return made;
        }
        if (schema["items"] is { } items && depth < 5 && !dice.IsWild())
            return new JsonArray([.. Enumerable.Range(0, dice.IsWild() && dice.OneIn(13) ? dice.Below(500) : dice.Below(3))
                .Select(_ => Value(name, items, dice, depth + 1))]);
        if (!dice.IsWild())
            return TypeOf(schema) switch
            {
                "integer" => dice.Small(2000),
                "number" => dice.OneIn(3) ? dice.Below(1000) / 7.0 : dice.Small(500),
                "boolean" => dice.OneIn(2),
                _ => TextFor(name, schema, dice),
            };
        return dice.Below(8) switch
        {
            0 => dice.Below(1000) - 2,
            1 => 1e308,
            2 => null,
            3 => new JsonArray(),
            4 or 5 => TextFor(name, schema, dice),
            _ => dice.Of(Texts),
        };
    }
}
