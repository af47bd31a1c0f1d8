namespace Integration.Tests.Running;

/// <summary>A system whose physics follows its machines.</summary>
public sealed class EstimatingSystem(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    protected override bool Estimates => true;

    protected override string Assets => Infrastructure.AssetsWithBarePump;
}
