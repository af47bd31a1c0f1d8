using System.ComponentModel;
using System.Net;
using Npgsql;
using Query.Registry;
using ServiceDefaults;

namespace Query.Replicas;

/// <summary>A replica of a service whose replicas share the assets among them.</summary>
sealed record ReplicaAnswer(
    [property: Description("ingest or twin-state.")] string Service,
    [property: Description("Address and port at which the other replicas reach it; the same again after a restart there.")] string Name,
    [property: Description("joining, active, stopping or dead.")] string State,
    [property: Description("When it started.")] DateTimeOffset Since,
    [property: Description("Its last sign of life; an active replica gives one every 2 s.")] DateTimeOffset AliveAt,
    [property: Description("How many of the registered assets it owns; 0 unless it is active.")] int Assets);

/// <summary>Lists the replicas of ingest and twin-state.</summary>
sealed class ListReplicas(NpgsqlDataSource source, KnownAssets assets)
{
    public static void Map(IEndpointRouteBuilder replicas) => replicas
        .MapGet("/", (ListReplicas list, CancellationToken cancel) => list.Run(cancel))
        .WithName("listReplicas").WithSummary("Replicas of ingest and twin-state, and how many assets each owns")
        .WithDescription("Each asset has one owner among the active replicas of a service. Replicas that stopped or were declared dead are "
            + "listed for an hour after their last sign of life.");

    public async Task<List<ReplicaAnswer>> Run(CancellationToken cancel)
    {
        List<Member> members =
        [
            .. await Read("ingest", ReadModels.IngestMember, cancel), .. await Read("twin-state", ReadModels.TwinStateMember, cancel),
        ];
        return ShareAssets.Among(members, [.. assets.Every.Select(a => a.Id)]);
    }

    async Task<List<Member>> Read(string service, string table, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select address, port, generation, status, started_at, alive_at from {table}
            where cluster = $1 and (status < 6 or alive_at > now() - interval '1 hour')
            """);
        command.Parameters.Add(new() { Value = service });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            List<Member> members = [];
            while (await reader.ReadAsync(cancel))
                members.Add(new(service, new(IPAddress.Parse(reader.GetString(0)), reader.GetInt32(1)), reader.GetInt32(2),
                    reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateTimeOffset>(5)));
            return members;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // The service's version has no clusters yet, or has not created its tables.
            return [];
        }
    }
}
