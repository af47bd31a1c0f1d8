using Contracts.Calibrations;
using TwinModel.Estimation;
using TwinModel.Physics;
using TwinModel.Tests.Estimation;

namespace TwinModel.Tests.Calibration;

public class CalibratedModelsTests
{
    static readonly EstimationSetup Shipped = EstimatedPlant.SetupOf();

    static ParameterSet Set(string? hash = null) => new("c1", hash ?? Shipped.Model.Hash,
        [new("polymer.consistency", "Pa s^n", 400, 0.02), new("drive.efficiency", "1", 0.9, 0.01)], [[1, -0.5], [-0.5, 1]]);

    [Fact]
    public void Learned_parameters_take_the_place_of_those_in_the_file()
    {
        var set = Set();
        var model = CalibratedModels.Of(Shipped.Model, set);
        var compiled = new CompiledModel(model.Physics!, 25);
        double Value(string id) => compiled.Parameters[compiled.Equations.Parameters.ToList().IndexOf(id)];
        Assert.Equal(400 * Math.Exp(0.02 * 0.02 / 2), Value("polymer.consistency"), 1e-6);
        Assert.Equal(0.9 * Math.Exp(0.01 * 0.01 / 2), Value("drive.efficiency"), 1e-9);
        Assert.Equal(0.02, model.Estimation!.Parameters.Single(p => p.Parameter == "polymer.consistency").RelativeDeviation, 1e-5);
        Assert.Same(model, CalibratedModels.Of(Shipped.Model, set));
        // Equal sets read twice are one model, and estimates made with other parameters are not read.
        Assert.Same(model, CalibratedModels.Of(Shipped.Model, Set()));
        Assert.NotEqual(Shipped.Fingerprint, new EstimationSetup(model).Fingerprint);
        Assert.Equal(Shipped.Model.Hash, model.Hash);
    }

    [Fact]
    public void What_changes_show_better_than_steady_operation_is_followed_until_a_calibration_is_in_force()
    {
        static TimeSpan? Walk(TwinModel.Assets.AssetModel model, string id) =>
            model.Estimation!.Parameters.Single(p => p.Parameter == id).DoublesIn;
        var calibrated = CalibratedModels.Of(Shipped.Model, Set());
        Assert.NotNull(Walk(Shipped.Model, "polymer.melt-specific-heat"));
        Assert.Null(Walk(calibrated, "polymer.melt-specific-heat"));
        Assert.Equal(Walk(Shipped.Model, "polymer.consistency"), Walk(calibrated, "polymer.consistency"));
    }

    // The declared variance counts as 24 changes.
    [Fact]
    public void Readings_held_out_correct_the_declared_discrepancy()
    {
        var declared = Shipped.Settings.DiscrepancyOf("melt-temperature");
        double With(double error, int changes) => CalibratedModels.Of(
            Shipped.Model, Set() with { Errors = [new("melt-temperature", error, changes)] }).Estimation!.DiscrepancyOf("melt-temperature");
        Assert.Equal(declared, With(declared, 3), 1e-12);
        Assert.Equal(Math.Sqrt((24 * declared * declared + 4 * 4) / 28), With(2, 4), 1e-12);
        Assert.True(With(declared / 2, 4) < declared);
        Assert.Equal(declared, CalibratedModels.Of(Shipped.Model, Set()).Estimation!.DiscrepancyOf("melt-temperature"));
    }

    [Fact]
    public void Another_revision_of_the_model_keeps_its_own_values()
    {
        Assert.Same(Shipped.Model, CalibratedModels.Of(Shipped.Model, Set("other")));
        Assert.Same(Shipped.Model, CalibratedModels.Of(Shipped.Model, null));
    }

    [Fact]
    public void The_posterior_of_a_calibration_has_its_correlation()
    {
        var posterior = CalibratedModels.Posterior(Set(), Shipped.Model, DateTimeOffset.UnixEpoch);
        Assert.Equal(["polymer.consistency", "drive.efficiency"], posterior.Learned.Select(l => l.Id));
        Assert.Equal(Math.Log(0.9), posterior.Learned[1].Value, 1e-12);
        Assert.Equal(-0.5 * 0.02 * 0.01, posterior.Covariance[0][1], 1e-12);
    }
}
