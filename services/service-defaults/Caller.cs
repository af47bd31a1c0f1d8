using System.Text.Unicode;
using System.Web;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.Access;
using TwinModel.Access;

namespace ServiceDefaults;

/// <summary>
/// Who asks for something, and why. Known from the request, carried along in the headers of messages, and stored in the headers of the
/// events that the command appends (<see cref="CallerMetadata"/>).
/// </summary>
/// <param name="Actor">A person's name or a program's; null if nobody said.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="IsProven">The name is that of the request's token, and no other may be given.</param>
public sealed record Caller(string? Actor, string? Reason = null, bool IsProven = false)
{
    /// <summary>Who it is to policies, as the token says; null if nobody is asked who he is.</summary>
    public Subject? Subject { get; init; }

    /// <summary>From where it asks; null when that is not known.</summary>
    public string? Address { get; init; }

    /// <summary>What the operation needs on the assets that it is about.</summary>
    public Right Needs { get; init; } = Right.Read;

    /// <summary>Whose is what the caller makes; null: of those who have no tenant.</summary>
    public string? Tenant => Subject?.Tenant;

    /// <summary>Header of a request with the name; the key of gRPC metadata is the same in small letters.</summary>
    public const string ActorHeader = "X-Pollux-Actor";

    /// <summary>Header of a request with the reason.</summary>
    public const string ReasonHeader = "X-Pollux-Reason";

    /// <summary>Most characters of a name.</summary>
    public const int LongestActor = 100;

    /// <summary>Most characters of a reason.</summary>
    public const int LongestReason = 1000;

    /// <summary>Nobody said who they are.</summary>
    public static readonly Caller Unknown = new(null, null);

    static readonly AsyncLocal<Caller?> Local = new();

    /// <summary>The caller of the request that is being handled. What it sends over the bus carries this caller.</summary>
    public static Caller Current
    {
        get => Local.Value ?? Unknown;
        set => Local.Value = value;
    }

    /// <summary>The name in the token of a request, or else in its headers.</summary>
    /// <exception cref="InvalidInputException">A bad header, or one that names somebody else than the token.</exception>
    public static Caller Of(HttpContext context)
    {
        var given = Of(context.Request.Headers) with { Address = context.Connection.RemoteIpAddress?.ToString() };
        return context.User.Identity is { IsAuthenticated: true, Name: { } name }
            ? new Caller(name, given.Reason, IsProven: true)
            {
                Address = given.Address,
                Subject = CheckAccess.SubjectOf(context),
                Needs = AccessTable.Needs(CheckAccess.OperationOf(context.GetEndpoint()) ?? ""),
            }.Checked(ActorHeader, given.Actor)
            : given;
    }

    /// <summary>This caller, unless somebody else is named.</summary>
    /// <exception cref="InvalidInputException">Somebody else is named than the request's token says.</exception>
    public Caller Checked(string field, string? named) => !IsProven || named is null || named == Actor
        ? this
        : throw new InvalidInputException(field, named, $"{Actor}, whose token it is, or nobody");

    /// <summary>From the headers of a request. They are percent-encoded UTF-8, since headers are ASCII.</summary>
    /// <exception cref="InvalidInputException">Too long, blank, with control characters, or given twice.</exception>
    public static Caller Of(IHeaderDictionary headers)
    {
        var actor = HumanText.Line(ActorHeader, Value(headers, ActorHeader), LongestActor);
        var reason = Value(headers, ReasonHeader) switch
        {
            null => null,
            "" => throw new InvalidInputException(ReasonHeader, "", "a value, or leave the header out"),
            var text => HumanText.Lines(ReasonHeader, text, LongestReason),
        };
        return actor is null && reason is null ? Unknown : new(actor, reason);
    }

    static string? Value(IHeaderDictionary headers, string name) => headers[name] switch
    {
        { Count: 0 } => null,
        [var value] when Utf8.IsValid(HttpUtility.UrlDecodeToBytes(value ?? "")) => Uri.UnescapeDataString(value ?? ""),
        [var value] => throw new InvalidInputException(name, value, "percent-encoded UTF-8"),
        var several => throw new InvalidInputException(name, several.ToString(), $"one value; it was given {several.Count} times"),
    };
}
