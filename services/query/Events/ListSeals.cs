using System.ComponentModel;
using Contracts.Events;
using ServiceDefaults.Seals;

namespace Query.Events;

/// <summary>The seal of a day.</summary>
/// <param name="After">The day's events are at log positions above this one.</param>
/// <param name="UpTo">And up to this one.</param>
sealed record DaySeal(
    [property: Description("UTC day.")] DateOnly Day,
    long After,
    long UpTo,
    [property: Description("Number of events.")] long Events,
    [property: Description("Number of streams with events.")] long Streams,
    [property: Description("Merkle root over the seals of the day's streams; hexadecimal digits.")] string Root,
    [property: Description("Hash of the seal before; zeros for the first.")] string Previous,
    [property: Description("When it was sealed, by the clock of ingest.")] DateTimeOffset SealedAt,
    [property: Description("The key that signed.")] string KeyId,
    [property: Description("ECDSA P-256 with SHA-256, DER form, base64.")] byte[] Signature,
    [property: Description("Hash of the seal, which vouches for the whole log up to the end of the day.")] string Hash)
{
    public static DaySeal Of(LogSealed s) => new(
        s.Day, s.After, s.UpTo, s.Events, s.Streams, s.Root, s.Previous, s.SealedAt, s.KeyId, s.Signature, new CanonicalBytes().Hash(s));
}

/// <summary>The seals of days.</summary>
/// <param name="Items">Oldest first.</param>
sealed record DaySeals(IReadOnlyList<DaySeal> Items);

/// <summary>Lists the sealed days.</summary>
sealed class ListSeals(SealedLog log)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/seals", (ListSeals seals, CancellationToken cancel) => seals.Run(cancel))
        .WithName("listSeals").WithSummary("Sealed days, oldest first")
        .WithDescription("As stored; whether they fit the events, ./pollux verify says.");

    public async Task<DaySeals> Run(CancellationToken cancel) => new([.. (await log.Seals(cancel)).Select(s => DaySeal.Of(s.Seal))]);
}
