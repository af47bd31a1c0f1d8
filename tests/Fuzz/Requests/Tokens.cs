using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace Fuzz.Requests;

/// <summary>
/// Whose token a request is sent with: mostly the administrator's, as the others are refused before anybody looks at them; sometimes of
/// another role, none, or a broken one.
/// </summary>
sealed class Tokens : IDisposable
{
    // They are good for an hour.
    static readonly TimeSpan Life = TimeSpan.FromMinutes(20);

    static readonly string[] Roles = ["admin", "viewer", "operator", "engineer", "auditor"];

    const ulong OtherDice = 0x70_6B_6E_73;

    readonly SemaphoreSlim gate = new(1);
    string[] ofRoles = [];
    long? madeAt;

    /// <summary>The request as it is sent. One that has a token of its own, which is never a good one, keeps it.</summary>
    /// <returns>Whether its token is good, and it.</returns>
    public async Task<(bool IsGood, GeneratedRequest Request)> Add(GeneratedRequest request, ulong seed, long number)
    {
        if (request.Header("Authorization") is not null) return (false, request);
        await Renew();
        var dice = new Dice(seed ^ OtherDice, number);
        var (isGood, header) = dice.Below(100) switch
        {
            < 88 => (true, $"Bearer {ofRoles[0]}"),
            < 94 => (true, $"Bearer {dice.Of(ofRoles)}"),
            < 96 => (false, null),
            _ => (false, $"Bearer {Broken(dice.Of(ofRoles), dice)}"),
        };
        return (isGood, header is null ? request : request with { Headers = [.. request.Headers, ("Authorization", header)] });
    }

    async Task Renew()
    {
        await gate.WaitAsync();
        try
        {
            if (madeAt is { } at && Stopwatch.GetElapsedTime(at) < Life) return;
            var made = new List<string>();
            foreach (var role in Roles)
                made.Add(await RunningParts.Ask("token", role) is { Length: > 0 } token
                    ? token
                    : throw new InvalidOperationException($"There is no token of {role}."));
            (ofRoles, madeAt) = ([.. made], Stopwatch.GetTimestamp());
        }
        finally
        {
            gate.Release();
        }
    }

    // A JWT that is cut off, changed, not signed, signed for something else, or none at all.
    static string Broken(string token, Dice dice)
    {
        var parts = token.Split('.');
        var (header, claims, signature) = (parts[0], parts[1], parts[2]);
        return dice.Below(12) switch
        {
            0 => token[..dice.Below(token.Length)],
            1 => Changed(token, dice),
            2 => $"{Part("""{"alg":"none","typ":"at+jwt"}""")}.{claims}.",
            3 => $"{Part("""{"alg":"HS256","typ":"at+jwt"}""")}.{claims}.{signature}",
            4 => $"{header}.{Part("""{"sub":"admin","roles":["admin"],"exp":99999999999}""")}.{signature}",
            5 => $"{header}.{claims}.",
            6 => "..",
            7 => $"{header}.{claims}.{signature}.{claims}.{signature}",
            8 => $"{Part($$"""{"alg":"ES256","kid":"../../{{new string('k', dice.Below(3000))}}"}""")}.{claims}.{signature}",
            9 => $"{Part(new string('[', dice.Below(5000)))}.{claims}.{signature}",
            10 => new string('A', dice.Below(8000)),
            _ => $"{header}.{claims}.{new string('A', 86)}",
        };
    }

    // Not the last character, some of whose bits say nothing.
    static string Changed(string token, Dice dice)
    {
        var at = dice.Below(token.Length - 1);
        return $"{token[..at]}{(token[at] == 'x' ? 'y' : 'x')}{token[(at + 1)..]}";
    }

    static string Part(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public void Dispose() => gate.Dispose();
}
