using System.Net;
using System.Text;
using Cli.Calibrations;
using Contracts.Calibrations;
using Contracts.Decisions;
using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Query.Api;
using Query.Calibrations;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Physics;
using TwinModel.Units;

namespace Query.Tests;

public class CalibrationTests
{
    static readonly AssetModel Model = Given.A_model("extrusion-line");
    static readonly CalibrationRequest Smallest = new("line-1", By: "eve");

    static RegisteredAsset Registered(AssetModel model) => new("line-1", "Line 1", model, Given.Noon.AddDays(-1), 7, 7);

    static InvalidInputException Refused(CalibrationRequest asked) =>
        Assert.Throws<InvalidInputException>(() => asked.Define(Model, 42, Given.Noon));

    [Fact]
    public void What_is_left_out_has_a_default()
    {
        var definition = Smallest.Define(Model, 42, Given.Noon);
        Assert.Equal(("line-1", Given.Noon.AddHours(-1), Given.Noon, 42L),
            (definition.AssetId, definition.From, definition.To, definition.KnownAt));
        Assert.Empty(definition.Parameters);
    }

    [Fact]
    public void An_hour_before_its_end_is_the_default_start()
    {
        var definition = (Smallest with { To = Given.Noon.AddDays(-3) }).Define(Model, 42, Given.Noon);
        Assert.Equal((Given.Noon.AddDays(-3).AddHours(-1), Given.Noon.AddDays(-3)), (definition.From, definition.To));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(7 * 24 * 60)]
    public void The_shortest_and_the_longest_window_are_accepted(int minutes) => Assert.Equal(
        Given.Noon.AddMinutes(-minutes), (Smallest with { From = Given.Noon.AddMinutes(-minutes) }).Define(Model, 42, Given.Noon).From);

    [Theory]
    [InlineData(19.99)]
    [InlineData(7 * 24 * 60 + 0.01)]
    [InlineData(0)]
    [InlineData(-0.5)]
    public void Other_windows_are_refused(double minutes)
    {
        var refused = Refused(Smallest with { From = Given.Noon.AddMinutes(-minutes) });
        Assert.Equal(("from", "a time 20 minutes to 7 days before to"), (refused.Field, refused.Allowed));
    }

    [Fact]
    public void A_window_in_the_future_or_before_1970_is_refused()
    {
        Assert.Equal("to", Refused(Smallest with { To = Given.Noon.AddMinutes(2) }).Field);
        Assert.Equal("from", Refused(Smallest with { From = DateTimeOffset.UnixEpoch.AddDays(-1) }).Field);
    }

    [Fact]
    public void Chosen_parameters_keep_their_order()
    {
        string[] chosen = ["drive.efficiency", "polymer.consistency"];
        Assert.Equal(chosen, (Smallest with { Parameters = chosen }).Define(Model, 42, Given.Noon).Parameters);
    }

