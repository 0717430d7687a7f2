package io.tributary.protocol.mqtt.session;

import io.netty.handler.codec.mqtt.MqttMessageType;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What a client has published and is not stored yet, in its order: acknowledgements go out in that order (MQTT-4.6.0-2, -3), whatever the
 * order in which partitions commit. Bounds what a connection has under way by not reading it.
 */
public final class InboundAcks {
    /** Answers one publication; {@link #complete} may be called on any thread. */
    public final class Ack {
        private final int packetId;
        private final int qos;
        private final int bytes;
        private volatile @Nullable Reason result;
        private volatile @Nullable String detail;

        private Ack(int packetId, int qos, int bytes) {
            this.packetId = packetId;
            this.qos = qos;
            this.bytes = bytes;
        }

        /** The publication ended so. Only the first call counts. */
        public void complete(Reason reason, @Nullable String why) {
            if (result == null) {
                detail = why;
                result = reason;
                wake();
            }
        }
    }

    private final Connection connection;
    private final Limits limits;
    private final int level;
    private final ArrayDeque<Ack> waiting = new ArrayDeque<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private int acknowledged;
    private long bytes;

    InboundAcks(Connection connection, Limits limits, int level) {
        this.connection = connection;
        this.limits = limits;
        this.level = level;
    }

    /** Takes a publication in. */
    public Ack add(int packetId, int qos, int size) {
        Ack ack = new Ack(packetId, qos, size);
        waiting.add(ack);
        bytes += size;
        if (qos > 0) {
            acknowledged++;
        }
        if (isFull()) {
            connection.pauseReading(true);
        }
        return ack;
    }

    /** QoS 1 and 2 publications that wait for PUBACK or PUBREC. */
    public int unacknowledged() {
        return acknowledged;
    }

    private boolean isFull() {
        return bytes > limits.maxPendingBytes() || waiting.size() > 2 * limits.receiveMaximum();
    }

    private void wake() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            connection.execute(this::drain);
        }
    }

    private void drain() {
        scheduled.set(false);
        boolean wrote = false;
        for (Ack head = waiting.peek(); head != null && head.result != null; head = waiting.peek()) {
            waiting.poll();
            bytes -= head.bytes;
            Reason reason = head.result;
            if (head.qos > 0) {
                acknowledged--;
                wrote |= answer(head, reason);
            }
        }
        if (wrote) {
            connection.channel().flush();
        }
        if (!isFull()) {
            connection.pauseReading(false);
        }
    }

    private boolean answer(Ack ack, Reason reason) {
        if (reason.isError() && level < ConnectRequest.LEVEL_5) {
            // MQTT 3.1.1 has no negative acknowledgement: the client keeps the message and sends it again (MQTT-3.3.5-2).
            connection.disconnect(reason, ack.detail);
            return false;
        }
        connection.sendReply(ack.qos == 1 ? MqttMessageType.PUBACK : MqttMessageType.PUBREC, ack.packetId, reason, ack.detail);
        return true;
    }
}
