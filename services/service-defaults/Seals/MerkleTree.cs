using System.Numerics;
using System.Security.Cryptography;

namespace ServiceDefaults.Seals;

/// <summary>The Merkle tree of RFC 6962, section 2.1, over hashes of leaves: one root vouches for all, and a short path for each.</summary>
public sealed class MerkleTree
{
    // Roots of the complete subtrees, largest first; their sizes are the binary digits of the count.
    readonly List<byte[]> subtrees = [];
    long count;

    /// <summary>Root over these leaves.</summary>
    public static byte[] RootOf(IEnumerable<byte[]> leaves)
    {
        var tree = new MerkleTree();
        foreach (var leaf in leaves) tree.Add(leaf);
        return tree.Root();
    }

    /// <summary>Adds a leaf at the end.</summary>
    public void Add(ReadOnlySpan<byte> leaf)
    {
        var node = leaf.ToArray();
        for (var digits = count; (digits & 1) == 1; digits >>= 1)
        {
            CanonicalBytes.Node(subtrees[^1], node, node);
            subtrees.RemoveAt(subtrees.Count - 1);
        }
        subtrees.Add(node);
        count++;
    }

    /// <summary>Root over the leaves so far; without any, the hash of nothing.</summary>
    public byte[] Root()
    {
        if (subtrees.Count == 0) return SHA256.HashData([]);
        var root = subtrees[^1].ToArray();
        for (var i = subtrees.Count - 2; i >= 0; i--) CanonicalBytes.Node(subtrees[i], root, root);
        return root;
    }

    /// <summary>The hashes beside the way from a leaf up to the root.</summary>
    public static List<byte[]> Path(IReadOnlyList<byte[]> leaves, int index) => Path(leaves, index, 0, leaves.Count);

    static List<byte[]> Path(IReadOnlyList<byte[]> leaves, int index, int from, int count)
    {
        if (count == 1) return [];
        var left = LeftOf(count);
        var (path, beside) = index < left
            ? (Path(leaves, index, from, left), (From: from + left, Count: count - left))
            : (Path(leaves, index - left, from + left, count - left), (From: from, Count: left));
        path.Add(RootOf(leaves.Skip(beside.From).Take(beside.Count)));
        return path;
    }

    /// <summary>The root that a leaf and its path lead to; null when the path does not fit the place in the tree.</summary>
    public static byte[]? RootFrom(byte[] leaf, long index, long count, IReadOnlyList<byte[]> path)
    {
        if (index < 0 || index >= count) return null;
        if (count == 1) return path.Count == 0 ? leaf : null;
        if (path.Count == 0) return null;
        var left = LeftOf(count);
        IReadOnlyList<byte[]> below = [.. path.Take(path.Count - 1)];
        var root = index < left ? RootFrom(leaf, index, left, below) : RootFrom(leaf, index - left, count - left, below);
        if (root is null) return null;
        var node = new byte[CanonicalBytes.HashBytes];
        if (index < left) CanonicalBytes.Node(root, path[^1], node);
        else CanonicalBytes.Node(path[^1], root, node);
        return node;
    }

    // The largest power of two below the count.
    static long LeftOf(long count) => 1L << BitOperations.Log2((ulong)(count - 1));

    static int LeftOf(int count) => (int)LeftOf((long)count);
}
