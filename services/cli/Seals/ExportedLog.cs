using System.Runtime.CompilerServices;
using Contracts.Events;
using Parquet;
using Parquet.Schema;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Cli.Seals;

/// <summary>
/// Sealed days in a folder: <c>{day}.parquet</c> with the events, <c>{day}.seals.ndjson</c> with the day's seal in the first line and those
/// of its streams in the others, <c>keys/{id}.pem</c> with the public keys.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="argument">What the command line calls it.</param>
sealed class ExportedLog(string folder, string argument = "--export") : ISealedLog
{
    public const string Keys = "keys";

    const string EventFile = ".parquet", SealFile = ".seals.ndjson";

    static readonly DataField<long> Position = new("position"), Version = new("version"), RecordedAt = new("recorded_at");
    static readonly DataField Id = new DataField<string>("id", false), Stream = new DataField<string>("stream", false),
        Type = new DataField<string>("type", false), Tenant = new DataField<string>("tenant", false),
        Headers = new DataField<string>("headers", true), Data = new DataField<string>("data", false),
        Bytes = new DataField<byte[]>("bytes", true);

    static readonly ParquetSchema Schema = new(Position, Version, RecordedAt, Id, Stream, Type, Tenant, Headers, Data, Bytes);

    public bool IsWhole => false;

    public static string EventsOfDay(string folder, DateOnly day) => Path.Combine(folder, CanonicalBytes.Shown(day) + EventFile);

    public static string SealsOfDay(string folder, DateOnly day) => Path.Combine(folder, CanonicalBytes.Shown(day) + SealFile);

    public async Task<IReadOnlyList<StoredSeal>> Seals(CancellationToken cancel)
    {
        if (!Directory.Exists(folder)) throw new InvalidInputException(argument, folder, "a folder written by export");
        List<StoredSeal> seals = [];
        foreach (var file in Directory.GetFiles(folder, $"*{SealFile}"))
        {
            using var reader = new StreamReader(file);
            var seal = SealJson.Read<LogSealed>(await reader.ReadLineAsync(cancel) ?? "")
                ?? throw new InvalidDataException($"{file} is damaged: its first line is not the seal of a day.");
            if (file != SealsOfDay(folder, seal.Day))
                throw new InvalidDataException($"{file} has the seal of another day, {CanonicalBytes.Shown(seal.Day)}.");
            if (!File.Exists(EventsOfDay(folder, seal.Day)))
                throw new InvalidDataException($"{EventsOfDay(folder, seal.Day)} is missing: the events of a day whose seal is here.");
            seals.Add(new(seal, 1, 0));
        }
        foreach (var file in Directory.GetFiles(folder, $"*{EventFile}"))
        {
            var seal = file[..^EventFile.Length] + SealFile;
            if (!File.Exists(seal)) throw new InvalidDataException($"{seal} is missing: the seals of a day whose events are here.");
        }
        if (seals.Count == 0)
            throw new InvalidInputException(argument, folder, $"a folder written by export, with files *{EventFile} and *{SealFile}");
        return [.. seals.OrderBy(s => s.Seal.Day)];
    }

    public async IAsyncEnumerable<StoredClosed> Closed(DateOnly day, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var reader = new StreamReader(SealsOfDay(folder, day));
        await reader.ReadLineAsync(cancel);
        for (var line = 2; await reader.ReadLineAsync(cancel) is { } json; line++)
            yield return new(SealJson.Read<DayClosed>(json), line, 0);
    }

    public async IAsyncEnumerable<LoggedEvent> Events(LogSealed seal, string? asset, [EnumeratorCancellation] CancellationToken cancel)
    {
        var file = EventsOfDay(folder, seal.Day);
        await using var stream = File.OpenRead(file);
        await using var parquet = await Guard(file, () => ParquetReader.CreateAsync(stream, cancellationToken: cancel));
        for (var i = 0; i < parquet.RowGroupCount; i++)
        {
            foreach (var e in await Guard(file, () => ReadGroup(parquet, i, cancel)))
                if (asset is null || VerifySeals.IsOf(e.Stream, asset)) yield return e;
        }
    }

