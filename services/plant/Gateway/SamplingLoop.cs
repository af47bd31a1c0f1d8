
namespace Plant.Gateway;

/// <summary>Reads the instruments once per interval and puts the frame into the buffer, by way of the path's faults.</summary>
sealed class SamplingLoop(EmulatedPlant plant, FrameBuffer buffer, PathFaults path, PlantSettings settings, TimeProvider time)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.PublishIntervalSeconds), time);
        do
        {
            // Seconds of delay would be days of a time-lapse.
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
