
namespace Plant.Gateway;

/// <summary>Reads the instruments once per interval and buffers the frame, subject to path faults.</summary>
sealed class SamplingLoop(EmulatedPlant plant, FrameBuffer buffer, PathFaults path, PlantSettings settings, TimeProvider time)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.PublishIntervalSeconds), time);
        do
        {
            // No delays in time-lapse, where seconds of real time are hours or days.
            var isDelayed = !plant.IsInTimeLapse;
            var frames = plant.Sample(time.GetUtcNow());
            var now = time.GetElapsedTime(0);
            foreach (var frame in frames)
            {
                foreach (var delay in isDelayed ? path.Arrivals() : PathFaults.OnTime) buffer.Add(frame, now + delay);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
