namespace Integration.Tests.Running;

/// <summary>A clock that runs normally from whatever time it is set to.</summary>
sealed class ShiftedClock : TimeProvider
{
    TimeSpan shift;

    public void Set(DateTimeOffset now) => shift = now - System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
}
