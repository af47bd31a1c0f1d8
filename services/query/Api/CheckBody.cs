using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using ServiceDefaults;

namespace Query.Api;

/// <summary>
/// Checks the bodies of commands before the operation reads them: a JSON object in UTF-8 without duplicate members or text that cannot be
/// stored.
/// </summary>
static class CheckBody
{
    const string Body = "body";
    const string AnObject = "a JSON object with the members in the API reference";
    const string Encoded = "application/json in UTF-8";

    static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    /// <summary>Checks a request; content types other than JSON are left to the framework.</summary>
    /// <exception cref="InvalidInputException">Names the member, or the position in the body.</exception>
    /// <exception cref="UnsupportedMediaException">Another encoding: the check would read different text than the operation.</exception>
    public static async Task Run(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var accepted = context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>();
        var takesBody = accepted is not null;
        if (request.HasJsonContentType())
        {
            if (MediaTypeHeaderValue.Parse(request.ContentType).Charset is { Length: > 0 } charset
                && !HeaderUtilities.RemoveQuotes(charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
                throw new UnsupportedMediaException("Content-Type", request.ContentType, Encoded);
            request.EnableBuffering();
            using var bytes = new MemoryStream();
            await request.Body.CopyToAsync(bytes, context.RequestAborted);
            request.Body.Position = 0;
            Check(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), takesBody);
        }
        else if (takesBody && request.ContentType is null
            && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            throw new InvalidInputException(
                Body, null, accepted!.ContentTypes.Contains("application/json") ? AnObject : string.Join(", ", accepted.ContentTypes));
        }
        await next(context);
    }

    /// <summary>Checks the bytes of a body.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="takesBody">False if the operation has no members.</param>
    /// <exception cref="InvalidInputException">Names the member, or the position in the body.</exception>
    public static void Check(ReadOnlyMemory<byte> body, bool takesBody)
    {
        if (body.Span.StartsWith(ByteOrderMark)) body = body[ByteOrderMark.Length..];
        if (body.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            if (takesBody) throw new InvalidInputException(Body, null, AnObject);
            return;
        }
        if (!Utf8.IsValid(body.Span)) throw new InvalidInputException(Body, "bytes that are not UTF-8", Encoded);
        using var document = Parse(body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new InvalidInputException(Body, root.GetRawText(), takesBody ? AnObject : "no body");
        CheckElement(root, "");
        if (!takesBody && root.EnumerateObject().FirstOrDefault() is { Value.ValueKind: not JsonValueKind.Undefined } member)
            throw new InvalidInputException(member.Name, member.Value.GetRawText(), "no members");
    }

    static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            var place = FormattableString.Invariant($"not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            // Cut off the position, which the library repeats at the end, and its hint at a parser option that callers cannot set.
            var cause = e.Message.Split(" LineNumber:")[0].Split(" which is not supported in this mode")[0].TrimEnd('.');
            throw new InvalidInputException(Body, $"{place}: {cause}", AnObject);
        }
    }

    static void CheckElement(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                RefuseUnknown.CheckText(path, TextOf(element.GetString, path));
                break;
            case JsonValueKind.Object:
                // Member names are matched case-insensitively.
                HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
                foreach (var member in element.EnumerateObject())
                {
                    var name = TextOf(() => member.Name, path);
                    RefuseUnknown.CheckText(path.Length == 0 ? Body : path, name);
                    var inner = path.Length == 0 ? name : $"{path}.{name}";
                    if (!names.Add(name)) throw new InvalidInputException(inner, member.Value.GetRawText(), "each member once");
                    CheckElement(member.Value, inner);
                }
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray()) CheckElement(item, FormattableString.Invariant($"{path}[{index++}]"));
                break;
        }
    }

    static string TextOf(Func<string?> read, string path)
    {
        try
        {
            return read()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is not a character.
            throw new InvalidInputException(path.Length == 0 ? Body : path, "text with an unpaired surrogate", RefuseUnknown.Allowed);
        }
    }
}
