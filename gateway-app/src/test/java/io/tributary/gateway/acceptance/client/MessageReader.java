package io.tributary.gateway.acceptance.client;

import java.util.ArrayList;
import java.util.List;

/** Reads one topic's messages through one protocol; set up when constructed, so that nothing written afterwards is missed. */
public interface MessageReader extends AutoCloseable {
    /** How long a test waits for messages before it says what is missing; ample, since only a failure lasts that long. */
    long PATIENCE_MS = 60_000;

    /** Adds what has arrived, waiting about {@code waitMs} at most if nothing has. */
    void poll(List<Message> into, long waitMs) throws Exception;

    /** Reads until there are {@code count} messages or patience ends; fewer are returned then. */
    default List<Message> read(int count) throws Exception {
        List<Message> messages = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (messages.size() < count && System.nanoTime() < deadline) {
            poll(messages, 500);
        }
        return messages;
    }

    @Override
    void close() throws Exception;
}
