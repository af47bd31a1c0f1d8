using Cluster;
using Ingest.Payloads;
using Orleans.Runtime;

namespace Ingest.Messages;

/// <summary>
/// Which replica handles the messages of which Sparkplug edge node. Every replica receives all of them, because a node's aliases and
/// sequence numbers need each message, but one handles a node: its owner, as soon as that one is known to receive from the broker. The
/// others keep what they received lately: when the owner dies, the next one begins with what the dead one may not have stored; the log
/// drops what it had. Not thread-safe.
/// </summary>
sealed class EdgeNodes(Owners owners)
{
    /// <summary>Longer than it takes to notice that a replica is dead.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(15);

    /// <summary>Most messages kept.</summary>
    public const int MostKept = 20_000;

    readonly Queue<KeptMessage> kept = new();
    readonly HashSet<SiloAddress> receiving = [];
    int members = owners.Changes;

    /// <summary>A message of a node that another replica handles.</summary>
    /// <param name="Topic">Its topic.</param>
    /// <param name="Payload">Its payload.</param>
    /// <param name="Context">What else it says of itself.</param>
    /// <param name="ReceivedAt">When it arrived.</param>
    public sealed record KeptMessage(string Topic, byte[] Payload, MessageContext Context, DateTimeOffset ReceivedAt);

    /// <summary>True while this replica handles the node, or knows of no other that receives its messages.</summary>
    public bool IsMine(in SparkplugTopic topic) =>
        owners.Of(topic.Key) is not { } owner || owners.IsMine(topic.Key) || !receiving.Contains(owner);

    /// <summary>Replicas that are not known to receive.</summary>
    public IReadOnlyList<SiloAddress> ToAsk => [.. owners.Members.Where(m => !receiving.Contains(m))];

    /// <summary>A replica receives from the broker: from now on it handles its nodes.</summary>
    public void Receives(SiloAddress replica) => receiving.Add(replica);

    /// <summary>Keeps a message of a node that is another's.</summary>
    public void Keep(KeptMessage message)
    {
        kept.Enqueue(message);
        while (kept.Count > MostKept || message.ReceivedAt - kept.Peek().ReceivedAt > KeepFor) kept.Dequeue();
    }

    /// <summary>
    /// The messages, oldest first, of nodes that this replica has come to handle since the last call; null if no replica has joined or
    /// left. They must be handled before newer ones, which they may contain the births for.
    /// </summary>
    public IReadOnlyList<KeptMessage>? TakeOver(DateTimeOffset now)
    {
        if (members == owners.Changes) return null;
        members = owners.Changes;
        receiving.IntersectWith(owners.Members);
        List<KeptMessage> mine = [];
        for (var left = kept.Count; left > 0; left--)
        {
            var message = kept.Dequeue();
            if (now - message.ReceivedAt > KeepFor) continue;
            if (SparkplugTopic.TryParse(message.Topic, out var topic) && IsMine(topic)) mine.Add(message);
            else kept.Enqueue(message);
        }
        return mine;
    }
}
