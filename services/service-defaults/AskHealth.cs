namespace ServiceDefaults;

/// <summary>
/// The command <c>health</c>: asks the service on this machine whether it is ready. Used as the container's health check, because the image
/// has no shell. It runs every few seconds, so it skips the whole service setup.
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
