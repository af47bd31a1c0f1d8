using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Deploy.Tests;

/// <summary>No file of the repository holds a secret: a key, a token, a password that opens something.</summary>
public partial class SecretTests
{
    // What looks like a secret and opens nothing but throw-away systems: file, value, why.
    static readonly (string File, string Value, string Why)[] StandIns =
    [
        .. Accounts("deploy/compose/compose.yaml", "servers in a network of containers on one machine, without a port outside it"),
        .. Accounts("deploy/accounts/kustomization.yaml", "servers of a cluster for trying out, in a namespace of its own").Skip(1),
        ("deploy/overlays/dev/", "pollux", "the same"),
        ("services/plant/", "password", "the word in a description of an address"),
        ("services/cli/FailedMessages.cs", "password", "the same"),
        ("services/cli/Recordings/PublishPacks.cs", "password", "the same"),
        ("services/ingest/", "password", "the same"),
        ("tests/Integration.Tests/foreign/", "password", "the same"),
        ("services/service-defaults/Settings.cs", "password", "the same"),
        ("tests/Integration.Tests/Running/ContainerServers.cs", "pollux", "containers that live as long as a test"),
        ("tests/Integration.Tests/SettingsTests.cs", "secret", "must not be in what is said"),
        ("tests/Integration.Tests/SettingsTests.cs", "guest", "servers that are not there"),
        ("tests/Plant.Tests/CommandTests.cs", "p%40ss", "an address that is only taken apart"),
        ("tests/Ingest.Tests/BrokerTests.cs", "p%40ss", "the same"),
        ("tests/Ingest.Tests/BrokerTests.cs", "secret", "the same"),
        ("tests/Query.Tests/QueryApi.cs", "none", "servers that are not there"),
        ("tests/Ingest.Tests/SealTests.cs", "-----BEGIN " + "PRIVATE KEY", "the beginning of a key that is none"),
    ];

    // Of throw-away systems each account has its name as password.
    static IEnumerable<(string File, string Value, string Why)> Accounts(string file, string why) =>
        new[] { "pollux", "ingest", "twin-state", "simulation", "query", "plant" }.Select(name => (file, name, why));

    static readonly string[] Settings =
        [".yaml", ".yml", ".json", ".env", ".conf", ".sh", ".sql", ".props", ".targets", ".xml", ".toml", ""];

    // Letters and digits at random have 4 to 5 bits each, words about 3.
    const double ManyBits = 3.6;

