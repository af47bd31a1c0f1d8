using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Marten;
using Marten.Services.Json.Transformations;

namespace ServiceDefaults;

/// <summary>
/// Brings events as earlier versions wrote them into their present shape when they are read; the log never changes. All readers of events
/// use it: Marten and those that read the table. A new member that old events lack needs a default and nothing here. A member that got
/// another name, unit or structure needs an entry in <see cref="OfHistory"/>, and an event of that shape in the log of the past that tests
/// read. Bytes of <c>readings_recorded</c> are a protobuf message and keep their field numbers: a new encoding is a new field.
/// </summary>
/// <param name="changes">By type of the event, what changes its old JSON into the present one; leaves the present one as it is.</param>
public sealed class Upcasters(IReadOnlyDictionary<Type, Action<JsonObject>> changes)
{
    /// <summary>
    /// What the versions up to now need: nothing. Since the first one, events have only got members that may be missing
    /// (<see cref="AlarmRaised.SignalId"/>, <see cref="AssetRegistered.Labels"/>, …).
    /// </summary>
    public static Upcasters OfHistory { get; } = new(new Dictionary<Type, Action<JsonObject>>());

    /// <summary>An event from its JSON in the log.</summary>
    public object Read(Type type, string json)
    {
        if (!changes.TryGetValue(type, out var change)) return JsonSerializer.Deserialize(json, type, JsonSerializerOptions.Web)!;
        var e = JsonNode.Parse(json)!.AsObject();
        change(e);
        return e.Deserialize(type, JsonSerializerOptions.Web)!;
    }

    /// <summary>Has Marten use them.</summary>
    public void Register(StoreOptions options)
    {
        foreach (var type in changes.Keys) options.Events.Upcast(new Upcaster(this, type));
    }

    sealed class Upcaster(Upcasters all, Type type) : IEventUpcaster
    {
        public string EventTypeName => EventLog.EventNames[type];

        public Type EventType => type;

        public object FromDbDataReader(ISerializer serializer, DbDataReader dbDataReader, int index) =>
            all.Read(type, dbDataReader.GetString(index));

        public ValueTask<object> FromDbDataReaderAsync(
            ISerializer serializer, DbDataReader dbDataReader, int index, CancellationToken ct) =>
            ValueTask.FromResult(FromDbDataReader(serializer, dbDataReader, index));
    }
}
