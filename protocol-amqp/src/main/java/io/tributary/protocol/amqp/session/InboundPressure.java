package io.tributary.protocol.amqp.session;

import io.netty.channel.Channel;

/** Stops reading from a connection while it has too much under way, so that its memory is bounded by what one read may bring. */
final class InboundPressure {
    /** Commands that wait for an earlier one of their channel. */
    private static final int MAX_DEFERRED = 512;
    /** Written and not taken by the client, above the mark at which deliveries stop. */
    private static final int MAX_UNREAD = 4 << 20;

    private final Channel channel;
    private final int maxStoring;
    private long storing;
    private int deferred;
    private boolean paused;

    InboundPressure(Channel channel, int maxStoring) {
        this.channel = channel;
        this.maxStoring = maxStoring;
    }

    /** Bytes more, or less, on their way to the log. */
    void storing(int change) {
        storing += change;
        update();
    }

    /** Commands more, or fewer, that wait. */
    void deferred(int change) {
        deferred += change;
        update();
    }

    boolean isPaused() {
        return paused;
    }

    void update() {
        if (!channel.isActive()) {
            return;
        }
        boolean tooMuch = storing > maxStoring || deferred > MAX_DEFERRED
            || !channel.isWritable() && channel.bytesBeforeWritable() > MAX_UNREAD;
        boolean little = storing <= maxStoring / 2 && deferred <= MAX_DEFERRED / 2 && channel.isWritable();
        if (tooMuch && !paused) {
            paused = true;
            channel.config().setAutoRead(false);
        } else if (little && paused) {
            paused = false;
            channel.config().setAutoRead(true);
        }
    }
}