    [Fact]
    public void No_file_holds_one()
    {
        var files = Tracked();
        Assert.True(files.Count > 500);
        List<string> found = [];
        foreach (var file in files)
        {
            if (Path.GetExtension(file) is ".png" or ".svg" or ".parquet" || !File.Exists(Tool.In(file))) continue;
            found.AddRange(In(file, File.ReadLines(Tool.In(file))));
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public void Every_stand_in_is_still_there() => Assert.Empty(
        StandIns.Where(s => !Tracked().Any(file => file.StartsWith(s.File, StringComparison.Ordinal) && File.Exists(Tool.In(file))
            && File.ReadAllText(Tool.In(file)).Contains(s.Value, StringComparison.Ordinal))).Select(s => s.File));

    // Put together here, or this file would be found.
    [Theory]
    [InlineData("a.txt", "-----BEGIN EC PRIVATE ", "KEY-----")]
    [InlineData("a.cs", "var t = \"eyJhbGciOiJFUzI1NiJ9", ".eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJlLW9mLWl0\";")]
    [InlineData("services/x/Settings.cs", "\"Host=db;Username=pollux;Pass", "word=hunter2;Database=pollux\"")]
    [InlineData("deploy/base/settings.env", "RABBITMQ_PASS", "WORD=hunter2")]
    [InlineData("deploy/base/x.yaml", "  pass", "word: hunter2")]
    [InlineData("deploy/base/x.json", "{\"clientSe", "cret\": \"correct-horse\"}")]
    [InlineData("services/x/Client.cs", "amqp://guest:", "guest@rabbit/")]
    [InlineData("services/x/Client.cs", "const string ApiKey", " = \"9fQ2xLr7Tz0Kb4Wn8Yv3\";")]
    [InlineData("x.sh", "export GITHUB_TOKEN=gh", "p_0123456789abcdefghijABCDEFGHIJ012345")]
    [InlineData("x.md", "AKIA", "IOSFODNN7EXAMPLE")]
    // A stand-in, somewhere else.
    [InlineData("deploy/overlays/prod/kustomization.yaml", "      - pass", "word=pollux")]
    public void One_would_be_found(string file, string first, string second) => Assert.Single(In(file, [first + second]));

    [Theory]
    [InlineData("deploy/overlays/dev/kustomization.yaml", "      - password=pollux")]
    [InlineData("deploy/base/x.yaml", "  secretName: pollux-seal-key")]
    [InlineData("deploy/base/x.yaml", "  password: ${PASSWORD}")]
    [InlineData("x.sh", "password=$(head -c 18 /dev/urandom | base64)")]
    [InlineData("services/x/X.cs", "var answer = await client.Get(id, cancellationToken: cancel);")]
    [InlineData("services/x/X.cs", "throw new(\"Host=…;Password=…\");")]
    [InlineData("deploy/x.md", "set `Dashboard__ClientSecretFile`, its secret mounted as a file")]
    public void A_reference_to_one_is_none(string file, string line) => Assert.Empty(In(file, [line]));

    static IEnumerable<string> In(string file, IEnumerable<string> lines)
    {
        foreach (var (number, line) in lines.Index())
        {
            var value = SecretOf(line, Settings.Contains(Path.GetExtension(file)));
            if (value is not null && !IsHashOfItsName(line, value)
                && !StandIns.Any(s => file.StartsWith(s.File, StringComparison.Ordinal) && value == s.Value))
                yield return $"{file}:{number + 1}: {value[..Math.Min(6, value.Length)]}…";
        }
    }

    // As RabbitMQ hashes passwords: four bytes of salt, then SHA-256 of salt and password. That of an account's own name opens nothing.
    static bool IsHashOfItsName(string line, string value)
    {
        if (NameBefore().Match(line) is not { Success: true } name) return false;
        var hash = new byte[100];
        return Convert.TryFromBase64String(value, hash, out var count) && count == 36 && hash.AsSpan(4, 32).SequenceEqual(
            SHA256.HashData([.. hash[..4], .. Encoding.UTF8.GetBytes(name.Groups[1].Value)]));
    }

    [GeneratedRegex("\"name\": \"([^\"]+)\"")]
    private static partial Regex NameBefore();

    static string? SecretOf(string line, bool isSettings)
    {
        if (Token().Match(line) is { Success: true } token) return token.Value;
        if (Connection().Match(line) is { Success: true } connection) return connection.Groups["value"].Value;
        if (Address().Match(line) is { Success: true } address) return address.Groups["value"].Value;
        foreach (Match named in Named().Matches(line))
        {
            var value = named.Groups["value"].Value;
            if ((isSettings && Password().IsMatch(named.Groups["name"].Value)) || IsRandom(value)) return value;
        }
        return null;
    }

    static bool IsRandom(string value) => value.Length >= 16 && value.Any(char.IsAsciiDigit) && value.Any(char.IsAsciiLetter)
        && value.GroupBy(c => c).Sum(g => -(double)g.Count() / value.Length * Math.Log2((double)g.Count() / value.Length)) > ManyBits;

    // Without git, as in an archive of the sources, everything that a build does not make.
    static List<string> Tracked()
    {
        var (code, output) = Tool.Run("git", "ls-files");
        if (code == 0) return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        string[] made = ["artifacts", ".pollux", ".git", "bin", "obj", "node_modules"];
        return [.. Directory.EnumerateFiles(Tool.Repository, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Tool.Repository, f).Replace('\\', '/')).Where(f => !f.Split('/').Any(made.Contains))];
    }

    [GeneratedRegex(
        @"-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}|\bgh[pousr]_\w{30,}|\bAKIA[0-9A-Z]{16}"
            + @"|\bxox[abprs]-[\w-]{10,}|\bnpm_\w{30,}|\bglpat-[\w-]{20,}")]
    private static partial Regex Token();

    [GeneratedRegex(@"[;""' ](?:Password|Pwd)\s*=\s*(?<value>[^;""'\s{}$…<]+);", RegexOptions.IgnoreCase)]
    private static partial Regex Connection();

    [GeneratedRegex(@"\b[a-z][a-z0-9+]*://[^\s/:@""'{}$]+:(?<value>[^\s/@""'{}$…<]+)@", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    [GeneratedRegex(
        @"(?<name>[\w.-]*(?:password|passwd|secret|token|api_?key|private_?key)[\w]*)[""']?\s*[:=]\s*[""']?"
            + @"(?<value>[^\s""'`$({<,;\])}…]{4,})",
        RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    // Of these, any value is one. Names that end otherwise name a file, an address or a resource.
    [GeneratedRegex("(password|passwd|client_?secret|api_?key)$", RegexOptions.IgnoreCase)]
    private static partial Regex Password();
}