    [Theory]
    [InlineData("polymer.density")]
    [InlineData("drive.efficiency")]
    [InlineData("")]
    [InlineData(null)]
    public void A_parameter_that_is_not_learned_or_named_twice_is_refused(string? second)
    {
        var refused = Refused(Smallest with { Parameters = ["drive.efficiency", second] });
        Assert.Equal(("parameters[1]", second), (refused.Field, refused.Value));
        Assert.All(Model.Estimation!.Parameters, p => Assert.Contains(p.Parameter, refused.Allowed, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null, "by")]
    [InlineData(" ", null, "by")]
    [InlineData("101", null, "by")]
    [InlineData("eve", "1001", "comment")]
    public void Who_decides_must_be_said_and_briefly(string? by, string? comment, string field)
    {
        string? Sized(string? text) => int.TryParse(text, out var length) ? new('x', length) : text;
        Assert.Equal(field,
            Assert.Throws<InvalidInputException>(() => DecideCalibrationEndpoint.Check(new(Sized(by), Sized(comment)))).Field);
    }

    [Fact]
    public void Whoever_decides_may_say_why() =>
        Assert.Equal((new('x', 100), new string('y', 1000)),
            DecideCalibrationEndpoint.Check(new(new('x', 100), new string('y', 1000))));

    [Fact]
    public void A_refusal_of_simulation_is_the_callers_mistake_unknown_or_not_possible_now()
    {
        var invalid = Assert.IsType<InvalidInputException>(
            AskSimulation.Refuse(new("invalid", "from", "a time with readings", "1970"), "calibration", "c-1"));
        Assert.Equal(("from", "1970", "a time with readings"), (invalid.Field, invalid.Value, invalid.Allowed));
        Assert.Contains("calibration 'c-1'",
            Assert.IsType<NotFoundException>(AskSimulation.Refuse(new Refusal("not-found", "", ""), "calibration", "c-1")).Message,
            StringComparison.Ordinal);
        Assert.Equal("It is not in force.",
            Assert.IsType<RuleViolationException>(
                AskSimulation.Refuse(new Refusal("rule", "", "It is not in force."), "calibration", "c-1")).Message);
    }

    [Fact]
    public void Parameters_are_those_of_the_model_before_anything_was_adopted()
    {
        var view = GetParameters.Of("line-1", Model, null);
        Assert.Equal(("line-1", Model.Id, Model.Hash, null, null, null),
            (view.AssetId, view.ModelId, view.ModelHash, view.CalibrationId, view.Since, view.By));
        Assert.Equal(Model.Estimation!.Parameters.Select(p => p.Parameter), view.Values.Select(v => v.Id));
        Assert.All(view.Values, v => Assert.Equal((v.Model, false), (v.Value, v.IsCalibrated)));
        Assert.Equal(Model.Estimation.Parameters.Select(p => p.RelativeDeviation), view.Values.Select(v => v.Deviation));
    }

    [Fact]
    public void The_models_values_are_those_that_its_physics_is_compiled_with()
    {
        var compiled = new CompiledModel(Model.Physics!, Model.Estimation!.Cells);
        foreach (var parameter in LearnableParameters.Of(Model))
        {
            var unit = Unit.Of(Unit.QuantityOf(parameter.Unit), parameter.Unit)!;
            var number = compiled.Equations.Parameters.ToList().IndexOf(parameter.Id);
            var calculated = unit.ConvertTo(Unit.OfCalculation(unit.Quantity), parameter.Value);
            Assert.Equal(compiled.Parameters[number], calculated, Math.Abs(calculated) * 1e-12);
        }
    }

    [Fact]
    public void What_was_adopted_takes_the_place_of_the_models_value()
    {
        var learned = new ParameterSet("c-1", Model.Hash, [new("drive.efficiency", "", 0.75, 0.02)], [[1.0]]);
        var view = GetParameters.Of("line-1", Model, new(42, Given.Noon, "eve", learned));
        Assert.Equal(("c-1", Given.Noon, "eve"), (view.CalibrationId, view.Since, view.By));
        var efficiency = view.Values.Single(v => v.Id == "drive.efficiency");
        Assert.Equal((0.75, 0.02, true), (efficiency.Value, efficiency.Deviation, efficiency.IsCalibrated));
        Assert.NotEqual(0.75, efficiency.Model);
        Assert.False(view.Values.Single(v => v.Id == "polymer.consistency").IsCalibrated);
    }

    [Fact]
    public void Parameters_of_another_revision_and_a_roll_back_to_the_model_leave_its_own_values()
    {
        var other = new ParameterSet("c-1", "another", [new("drive.efficiency", "", 0.75, 0.02)], [[1.0]]);
        AdoptedParameters[] adopted = [new(42, Given.Noon, "eve", other), new(43, Given.Noon, "eve", null)];
        Assert.All(adopted.Select(a => GetParameters.Of("line-1", Model, a)), view =>
        {
            Assert.Equal((null, null, null), (view.CalibrationId, view.Since, view.By));
            Assert.DoesNotContain(view.Values, v => v.IsCalibrated);
        });
    }

    [Fact]
    public void A_time_before_the_registration_or_in_the_future_is_refused()
    {
        var asset = Registered(Model);
        GetParameters.Check(asset, null, Given.Noon);
        GetParameters.Check(asset, asset.RegisteredAt, Given.Noon);
        GetParameters.Check(asset, Given.Noon, Given.Noon);
        foreach (var at in (DateTimeOffset[])[asset.RegisteredAt.AddSeconds(-1), Given.Noon.AddMinutes(2)])
        {
            var refused = Assert.Throws<InvalidInputException>(() => GetParameters.Check(asset, at, Given.Noon));
            Assert.Equal("validAt", refused.Field);
            Assert.Contains("2026-02-28T12:00:00Z", refused.Allowed, StringComparison.Ordinal);
            Assert.Contains("2026-03-01T12:00:00Z", refused.Allowed, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_model_without_estimation_has_no_parameters_to_learn() => Assert.Contains(
        "no section 'estimation'",
        Assert.Throws<NotFoundException>(() => GetParameters.Check(Registered(Given.A_model("hall")), null, Given.Noon)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("{}", "asset")]
    [InlineData("""{"asset":"nobody","by":"eve"}""", "asset")]
    [InlineData("""{"asset":"hall-7","by":"eve"}""", "asset")]
    [InlineData("""{"asset":"line-7"}""", "by")]
    [InlineData("""{"asset":"line-7","by":"eve","knownAt":-1}""", "knownAt")]
    [InlineData("""{"asset":"line-7","by":"eve","parameters":["x"]}""", "parameters[0]")]
    [InlineData("""{"asset":"line-7","by":"eve","form":"2026-03-01T06:00:00Z"}""", "form")]
    public async Task A_question_that_cannot_be_asked_is_refused_before_it_is_sent(string body, string field)
    {
        Register("line-7", "extrusion-line");
        Register("hall-7", "hall");
        using var answer = await Api.Http.PostAsync(
            new Uri("/api/v1/calibrations", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
        var problem = await QueryApi.Json(answer);
        Assert.Equal((HttpStatusCode.BadRequest, field), (answer.StatusCode, (string?)problem["field"]));
        if (field == "asset")
            Assert.StartsWith("an asset whose model has a section 'estimation'", (string)problem["allowed"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/calibrations?state=done", 400, "state")]
    [InlineData("/api/v1/calibrations?limit=1001", 400, "limit")]
    [InlineData("/api/v1/calibrations?cursor=x", 400, "cursor")]
    [InlineData("/api/v1/calibrations?results=true", 400, "results")]
    [InlineData("/api/v1/twins/line-7/parameters?validAt=2999-01-01", 400, "validAt")]
    [InlineData("/api/v1/twins/line-7/parameters?validAt=2000-01-01", 400, "validAt")]
    [InlineData("/api/v1/twins/line-7/parameters?knownAt=-1", 400, "knownAt")]
    [InlineData("/api/v1/twins/hall-7/parameters", 404, null)]
    [InlineData("/api/v1/twins/nobody/parameters", 404, null)]
    public async Task What_cannot_be_read_is_refused(string path, int status, string? field)
    {
        Register("line-7", "extrusion-line");
        Register("hall-7", "hall");
        using var answer = await Api.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal((status, field), ((int)answer.StatusCode, (string?)(await QueryApi.Json(answer))["field"]));
    }

    [Fact]
    public async Task The_same_is_refused_over_grpc()
    {
        Register("line-7", "extrusion-line");
        Register("hall-7", "hall");
        using var channel = GrpcChannel.ForAddress(Api.Grpc);
        var calls = new CalibrationService.CalibrationServiceClient(channel);
        async Task<StatusCode> Refused<T>(AsyncUnaryCall<T> call) =>
            (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode;
        Assert.Equal(StatusCode.InvalidArgument,
            await Refused(calls.CreateCalibrationAsync(new() { AssetId = "hall-7", By = "eve" }, cancellationToken: Cancel)));
        Assert.Equal(StatusCode.InvalidArgument,
            await Refused(calls.CreateCalibrationAsync(new() { AssetId = "line-7" }, cancellationToken: Cancel)));
        Assert.Equal(StatusCode.InvalidArgument,
            await Refused(calls.ListCalibrationsAsync(new() { States = { "done" } }, cancellationToken: Cancel)));
        Assert.Equal(StatusCode.InvalidArgument,
            await Refused(calls.AdoptCalibrationAsync(new() { CalibrationId = "c-1" }, cancellationToken: Cancel)));
        Assert.Equal(StatusCode.InvalidArgument,
            await Refused(calls.RollBackCalibrationAsync(new() { CalibrationId = "c-1" }, cancellationToken: Cancel)));
        Assert.Equal(StatusCode.NotFound,
            await Refused(calls.GetParametersAsync(new() { AssetId = "hall-7" }, cancellationToken: Cancel)));
        Assert.Equal(StatusCode.InvalidArgument,
            await Refused(calls.GetParametersAsync(new() { AssetId = "line-7", KnownAt = -1 }, cancellationToken: Cancel)));
    }

    static QueryApi Api => QueryApi.ForBodies;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static void Register(string asset, string modelId)
    {
        var model = Given.A_model(modelId);
        Api.Services.GetRequiredService<AssetRegistry>().Take(
            8, new(asset, asset, modelId, model.Version, model.Hash, model.Source, Given.Noon));
    }

    [Fact]
    public void The_command_line_shows_what_was_learned_and_how_to_adopt_it()
    {
        var text = string.Join('\n', ShowCalibration.Lines(CalibrationMessageTests.Whole with { State = "proposed" }));
        Assert.Contains("drive.efficiency              %                    80         81         75       73.5       76.5", text,
            StringComparison.Ordinal);
        Assert.Contains("not identifiable from this window", text, StringComparison.Ordinal);
        Assert.Contains("steady 2026-03-01 11:00:00Z to 2026-03-01 11:20:00Z\n", text, StringComparison.Ordinal);
        Assert.Contains("step   2026-03-01 11:20:00Z to 2026-03-01 11:40:00Z, held out", text, StringComparison.Ordinal);
        Assert.Contains("bias of zone-1-temperature 0.5 ± 0.1 K", text, StringComparison.Ordinal);
        Assert.Contains("on 2 spans held out: 2.5 -> 1.25", text, StringComparison.Ordinal);
        Assert.Contains("Note: w1", text, StringComparison.Ordinal);
        Assert.Contains($"./pollux calibrate --adopt {CalibrationMessageTests.Whole.Id} --by NAME", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_says_why_a_calibration_failed() => Assert.Contains(
        "failed (invalid): no readings",
        ShowCalibration.Lines(
            CalibrationMessageTests.Whole with { State = "failed", Cause = "invalid", Reason = "no readings", Result = null }));

    [Fact]
    public void The_command_line_says_what_a_decision_changed()
    {
        var adopted = CalibrationMessageTests.Whole with { IsInForce = true };
        Assert.Contains("before: those of calibration c-0", ShowCalibration.Step(adopted).First(), StringComparison.Ordinal);
        Assert.Contains("the model's own values again", ShowCalibration.Step(adopted with { IsInForce = false }).First(),
            StringComparison.Ordinal);
    }
}
