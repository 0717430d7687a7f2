package io.tributary.protocol.kafka.handler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;

/** How a request ends. */
public sealed interface Reply {
    /**
     * With a response.
     *
     * @param isLarge whether it takes long to write it down, so that an event loop is not to do it
     */
    record Message(ApiMessage body, boolean isLarge) implements Reply {
        public Message(ApiMessage body) {
            this(body, false);
        }
    }

    /** Without one: Produce with acks=0. */
    record Silence() implements Reply {
    }

    /** The connection is closed, which is how the failure of a request without response is told. */
    record Hangup(String reason) implements Reply {
    }

    /** With a response, after which the connection is closed. */
    record Farewell(ApiMessage body, String reason) implements Reply {
    }

    /** A response that is there at once. */
    static CompletionStage<Reply> now(ApiMessage body) {
        return CompletableFuture.completedFuture(new Message(body));
    }
}
