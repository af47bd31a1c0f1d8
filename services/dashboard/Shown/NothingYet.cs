using Grpc.Core;

namespace Dashboard.Shown;

/// <summary>Histories of a time in which the asset was not known yet: an error for programs, an empty chart for people.</summary>
static class NothingYet
{
    /// <summary>The answer, or an empty one if the time ends before the asset begins.</summary>
    public static async Task<T> OrNothing<T>(this AsyncUnaryCall<T> call) where T : new()
    {
        try
        {
            return await call;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound && e.Trailers.GetValue("field") == "to")
        {
            return new();
        }
    }
}
