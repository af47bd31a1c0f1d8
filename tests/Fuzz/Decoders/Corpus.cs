using System.Buffers.Binary;
using System.Buffers.Text;
using TwinModel.Assets;

namespace Fuzz.Decoders;

/// <summary>Valid payloads, and the asset they are of.</summary>
static class Corpus
{
    public const long Now = 1_772_366_400_123_456;

    public static readonly string Repository = FindRepository();

    public static readonly AssetModel Machine = ReadAssetModel.FromText(MachineText(), "machine.asset.yaml");

    /// <summary>The real payloads that came with the task, if they are there.</summary>
    public static List<byte[]> Matching(string pattern)
    {
        var cases = Path.GetFullPath(Path.Combine(Repository, "../shared/cases/payloads"));
        return Directory.Exists(cases)
            ? [.. Directory.EnumerateFiles(cases, pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)]
            : [];
    }

    /// <summary>Sixteen samples of a wave.</summary>
    public static string Waveform(bool float32)
    {
        var bytes = new byte[16 * (float32 ? 4 : 2)];
        for (var i = 0; i < 16; i++)
        {
            if (float32) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), (float)Math.Sin(i));
            else BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), (short)(1000 * Math.Sin(i)));
        }
        return Base64Url.EncodeToString(bytes);
    }

    public static string MachineText()
    {
        using var reader = new StreamReader(typeof(Corpus).Assembly.GetManifestResourceStream("machine.asset.yaml")!);
        return reader.ReadToEnd();
    }

    static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Pollux.slnx"))) directory = directory.Parent!;
        return directory.FullName;
    }
}
