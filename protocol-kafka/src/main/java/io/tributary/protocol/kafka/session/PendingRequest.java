package io.tributary.protocol.kafka.session;

import io.tributary.protocol.kafka.codec.DecodedRequest;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import org.jspecify.annotations.Nullable;

/** A request in its place in the order of responses. */
final class PendingRequest {
    private final DecodedRequest request;
    private final Call call;
    private @Nullable Reply reply;

    PendingRequest(DecodedRequest request, Call call) {
        this.request = request;
        this.call = call;
    }

    DecodedRequest request() {
        return request;
    }

    Call call() {
        return call;
    }

    @Nullable Reply reply() {
        return reply;
    }

    void setReply(Reply value) {
        reply = value;
    }
}
