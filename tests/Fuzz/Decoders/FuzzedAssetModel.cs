using System.Text;
using Fuzz.Mutations;
using Ingest.Messages;
using Ingest.Payloads;
using TwinModel.Assets;

namespace Fuzz.Decoders;

/// <summary>The YAML of an asset's model, and what services make of one that is accepted.</summary>
sealed class FuzzedAssetModel() : FuzzedDecoder("asset-model", Models(), [.. MutateYaml.All, .. MutateYaml.All, .. MutateText.All])
{
    // Bytes that a megabyte of YAML becomes as nodes are many times its own.
    public override long MostAllocated => 16 << 20;

    static List<byte[]> Models()
    {
        var shipped = Directory.EnumerateFiles(Path.Combine(Corpus.Repository, "contracts/assets"),
            "*.asset.yaml").Order(StringComparer.Ordinal)
            .Select(File.ReadAllText).Append(Corpus.MachineText()).ToList();
        List<string> small = [.. shipped.Where(m => m.Length < 2000), .. Corpus.Matching("*.asset.yaml").Select(Encoding.UTF8.GetString)];
        // Large ones take long to read, so they are few.
        return [.. Enumerable.Repeat(small, 8).SelectMany(m => m).Concat(shipped.Where(m => m.Length >= 2000))
            .Concat(Sections(shipped.MaxBy(m => m.Length)!)).Select(Encoding.UTF8.GetBytes)];
    }

    // A small model with each section of a large one; most of what it refers to is missing.
    static IEnumerable<string> Sections(string model) =>
        from section in model.Split("\n\n")
        where section.Length < 4000 && char.IsAsciiLetter(section.TrimStart()[0])
        select $"schema: pollux/asset-model/1\nid: part\nname: Part\nversion: 1\n{section}\n";

    public override string? Decode(byte[] payload)
    {
        AssetModel model;
        try
        {
            model = ReadAssetModel.FromText(Encoding.UTF8.GetString(payload), "fuzz.asset.yaml");
        }
        catch (InvalidModelException e)
        {
            return e.Problems.Count == 0 ? "refused without a problem"
                : e.Problems.FirstOrDefault(p => p.Message.Length > 4096 || p.Path.Length > 4096) is { } longest
                    ? $"a problem of {longest.Message.Length} characters at a path of {longest.Path.Length}"
                    : null;
        }
        _ = RouteTopic.Filters([model]).Count();
        foreach (var connection in model.Connections) _ = new SensorNames(model, connection.Names);
        return ReadAssetModel.FromText(model.Source, "fuzz.asset.yaml").Hash == model.Hash ? null : "read again, it has another hash";
    }
}
