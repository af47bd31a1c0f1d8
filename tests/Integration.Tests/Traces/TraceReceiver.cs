using System.Collections.Concurrent;
using System.Net;

namespace Integration.Tests.Traces;

/// <summary>A span as a service exported it.</summary>
sealed record ReceivedSpan(
    string Service, string Name, string TraceId, string SpanId, string ParentId, IReadOnlyList<string> LinkedTraceIds);

/// <summary>Receives spans over OTLP (HTTP, protobuf), like a collector.</summary>
sealed class TraceReceiver : IDisposable
{
    readonly HttpListener listener = new();
    readonly ConcurrentQueue<ReceivedSpan> spans = new();

    public TraceReceiver(int port)
    {
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        _ = Receive();
    }

    public IReadOnlyList<ReceivedSpan> Of(string traceId) => [.. spans.Where(s => s.TraceId == traceId)];

    public IReadOnlyCollection<ReceivedSpan> All => spans;

    async Task Receive()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception) when (!listener.IsListening)
            {
                return;
            }
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            if (context.Request.Url!.AbsolutePath == "/v1/traces") Take(ExportTraceServiceRequest.Parser.ParseFrom(body.ToArray()));
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    void Take(ExportTraceServiceRequest request)
    {
        foreach (var resource in request.ResourceSpans)
        {
            var service = resource.Resource.Attributes.FirstOrDefault(a => a.Key == "service.name")?.Value.StringValue ?? "";
            foreach (var span in resource.ScopeSpans.SelectMany(s => s.Spans))
                spans.Enqueue(new(
                    service, span.Name, Hex(span.TraceId), Hex(span.SpanId), Hex(span.ParentSpanId),
                    [.. span.Links.Select(l => Hex(l.TraceId))]));
        }
    }

    static string Hex(Google.Protobuf.ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

    public void Dispose() => listener.Close();
}
