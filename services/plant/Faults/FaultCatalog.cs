using System.Collections.Immutable;

namespace Plant.Faults;

/// <summary>A fault that can be switched on; callers use its name.</summary>
sealed record Fault(string Name, string Effect, double? DefaultSeconds = null);

static class FaultCatalog
{
    public const string Heater4Failed = "heater-4-failed";
    public const string Thermocouple2Drift = "thermocouple-2-drift";
    public const string Thermocouple3Stuck = "thermocouple-3-stuck";
    public const string DieBlockage = "die-blockage";
    public const string BearingWear = "bearing-wear";
    public const string FeedStarvation = "feed-starvation";
    public const string SensorDropout = "sensor-dropout";
    public const string ImplausibleSpikes = "implausible-spikes";
    public const string ImpossibleValues = "impossible-values";
    public const string ClockJump = "clock-jump";
    public const string NetworkOutage = "network-outage";
    public const string GarbagePayload = "garbage-payload";

    public static readonly ImmutableArray<Fault> All =
    [
        new(Heater4Failed, "zone 4 heats with (1 - severity) times its power"),
        new(Thermocouple2Drift, "thermocouple 2 reads too high, by up to 30 K x severity at 3 K/min; the control follows it"),
        new(Thermocouple3Stuck, "thermocouple 3 repeats its last value"),
        new(DieBlockage, "the die's resistance grows, up to 3.6-fold within a minute"),
        new(BearingWear, "the thrust bearing wears 40000^severity times as fast; the wear stays when the fault is cleared"),
        new(FeedStarvation, "the hopper feeds up to 65 % less, unevenly"),
        new(SensorDropout, "melt pressure and melt temperature are missing in this share of the frames"),
        new(ImplausibleSpikes, "in up to 20 % of the frames one sensor shows a possible but implausible value"),
        new(ImpossibleValues, "in up to 20 % of the frames one sensor shows a physically impossible value"),
        new(ClockJump, "the device clock is up to 120 s ahead"),
        new(NetworkOutage, "the gateway is offline, then sends its backlog", DefaultSeconds: 60),
        new(GarbagePayload, "malformed packets, one per frame with this probability"),
    ];

    public static string Names => string.Join(", ", All.Select(fault => fault.Name));

    public static Fault? Find(string? name) => All.FirstOrDefault(fault => fault.Name == name);
}
