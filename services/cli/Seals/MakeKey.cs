using System.CommandLine;
using System.Security.Cryptography;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Cli.Seals;

/// <summary>Makes a pair of keys for seals.</summary>
static class MakeKey
{
    const string PrivateKey = "key.pem";

    public static Command Command()
    {
        var folder = new Argument<string>("FOLDER")
        {
            Description = $"Gets {PrivateKey} (private, for ingest) and {{id}}.pem (public, for verify). To rotate the key, delete only "
                + $"{PrivateKey} before",
        };
        var command = new Command("seal-key", "Make a pair of keys for sealing the log") { folder };
        command.SetAction((parsed, cancel) => Run(parsed.GetRequiredValue(folder), cancel));
        return command;
    }

    static async Task<int> Run(string folder, CancellationToken cancel)
    {
        var file = Path.Combine(folder, PrivateKey);
        if (File.Exists(file))
            throw new InvalidInputException("FOLDER", folder, $"a folder without {PrivateKey}, which is never overwritten");
        Directory.CreateDirectory(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keys = new SealKeys();
        keys.Add(key.ExportSubjectPublicKeyInfoPem());
        foreach (var (id, pem) in keys.Public)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{id}.pem"), pem, cancel);
            Console.WriteLine($"{file}, public part {id}.pem");
        }
        // Nobody else can read it even for a moment.
        File.Create(file).Close();
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem() + "\n", cancel);
        return 0;
    }
}
