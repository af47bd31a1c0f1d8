using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http.Metadata;
using ServiceDefaults;

namespace Query.Api;

/// <summary>
/// What is not understood is refused, never ignored, on every operation: query parameters that it does not have or that are given twice,
/// and text with U+0000, which no table and no event can keep.
/// </summary>
static class RefuseUnknown
{
    const string Allowed = "text without U+0000";

    static readonly ConcurrentDictionary<Endpoint, Dictionary<string, bool>> Known = new();

    /// <summary>Checks a request before its operation sees it.</summary>
    /// <exception cref="InvalidInputException">Names the parameter and what is allowed.</exception>
    public static Task Check(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not { } endpoint || !context.Request.Path.StartsWithSegments("/api/v1")) return next(context);
        foreach (var (name, value) in context.Request.RouteValues)
            if (value is string text) CheckText(name, text);
        if (context.Request.Query.Count == 0) return next(context);
        var known = Known.GetOrAdd(endpoint, ParametersOf);
        foreach (var (name, values) in context.Request.Query)
        {
            if (!known.TryGetValue(name, out var isList))
                throw new InvalidInputException(StorableText.Of(name), values, known.Count == 0 ? "no parameters" : $"the parameters {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}");
            if (values.Count > 1 && !isList) throw new InvalidInputException(name, values, "one value");
            CheckText(name, values.ToString());
        }
        return next(context);
    }

    /// <exception cref="InvalidInputException">The text holds U+0000.</exception>
    public static void CheckText(string name, string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) throw new InvalidInputException(name, StorableText.Of(text), Allowed);
    }

    // By name, whether it may be given several times.
    static Dictionary<string, bool> ParametersOf(Endpoint endpoint)
    {
        var inPath = (endpoint as RouteEndpoint)?.RoutePattern.Parameters.Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase) ?? [];
        return endpoint.Metadata.OfType<IParameterBindingMetadata>().Where(p => IsSimple(p.ParameterInfo.ParameterType) && !inPath.Contains(p.Name))
            .ToDictionary(p => p.Name, p => p.ParameterInfo.ParameterType.IsArray, StringComparer.OrdinalIgnoreCase);
    }

    // Services, bodies and the like are parameters of the handler, too.
    static bool IsSimple(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsPrimitive || plain.IsEnum || plain == typeof(string) || plain == typeof(Guid) || plain == typeof(DateTimeOffset) || (plain.IsArray && IsSimple(plain.GetElementType()!));
    }

    /// <summary>The same for gRPC: no U+0000 in any text of a request, no value of an enumeration that the schema does not have.</summary>
    public sealed class Rpc : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            CheckMessage(request);
            return continuation(request, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            CheckMessage(request);
            return continuation(request, responses, context);
        }

        static void CheckMessage(object request)
        {
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
                        CheckValue(field, entry.Key, path + field.Name);
                        CheckValue(field, entry.Value, path + field.Name);
                    }
                else if (field.IsRepeated)
                    foreach (var item in (System.Collections.IEnumerable)value) CheckValue(field, item, path + field.Name);
                else CheckValue(field, value, path + field.Name);
            }
        }

        static void CheckValue(FieldDescriptor field, object? value, string path)
        {
            switch (value)
            {
                case string text:
                    CheckText(path, text);
                    break;
                case IMessage inner:
                    Check(inner, $"{path}.");
                    break;
                case Enum or int when field.FieldType == FieldType.Enum && field.EnumType.FindValueByNumber(Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)) is null:
                    throw new InvalidInputException(path, Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture), string.Join(", ", field.EnumType.Values.Select(v => v.Name)));
            }
        }
    }
}
