package io.tributary.protocol.kafka.session;

import io.tributary.protocol.kafka.codec.DecodedRequest;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request in its place in the order of responses. */
final class PendingRequest {
    private final DecodedRequest request;
    private final Call call;
    private @Nullable Reply reply;
    private @Nullable List<Object> encoded;
    private long busyNanos;
    private long memory;

    /**
     * Not replied to yet.
     *
     * @param memory bytes of the shared memory that it holds
     */
    PendingRequest(DecodedRequest request, Call call, long memory) {
        this.request = request;
        this.call = call;
        this.memory = memory;
    }

    /** The response as it is to be written, if that was made aside. */
    @Nullable List<Object> encoded() {
        return encoded;
    }

    void setEncoded(@Nullable List<Object> value) {
        encoded = value;
    }

    /** Takes more of the shared memory, for its response. */
    void take(SharedMemory shared, long bytes) {
        shared.take(bytes);
        memory += bytes;
    }

    /** Gives back what it holds of the shared memory. */
    void release(SharedMemory shared) {
        shared.give(memory);
        memory = 0;
    }

    DecodedRequest request() {
        return request;
    }

    Call call() {
        return call;
    }

    /** For how long the event loop was busy with it before it had to wait. */
    long busyNanos() {
        return busyNanos;
    }

    void setBusyNanos(long value) {
        busyNanos = value;
    }

    @Nullable Reply reply() {
        return reply;
    }

    void setReply(Reply value) {
        reply = value;
    }
}
