using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Contracts.Messages;
using Integration.Tests.Running;
using MQTTnet;
using MQTTnet.Protocol;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Integration.Tests;

/// <summary>
/// What the accounts at the servers may do, called as nobody, with a wrong password, as another. That each service may do what it needs,
/// all other tests show: their services use these accounts.
/// </summary>
[Collection<OnOneSystem>]
public partial class AccountTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Services => ["ingest", "twin-state", "simulation", "query"];

    [Fact]
    public async Task A_device_publishes_about_its_own_asset_only()
    {
        var (own, other) = (Pollux.NextAsset(), Pollux.NextAsset());
        var printed = await Device(own);
        var address = Account(own, Secret().Match(printed).Groups["password"].Value);
        using var device = new MqttClientFactory().CreateMqttClient();
        Assert.Equal(MqttClientConnectResultCode.Success, (await Connect(device, address)).ResultCode);

        foreach (var topic in new[]
        {
            Samples.SenmlTopic(other), $"spBv1.0/pollux/DDATA/{own}-gateway/{other}", $"spBv1.0/pollux/NDEATH/{other}-gateway",
            $"spBv1.0/pollux/NCMD/{own}-gateway", "spBv1.0/STATE/pollux", $"pollux/{own}/else",
        })
            Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, (await Publish(device, topic)).ReasonCode);
        Assert.NotEqual(
            MqttClientPublishReasonCode.NotAuthorized, (await Publish(device, $"spBv1.0/pollux/DDEATH/{own}-gateway/{own}")).ReasonCode);

        ConcurrentQueue<string> heard = [];
        device.ApplicationMessageReceivedAsync += message =>
        {
            // The host's state is for everybody.
            var topic = message.ApplicationMessage.Topic;
            if (!topic.Contains("STATE", StringComparison.Ordinal)) heard.Enqueue(topic);
            return Task.CompletedTask;
        };
        await device.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce, Cancel);
        // What it may hear arrives after what it may not.
        await using (var owner = await Running.Device.Connect(Pollux.Servers.Mqtt))
        {
            await owner.Publish(Samples.SenmlTopic(other), """[{"n":"melt-temperature","v":201.5}]""");
            await owner.Publish($"spBv1.0/pollux/NCMD/{own}-gateway", "");
        }
        await Eventually.Get("its command arrives", () => Task.FromResult(heard.Count), count => count > 0);
        Assert.Equal([$"spBv1.0/pollux/NCMD/{own}-gateway"], heard);

        Assert.Equal(MqttClientPublishReasonCode.Success, (await Publish(device, Samples.SenmlTopic(own))).ReasonCode);
        await Eventually.Get("its reading is stored", () => Pollux.Log.Readings(own), readings => readings.Count == 1);
        Assert.Single(await Pollux.Log.Readings(other));

        await Device("--remove", own);
        await Eventually.Is("it is cut off", () => Task.FromResult(!device.IsConnected));
        // Another client: the one that was cut off may still be clearing up.
        using var again = new MqttClientFactory().CreateMqttClient();
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, (await Connect(again, address)).ResultCode);
    }

    [Fact]
    public async Task The_broker_refuses_nobody_and_wrong_passwords_and_ingest_publishes_no_telemetry()
    {
        foreach (var address in new[]
        {
            new UriBuilder(Pollux.Servers.Mqtt) { UserName = "", Password = "" }.Uri, Account("pollux", "wrong"),
            Account("nobody", "wrong"),
        })
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            Assert.Equal(MqttClientConnectResultCode.NotAuthorized, (await Connect(client, address)).ResultCode);
        }
        using var ingest = new MqttClientFactory().CreateMqttClient();
        var itsOwn = new Uri(Pollux.Servers.ConnectionsOf("ingest", Pollux.Name)["ConnectionStrings__Mqtt"]);
        Assert.Equal(MqttClientConnectResultCode.Success, (await Connect(ingest, itsOwn)).ResultCode);
        var refused = await Publish(ingest, Samples.SenmlTopic(Pollux.NextAsset()));
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, refused.ReasonCode);
    }

    [Fact]
    public async Task An_account_is_made_for_registered_assets_only()
    {
        var refused = await Assert.ThrowsAsync<Xunit.Sdk.XunitException>(() => Device("no-such-asset"));
        Assert.Contains("'ASSET' is 'no-such-asset'; allowed: the id of a registered asset", refused.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Services))]
    public async Task No_service_touches_a_queue_of_another_or_forges_its_news(string service)
    {
        var address = new Uri(Pollux.Servers.ConnectionsOf(service, Pollux.Name)["ConnectionStrings__RabbitMq"]);
        await using var connection = await new ConnectionFactory { Uri = address }.CreateConnectionAsync(Cancel);
        foreach (var queue in QueueNames.All.Where(q => !q.StartsWith($"{service}.", StringComparison.Ordinal)))
        {
            await Refused(channel => channel.BasicGetAsync(queue, autoAck: false, Cancel));
            await Refused(channel => channel.QueuePurgeAsync(queue, Cancel));
            await Refused(channel => channel.QueueDeleteAsync(queue, cancellationToken: Cancel));
            await Refused(channel => channel.QueueBindAsync(queue, "amq.fanout", "", cancellationToken: Cancel));
        }
        string[] others = service == "twin-state" ? ["ScenarioChanged"] : ["TwinsChanged", "AssetChanged"];
        foreach (var news in others)
            await Refused(channel => channel.BasicPublishAsync($"Contracts.Messages:{news}", "", new byte[1], Cancel).AsTask());

        async Task Refused(Func<IChannel, Task> attempt)
        {
            await using var channel = await connection.CreateChannelAsync(new(true, true), Cancel);
            var e = await Assert.ThrowsAnyAsync<Exception>(() => attempt(channel));
            Assert.Equal((ushort)Constants.AccessRefused, channel.CloseReason!.ReplyCode);
            Assert.IsAssignableFrom<RabbitMQClientException>(e);
        }
    }

    [Fact]
    public async Task RabbitMQ_has_no_guest()
    {
        var address = new UriBuilder(Pollux.Servers.RabbitMq) { UserName = "guest", Password = "guest" }.Uri;
        var refused = await Assert.ThrowsAsync<BrokerUnreachableException>(
            () => new ConnectionFactory { Uri = address }.CreateConnectionAsync(Cancel));
        Assert.IsType<AuthenticationFailureException>(refused.InnerException);
    }

    [Theory, MemberData(nameof(Services))]
    public async Task No_service_changes_or_deletes_an_event_or_the_schema(string service)
    {
        await using var source = NpgsqlDataSource.Create(Pollux.Servers.ConnectionsOf(service, Pollux.Name)["ConnectionStrings__Postgres"]);
        await using (var read = source.CreateCommand("select count(*) from events.mt_events"))
            Assert.NotEqual(0L, await read.ExecuteScalarAsync(Cancel));
        List<string> forbidden =
        [
            "update events.mt_events set data = '{}'", "delete from events.mt_events", "truncate events.mt_events cascade",
            "drop table events.mt_events", "alter table events.mt_events disable trigger all", "delete from events.mt_streams",
            "update events.mt_streams set id = 'x'", "update events.archived_readings set block = null",
            "delete from events.archived_readings", "create table events.mine (a int)", "create schema mine",
            "select setval('events.mt_events_sequence', 1)", "set role pollux",
        ];
        foreach (var (table, owner) in new[]
        {
            ("ingest.birth", "ingest"), ("twin_state.alarm", "twin-state"), ("simulation.scenario", "simulation"),
        })
            if (service != owner) forbidden.Add($"delete from {table}");
        if (service == "query") forbidden.Add("insert into events.mt_streams (id, version) values ('x', 1)");
        foreach (var sql in forbidden)
        {
            await using var command = source.CreateCommand(sql);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel));
            Assert.True(refused.SqlState == PostgresErrorCodes.InsufficientPrivilege, $"{sql}: {refused.Message}");
        }
    }

    [Theory]
    [InlineData("ingest", "")]
    [InlineData("ingest", "wrong")]
    [InlineData("nobody", "nobody")]
    public async Task PostgreSQL_lets_nobody_in_without_the_password(string role, string password)
    {
        var address = new NpgsqlConnectionStringBuilder(Pollux.Servers.Postgres(Pollux.Name))
        {
            Username = role,
            Password = password,
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => connection.OpenAsync(Cancel));
    }

    Dictionary<string, string> QueryPort => new()
    {
        ["POLLUX_QUERY_PORT"] = Pollux.Query.Http.BaseAddress!.Port.ToString(CultureInfo.InvariantCulture),
        // The tests' query asks nobody who they are.
        ["POLLUX_ISSUER"] = "",
    };

    Task<string> Device(params string[] arguments) => Pollux.Servers.Command(QueryPort, ["device", .. arguments]);

    Uri Account(string user, string password) => new UriBuilder(Pollux.Servers.Mqtt) { UserName = user, Password = password }.Uri;

    static Task<MqttClientConnectResult> Connect(IMqttClient client, Uri address) => client.ConnectAsync(
        new MqttClientOptionsBuilder().WithBroker(address).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).Build(), Cancel);

    static Task<MqttClientPublishResult> Publish(IMqttClient client, string topic) => client.PublishAsync(
        new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload("""[{"n":"melt-temperature","v":201.5}]""")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
        Cancel);

    [GeneratedRegex(@"password +(?<password>\w+)")]
    private static partial Regex Secret();
}
