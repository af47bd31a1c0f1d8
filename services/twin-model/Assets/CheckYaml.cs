using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TwinModel.Assets;

/// <summary>
/// Checks a YAML text before it becomes nodes: whoever reads the nodes may follow every reference, and recursion follows every level. A few
/// lines of references to references stand for more nodes than fit into memory, and a few thousand brackets overflow the stack.
/// </summary>
static class CheckYaml
{
    const int DeepestNesting = 64;

    // In characters, with what references stand for. Ten times as long as the longest file.
    const long MostMeant = 10 << 20;
    const int CharactersOfANode = 8;

    /// <summary>The line and what is wrong there; null if nothing is.</summary>
    /// <exception cref="YamlException">Not YAML.</exception>
    public static (long Line, string Problem)? Of(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        var levels = new Stack<Level>();
        Dictionary<AnchorName, long> sizes = [];
        HashSet<AnchorName> open = [];
        long meant = 0;
        while (parser.MoveNext())
        {
            var found = parser.Current!;
            (long, string) At(string problem) => (found.Start.Line, problem);
            if (found is SequenceEnd or MappingEnd)
            {
                var ended = levels.Pop();
                if (ended.Anchor.IsEmpty) continue;
                sizes[ended.Anchor] = meant - ended.Before;
                open.Remove(ended.Anchor);
                continue;
            }
            if (found is not (AnchorAlias or NodeEvent)) continue;
            var isKey = levels.TryPeek(out var level) && level.IsKeyNext();
            if (isKey && found is not Scalar) return At("has a key that is not text");
            if (found is NodeEvent { Tag.IsEmpty: false } tagged)
                return At(string.Create(CultureInfo.InvariantCulture, $"has the tag '{tagged.Tag}'; write it without a tag"));
            var before = meant;
            meant += CharactersOfANode;
            if (found is AnchorAlias alias)
            {
                if (open.Contains(alias.Value)) return At($"has a reference to what it is part of, *{alias.Value}");
                meant += sizes.GetValueOrDefault(alias.Value);
            }
            else if (found is Scalar scalar)
            {
                meant += scalar.Value.Length;
                if (!scalar.Anchor.IsEmpty) sizes[scalar.Anchor] = meant - before;
            }
            else if (found is SequenceStart or MappingStart)
            {
                var anchor = ((NodeEvent)found).Anchor;
                levels.Push(new(found is MappingStart, anchor, before));
                if (!anchor.IsEmpty) open.Add(anchor);
                if (levels.Count > DeepestNesting) return At($"is nested deeper than {DeepestNesting} levels");
            }
            if (meant > MostMeant) return At($"stands for more than {MostMeant} characters, with what references stand for");
        }
        return null;
    }

    /// <summary>A list or mapping that has begun.</summary>
    sealed class Level(bool isMapping, AnchorName anchor, long before)
    {
        int nodes;

        public AnchorName Anchor => anchor;

        public long Before => before;

        public bool IsKeyNext() => isMapping && nodes++ % 2 == 0;
    }
}
