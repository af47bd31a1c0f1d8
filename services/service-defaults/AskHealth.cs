namespace ServiceDefaults;

/// <summary>
/// The command <c>health</c>: asks the process that serves on this machine whether it is ready. A container's health check, as the image
/// has no shell; it runs every few seconds, so that it does without everything a service sets up.
/// </summary>
public static class AskHealth
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <param name="httpPort">Where the service listens unless the environment variable <c>Ports__Http</c> says otherwise.</param>
    /// <returns>The process's exit code: 0 when ready.</returns>
    public static async Task<int> Run(int httpPort)
    {
        using var http = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(
                new Uri($"http://127.0.0.1:{Environment.GetEnvironmentVariable("Ports__Http") ?? $"{httpPort}"}/health/ready"));
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            Console.WriteLine(e.Message);
            return 1;
        }
    }
}
