using Contracts.Scenarios;
using MathNet.Numerics.LinearAlgebra;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Physics;
using TwinModel.Uncertainty;
using TwinModel.Units;

namespace TwinModel.Scenarios;

/// <summary>
/// Draws parameters and inputs of a machine from its estimate: <c>mean + D P^½ z</c> with z independent standard normal numbers, D the
/// standard deviations and P the correlations. Every square root of the covariance gives the same distribution. The symmetric one exists
/// for singular covariances too, and of all of them keeps each z closest to the quantity it belongs to (A. Kessy, A. Lewin and K. Strimmer,
/// Am. Stat. 72 (2018) 309, doi:10.1080/00031305.2016.1277159), so that z may bear its name when variances are attributed.
/// </summary>
sealed class PosteriorDraws
{
    readonly CompiledModel compiled;
    readonly Wanderer[] wanderers;
    readonly double[] means, deviations;
    readonly Matrix<double> root;

    /// <param name="posterior">An estimate made with the same model.</param>
    /// <param name="model">Model with a section <c>estimation</c>.</param>
    /// <param name="compiled">Its physics, with any number of cells.</param>
    public PosteriorDraws(Posterior posterior, AssetModel model, CompiledModel compiled)
    {
        this.compiled = compiled;
        var known = model.Estimation!.Parameters.Select(p => Wanderer.Of(p, compiled))
            .Concat(model.Estimation.Inputs.Select(i => Wanderer.Of(i, compiled.Model))).ToDictionary(w => w.Id);
        wanderers = [.. posterior.Learned.Select(l => known[l.Id])];
        means = [.. posterior.Learned.Select(l => l.Value)];
        deviations = [.. posterior.Covariance.Select((row, i) => Math.Sqrt(row[i]))];
        // What does not vary is correlated with nothing.
        var correlations = Matrix<double>.Build.Dense(means.Length, means.Length, (i, j) =>
            i == j ? 1 : deviations[i] * deviations[j] > 0 ? posterior.Covariance[i][j] / deviations[i] / deviations[j] : 0);
        var parts = correlations.Evd(Symmetricity.Symmetric);
        // Round-off may leave eigenvalues of a singular matrix slightly negative.
        var scales = parts.EigenValues.Select(e => Math.Sqrt(Math.Max(0, e.Real))).ToArray();
        root = parts.EigenVectors * Matrix<double>.Build.DenseOfDiagonalArray(scales) * parts.EigenVectors.Transpose();
    }

    /// <summary>Ids of what was learned, in the order of the standard normal numbers.</summary>
    public IEnumerable<string> Ids => wanderers.Select(w => w.Id);

    /// <summary>Puts a draw in its places, in units of calculation and within the bounds of the model.</summary>
    /// <param name="scores">Standard normal numbers; all 0 gives the medians.</param>
    /// <param name="parameters">All parameters.</param>
    /// <param name="inputs">All inputs.</param>
    public void Fill(double[] scores, double[] parameters, double[] inputs)
    {
        for (var i = 0; i < wanderers.Length; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < scores.Length; j++) sum += root[i, j] * scores[j];
            var value = Allowed(i, means[i] + deviations[i] * sum);
            if (wanderers[i].Kind == WandererKind.Parameter) parameters[wanderers[i].Number] = Math.Exp(value);
            else inputs[wanderers[i].Number] = value;
        }
    }

    /// <summary>The distributions one by one, in the units of the model.</summary>
    public IEnumerable<StartValue> Values() => wanderers.Select((wanderer, i) =>
    {
        double At(double score) => wanderer.Report(Allowed(i, means[i] + score * deviations[i]));
        var nominal = (wanderer.Kind == WandererKind.Parameter ? compiled.Parameters : compiled.Inputs)[wanderer.Number];
        return new StartValue(wanderer.KindName, wanderer.Id, wanderer.Unit.Symbol, At(-Normal.Band90), At(0), At(Normal.Band90),
            Unit.OfCalculation(wanderer.Unit.Quantity).ConvertTo(wanderer.Unit, nominal));
    });

    double Allowed(int i, double value) => Math.Clamp(value, wanderers[i].Allowed.Min, wanderers[i].Allowed.Max);
}
