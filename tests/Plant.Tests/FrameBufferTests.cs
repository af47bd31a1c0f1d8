using Plant.Gateway;
using Plant.Sensors;

namespace Plant.Tests;

public class FrameBufferTests
{
    [Fact]
    public void Nothing_is_lost_over_an_outage()
    {
        var buffer = new FrameBuffer(capacity: 1000);
        for (var i = 0; i < 5; i++) buffer.Add(Frame(i), At(i));
        Assert.True(buffer.TryTake(At(5), out _, out _));
        for (var i = 5; i < 600; i++) buffer.Add(Frame(i), At(i));

        buffer.Reconnected();

        Assert.Equal(Enumerable.Range(0, 600), Drain(buffer, At(600)).Select(frame => (int)frame.Sequence).Distinct().Order());
        Assert.Equal(0, buffer.Count);
    }

    [Fact]
    public void Frames_acknowledged_just_before_the_break_go_out_again()
    {
        var buffer = new FrameBuffer(capacity: 1000);
        for (var second = 0; second < 60; second++)
        {
            buffer.Add(Frame(second), At(second));
            Drain(buffer, At(second));
        }

        buffer.Reconnected();

        Assert.Equal([49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59], Drain(buffer, At(90)).Select(frame => (int)frame.Sequence));
    }

    [Fact]
    public void Resent_frames_come_before_new_ones()
    {
        var buffer = new FrameBuffer(capacity: 10);
        buffer.Add(Frame(1), At(1));
        Assert.True(buffer.TryTake(At(1), out _, out _));
        buffer.Add(Frame(2), At(2));
        buffer.Reconnected();

        Assert.Equal([1, 2], Drain(buffer, At(3)).Select(frame => (int)frame.Sequence));
    }

    [Fact]
    public void A_frame_nobody_received_is_put_back_in_its_place()
    {
        var buffer = new FrameBuffer(capacity: 10);
        buffer.Add(Frame(1), At(1));
        buffer.Add(Frame(2), At(2));
        Assert.True(buffer.TryTake(At(3), out _, out var ticket));
        buffer.PutBack(ticket);

        Assert.Equal([1, 2], Drain(buffer, At(3)).Select(frame => (int)frame.Sequence));
    }

    [Fact]
    public void A_late_frame_waits_for_its_time_and_a_doubled_one_comes_twice()
    {
        var buffer = new FrameBuffer(capacity: 10);
        buffer.Add(Frame(1), At(7));
        buffer.Add(Frame(2), At(1));
        buffer.Add(Frame(2), At(2));

        Assert.Equal([2, 2], Drain(buffer, At(2)).Select(frame => (int)frame.Sequence));
        Assert.Equal(At(7), buffer.NextDue());
        Assert.Equal([1], Drain(buffer, At(7)).Select(frame => (int)frame.Sequence));
        Assert.Null(buffer.NextDue());
    }

    [Fact]
    public void A_full_buffer_gives_up_its_oldest_frames_and_counts_them()
    {
        var buffer = new FrameBuffer(capacity: 3);
        for (var i = 0; i < 5; i++) buffer.Add(Frame(i), At(i));

        Assert.Equal(2, buffer.Dropped);
        Assert.Equal([2, 3, 4], Drain(buffer, At(9)).Select(frame => (int)frame.Sequence));
    }

    [Fact]
    public void The_path_disturbs_about_the_stated_share_of_frames()
    {
        var path = new PathFaults(seed: 5, lateRate: 0.01, doubleRate: 0.02, lossRate: 0.03);
        var arrivals = Enumerable.Range(0, 20_000).Select(_ => path.Arrivals()).ToList();

        Assert.All(arrivals, delays => Assert.NotEmpty(delays));
        Assert.InRange(path.Late, 140, 260);
        Assert.InRange(path.Doubled, 320, 480);
        Assert.InRange(path.Lost, 500, 700);
        Assert.Equal(path.Doubled, arrivals.Count(delays => delays.Count == 2));
    }

    static List<Frame> Drain(FrameBuffer buffer, TimeSpan now)
    {
        List<Frame> sent = [];
        while (buffer.TryTake(now, out var frame, out var ticket))
        {
            sent.Add(frame);
            buffer.Acknowledge(ticket, now);
        }
        return sent;
    }

    static Frame Frame(int sequence) => new(sequence, sequence * 1_000_000L, []);

    static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
}
