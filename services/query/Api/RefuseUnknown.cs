using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using System.Web;
using Contracts.Query.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Http.Metadata;
using ServiceDefaults;

namespace Query.Api;

/// <summary>
/// Every operation refuses what it does not understand instead of ignoring it: query parameters that are unknown, duplicate or of the wrong
/// type, and text with U+0000, which neither tables nor events can store.
/// </summary>
static class RefuseUnknown
{
    public const string Allowed = "Unicode text without U+0000";

    // An empty search matches everything and an empty cursor means the first page; any other empty value would silently become the default.
    static readonly HashSet<string> MayBeEmpty = new(StringComparer.OrdinalIgnoreCase) { "search", "cursor" };

    static readonly ConcurrentDictionary<Endpoint, Parameters> Known = new();

    /// <summary>Checks a request before its operation sees it.</summary>
    /// <exception cref="InvalidInputException">Names the parameter and what is allowed.</exception>
    public static Task Check(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not { } endpoint || !context.Request.Path.StartsWithSegments("/api/v1")) return next(context);
        var known = Known.GetOrAdd(endpoint, ParametersOf);
        foreach (var (name, value) in context.Request.RouteValues)
        {
            if (value is not string text) continue;
            CheckText(name, text);
            if (known.InPath.TryGetValue(name, out var type) && Wanted(type, text) is { } wanted)
                throw new InvalidInputException(name, text, wanted);
        }
        CheckEncoding(context.Request.QueryString);
        if (context.Request.Query.Count > 0) CheckQuery(context.Request.Query, known.InQuery);
        return CheckBody.Run(context, next);
    }

    /// <summary>Refuses invalid UTF-8, which the framework would replace, so that nothing would be found.</summary>
    /// <exception cref="InvalidInputException">Names the parameter.</exception>
    public static void CheckEncoding(QueryString query)
    {
        foreach (var parameter in query.HasValue ? query.Value[1..].Split('&') : [])
        {
            if (!parameter.Contains('%', StringComparison.Ordinal) || Utf8.IsValid(HttpUtility.UrlDecodeToBytes(parameter))) continue;
            var parts = parameter.Split('=', 2);
            throw new InvalidInputException(parts[0], parts.ElementAtOrDefault(1) ?? "", "percent-encoded UTF-8");
        }
    }

    static void CheckQuery(IQueryCollection query, Dictionary<string, Type> known)
    {
        foreach (var (name, values) in query)
        {
            if (!known.TryGetValue(name, out var type))
            {
                throw new InvalidInputException(
                    StorableText.Of(name), StorableText.Of(values.ToString()),
                    known.Count == 0 ? "no parameters" : $"the parameters {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}");
            }
            if (values.Count > 1 && !type.IsArray)
                throw new InvalidInputException(name, StorableText.Of(values.ToString()), $"one value; it was given {values.Count} times");
            CheckText(name, values.ToString());
            if (values is [var value] && Wanted(type, value ?? "") is { } wanted)
                throw new InvalidInputException(name, value ?? "", wanted);
            if (values.Any(string.IsNullOrEmpty) && !MayBeEmpty.Contains(name))
                throw new InvalidInputException(name, "", "a value, or leave the parameter out");
        }
    }

    // The framework also refuses values of the wrong type, but names neither the field nor what is allowed.
    static string? Wanted(Type type, string value) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 => int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
            ? null
            : value.TrimStart('-').Length > 0 && value.TrimStart('-').All(char.IsAsciiDigit)
                ? FormattableString.Invariant($"a whole number from {int.MinValue} to {int.MaxValue}")
                : "a whole number",
        TypeCode.Int64 => long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? null : "a whole number",
        TypeCode.Double =>
            double.TryParse(value, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _)
                ? null
                : "a number",
        TypeCode.Boolean => bool.TryParse(value, out _) ? null : "true, false",
        _ => null,
    };

    /// <exception cref="InvalidInputException">The text contains U+0000.</exception>
    public static void CheckText(string name, string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) throw new InvalidInputException(name, StorableText.Of(text), Allowed);
    }

    // By name; only arrays may be repeated.
    static Parameters ParametersOf(Endpoint endpoint)
    {
        var names = (endpoint as RouteEndpoint)?.RoutePattern.Parameters.Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase)
            ?? [];
        var types = endpoint.Metadata.OfType<IParameterBindingMetadata>().Where(p => IsSimple(p.ParameterInfo.ParameterType))
            .ToLookup(p => names.Contains(p.Name), p => (p.Name, p.ParameterInfo.ParameterType));
        return new(ByName(types[true]), ByName(types[false]));

        static Dictionary<string, Type> ByName(IEnumerable<(string Name, Type Type)> all) =>
            all.ToDictionary(p => p.Name, p => p.Type, StringComparer.OrdinalIgnoreCase);
    }

    sealed record Parameters(Dictionary<string, Type> InPath, Dictionary<string, Type> InQuery);

    // Leaves out services and bodies, which are also parameters of the handler.
    static bool IsSimple(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsPrimitive || plain.IsEnum || plain == typeof(string) || plain == typeof(Guid) || plain == typeof(DateTimeOffset)
            || (plain.IsArray && IsSimple(plain.GetElementType()!));
    }

    /// <summary>The same check for gRPC: refuses bytes that are no message, and U+0000 in any text of a request.</summary>
    public sealed class Rpc : Interceptor
    {
        static readonly object WasRead = new();
        static readonly string Unknown = ((int)StatusCode.Unknown).ToString(CultureInfo.InvariantCulture);
        static readonly string Internal = ((int)StatusCode.Internal).ToString(CultureInfo.InvariantCulture);

        /// <summary>
        /// The framework parses a request before the first interceptor, and answers UNKNOWN without a reason when it cannot, or
        /// INTERNAL when the message is cut off, compressed in another way than said, or has the wrong content type.
        /// </summary>
        public static async Task RefuseGarbled(HttpContext context, RequestDelegate next)
        {
            await next(context);
            if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not { } grpc
                || context.Response.HasStarted || context.Items.ContainsKey(WasRead)
                || (context.Response.Headers.GrpcStatus != Unknown && context.Response.Headers.GrpcStatus != Internal)) return;
            var expected = grpc.Method.GetType().GenericTypeArguments[0].Name;
            RefuseGrpc.Answer(
                context,
                new InvalidInputException("request", "bytes that cannot be read", $"one whole {expected} message with text in UTF-8"));
        }

        /// <summary>
        /// Initialises all descriptors one after the other. If two first requests initialise descriptors with a common import at the same
        /// time, both write to one dictionary without a lock, and every later request fails (protocolbuffers/protobuf issue 29696).
        /// </summary>
        public static void LoadDescriptors()
        {
            Assembly[] ours = [typeof(AssetReflection).Assembly, typeof(HealthCheckRequest).Assembly,
                typeof(ServerReflectionRequest).Assembly];
            foreach (var type in ours.SelectMany(assembly => assembly.GetExportedTypes())
                .Concat([typeof(ErrorDetailsReflection), typeof(StatusReflection)]))
                if (type is { IsAbstract: true, IsSealed: true }
                    && type.GetProperty(nameof(IMessage.Descriptor), typeof(FileDescriptor)) is not null)
                    RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            CheckMessage(request, context);
            return continuation(request, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            CheckMessage(request, context);
            return continuation(request, responses, context);
        }

        static void CheckMessage(object request, ServerCallContext context)
        {
            context.GetHttpContext().Items[WasRead] = true;
            if (request is IMessage message) Check(message, "");
        }

        static void Check(IMessage message, string path)
        {
            foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
            {
                if (field.HasPresence && !field.Accessor.HasValue(message)) continue;
                var value = field.Accessor.GetValue(message);
                if (field.IsMap)
                    foreach (System.Collections.DictionaryEntry entry in (System.Collections.IDictionary)value)
                    {
                        CheckValue(entry.Key, path + field.Name);
                        CheckValue(entry.Value, path + field.Name);
                    }
                else if (field.IsRepeated)
                    foreach (var item in (System.Collections.IEnumerable)value) CheckValue(item, path + field.Name);
                else CheckValue(value, path + field.Name);
            }
        }

        static void CheckValue(object? value, string path)
        {
            switch (value)
            {
                case string text:
                    CheckText(path, text);
                    break;
                case IMessage inner:
                    Check(inner, $"{path}.");
                    break;
            }
        }
    }
}
