namespace Dashboard.Shown;

/// <summary>Words of the field that not everybody knows, each explained in a sentence.</summary>
static class Glossary
{
    /// <summary>The words and what they mean, in order of the alphabet.</summary>
    public static IReadOnlyList<(string Term, string Meaning)> All { get; } =
    [
        ("acknowledge", "To say that one has seen an alarm. An alarm is closed once it is cleared and acknowledged."),
        ("band", "The range in which a value lies with the stated probability."),
        ("baseline", "What happens if nothing is changed: the run that a scenario is compared with."),
        ("chattering alarm", "One that is raised for the third time or more within a minute."),
        ("condition", "How worn a part is: healthy, degrading or critical, from how its vibration has risen."),
        ("crest", "Crest factor: the largest peak of a vibration over its effective value. Single blows raise it."),
        ("estimated", "Computed by the physics, which the sensors keep in step; no sensor measures it."),
        ("fleeting alarm", "One that is gone within ten seconds."),
        ("in sync", "The physics foretells the sensors as well as chance allows. Drifting: worse than that; lost: far worse."),
        ("kurtosis", "How much of a vibration is in rare, large peaks: 3 for noise, more when a damaged bearing is rolled over."),
        ("Latin hypercube", "A way to draw members so that they cover what is uncertain evenly."),
        ("median", "The value in the middle: half of the members are above it, half below."),
        ("member", "One run of the physics with one possible set of what is uncertain. Many of them show the band."),
        ("p5, p50, p95", "The values below which 5, 50 and 95 percent of the members lie. Between p5 and p95 are nine of ten."),
        ("regret", "How much cheaper the best option would have been, once it is known what came."),
        ("remaining life", "How long a part will last from now on."),
        ("residual", "What a sensor shows minus what the physics foretold."),
        ("scenario", "What would happen if something were changed: a run of the physics from the state of the machine."),
        ("seed", "The number that chance begins with. The same question with the same seed has the same answer."),
        ("set point", "The value that a controller is to hold."),
        ("shelved alarm", "One that calls nobody for a stated time, with a reason."),
        ("Sobol sequence", "Another way to draw members evenly, without chance between neighbours."),
        ("stale", "No new value has come for longer than the sensor should need."),
        ("standing alarm", "One that has been open for more than a day."),
        ("total Sobol index", "The part of a result's uncertainty that would go if one parameter, with all its interplay, were known."),
    ];

    /// <summary>What a word means.</summary>
    /// <exception cref="KeyNotFoundException">It is not explained.</exception>
    public static string Of(string term) => All.FirstOrDefault(t => t.Term == term).Meaning ?? throw new KeyNotFoundException(term);
}
