package io.tributary.gateway.acceptance.client;

import java.util.List;

/** Writes one topic's messages through one protocol. */
public interface MessageWriter extends AutoCloseable {
    /** Writes the messages in order and returns when all are acknowledged. */
    void write(List<Message> messages) throws Exception;

    @Override
    void close() throws Exception;
}
