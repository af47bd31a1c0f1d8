using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServiceDefaults;

/// <summary>A setting is missing or wrong: one line that names it and says what is allowed.</summary>
/// <param name="name">Name as in configuration files, e.g. <c>Ingest:Writers</c>.</param>
/// <param name="value">Given value; null when missing.</param>
/// <param name="allowed">What would have been accepted.</param>
/// <param name="isSecret">Keeps the value out of the message, because it may hold a password.</param>
public sealed class InvalidSettingException(string name, string? value, string allowed, bool isSecret = false) : Exception(
    $"The setting {name} (environment: {name.Replace(":", "__", StringComparison.Ordinal)}) is "
        + $"{(isSecret ? "not understood" : value is null ? "missing" : $"'{value}'")}; allowed: {allowed}.");

/// <summary>Reads settings once, at start-up; a wrong setting stops the service before it accepts any work.</summary>
public static class Settings
{
    /// <summary>Exit code of a service that was given a wrong setting (EX_CONFIG of sysexits.h).</summary>
    public const int ExitCode = 78;

    /// <summary>Ends the process with one line instead of a stack trace when a setting is wrong.</summary>
    internal static void StopOnInvalid() => AppDomain.CurrentDomain.UnhandledException += (_, e) =>
    {
        if (e.ExceptionObject is not InvalidSettingException invalid) return;
        Console.Error.WriteLine(invalid.Message);
        Environment.Exit(ExitCode);
    };

    /// <summary>Binds a section to a class whose annotations define what is allowed, and registers it as
    /// <see cref="IOptions{T}"/>.</summary>
    /// <exception cref="InvalidSettingException">A value is of another type or out of range, or a name is unknown.</exception>
    public static T AddSettings<T>(this IHostApplicationBuilder builder, string section)
        where T : class, new()
    {
        var given = builder.Configuration.GetSection(section);
        var known = typeof(T).GetProperties().Where(p => p.CanWrite).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var entry in given.GetChildren())
        {
            var name = $"{section}:{entry.Key}";
            if (!known.TryGetValue(entry.Key, out var property))
                throw new InvalidSettingException(
                    name, entry.Value, $"no such setting; there are {string.Join(", ", known.Keys.Order().Select(k => $"{section}:{k}"))}");
            Check(name, entry.Value, property);
        }
        var settings = given.Get<T>() ?? new();
        builder.Services.AddSingleton(Options.Create(settings));
        return settings;
    }

    static void Check(string name, string? text, PropertyInfo property)
    {
        try
        {
            var value = property.PropertyType == typeof(string)
                ? text
                : Convert.ChangeType(text, property.PropertyType, CultureInfo.InvariantCulture);
            if (property.GetCustomAttributes<ValidationAttribute>().All(a => a.IsValid(value))) return;
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidCastException)
        {
        }
        throw new InvalidSettingException(name, text, Allowed(property));
    }

    static string Allowed(PropertyInfo property)
    {
        var kind = Type.GetTypeCode(property.PropertyType) switch
        {
            TypeCode.Boolean => "true or false",
            TypeCode.Int32 => "a whole number",
            TypeCode.Double => "a number",
            _ => "text",
        };
        return property.GetCustomAttribute<RangeAttribute>() is { } range
            ? string.Create(CultureInfo.InvariantCulture, $"{kind} from {range.Minimum} to {range.Maximum}")
            : property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern ? $"{kind} that matches {pattern.Pattern}"
            : kind;
    }

    /// <summary>Reads a single whole number.</summary>
    /// <exception cref="InvalidSettingException">It is not a whole number, or out of range.</exception>
    public static int WholeNumber(this IConfiguration configuration, string name, int otherwise, int least, int most)
    {
        if (configuration[name] is not { Length: > 0 } text) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new InvalidSettingException(name, text, $"a whole number from {least} to {most}");
    }

    /// <summary>A required connection string.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="name">Key under <c>ConnectionStrings</c>.</param>
    /// <param name="allowed">Its format, for the error message.</param>
    /// <param name="isValid">Whether it can be parsed; does not connect.</param>
    /// <exception cref="InvalidSettingException">It is missing or cannot be parsed.</exception>
    public static string RequireConnectionString(this IConfiguration configuration, string name, string allowed, Func<string, bool> isValid)
    {
        if (configuration.GetConnectionString(name) is not { Length: > 0 } value)
            throw new InvalidSettingException($"ConnectionStrings:{name}", null, allowed);
        return isValid(value) ? value : throw new InvalidSettingException($"ConnectionStrings:{name}", value, allowed, isSecret: true);
    }

    /// <summary>Address of RabbitMQ.</summary>
    public static Uri RequireRabbitMq(this IConfiguration configuration) => new(configuration.RequireConnectionString(
        "RabbitMq", "amqp://user:password@host:port/ or amqps://…", text =>
            Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "amqp" or "amqps", Host.Length: > 0 }));

    /// <summary>A required directory that must exist.</summary>
    public static string RequireDirectory(this IConfiguration configuration, string name, string what) =>
        configuration[name] is { Length: > 0 } path && Directory.Exists(path)
            ? path
            : throw new InvalidSettingException(name, configuration[name], what);
}