    public async IAsyncEnumerable<LoggedEvent> EventsOf(
        LogSealed seal, string stream, long firstVersion, long lastVersion, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e in Events(seal, null, cancel))
            if (e.Stream == stream) yield return e;
    }

    // A day without its readings is not exported.
    public Task<DroppedDay?> Dropped(DateOnly day, CancellationToken cancel) => Task.FromResult<DroppedDay?>(null);

    public Task<long> After(long position, CancellationToken cancel) => Task.FromResult(0L);

    static async Task<List<LoggedEvent>> ReadGroup(ParquetReader parquet, int index, CancellationToken cancel)
    {
        using var group = parquet.OpenRowGroupReader(index);
        var count = checked((int)group.RowCount);
        var (positions, versions, times) = (await Numbers(Position), await Numbers(Version), await Numbers(RecordedAt));
        var (ids, streams, types, tenants) = (await Texts(Id), await Texts(Stream), await Texts(Type), await Texts(Tenant));
        var (headers, data) = (await Texts(Headers), await Texts(Data));
        var bytes = new byte[]?[count];
        await group.ReadAsync(Bytes, bytes.AsMemory()!, null, cancel);
        return [.. Enumerable.Range(0, count).Select(r => new LoggedEvent(
            positions[r], versions[r], times[r], Guid.Parse(ids[r]!), streams[r]!, types[r]!, tenants[r]!, headers[r], data[r]!,
            bytes[r]))];

        async Task<long[]> Numbers(DataField field)
        {
            var values = new long[count];
            await group.ReadAsync(field, values.AsMemory(), null, cancel);
            return values;
        }

        async Task<string?[]> Texts(DataField field)
        {
            var values = new string?[count];
            await group.ReadAsync(field, values.AsMemory()!, null, cancel);
            return values;
        }
    }

    // The library answers damaged files with any exception.
    static async Task<T> Guard<T>(string file, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidDataException($"{file} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Writes the events of a day.</summary>
    public static async Task Write(string file, IAsyncEnumerable<LoggedEvent> events, CancellationToken cancel)
    {
        // A row group is held in memory.
        const int MostRows = 50_000, MostBytes = 64_000_000;
        await using var stream = File.Create(file);
        await using var writer = await ParquetWriter.CreateAsync(Schema, stream, cancellationToken: cancel);
        List<LoggedEvent> rows = [];
        long bytes = 0;
        await foreach (var e in events)
        {
            rows.Add(e);
            bytes += e.Data.Length + (e.Bytes?.Length ?? 0) + (e.Headers?.Length ?? 0) + 200;
            if (rows.Count < MostRows && bytes < MostBytes) continue;
            await WriteGroup(writer, rows, cancel);
            rows.Clear();
            bytes = 0;
        }
        if (rows.Count > 0) await WriteGroup(writer, rows, cancel);
    }

    static async Task WriteGroup(ParquetWriter writer, List<LoggedEvent> rows, CancellationToken cancel)
    {
        using var group = writer.CreateRowGroup();
        await Numbers(Position, e => e.Position);
        await Numbers(Version, e => e.Version);
        await Numbers(RecordedAt, e => e.RecordedAt);
        await Texts(Id, e => e.Id.ToString());
        await Texts(Stream, e => e.Stream);
        await Texts(Type, e => e.Type);
        await Texts(Tenant, e => e.Tenant);
        await Texts(Headers, e => e.Headers);
        await Texts(Data, e => e.Data);
        await group.WriteAsync(Bytes, rows.ConvertAll(e => e.Bytes)!);

        Task Numbers(DataField field, Func<LoggedEvent, long> of) =>
            group.WriteAsync<long>(field, rows.Select(of).ToArray(), cancellationToken: cancel);

        Task Texts(DataField field, Func<LoggedEvent, string?> of) =>
            group.WriteAsync(field, rows.ConvertAll(e => of(e))!);
    }
}
