package io.tributary.protocol.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractResponse;

/** Sends single requests in any version, each over a connection of its own. */
final class WireClient {
    private final int port;

    WireClient(int port) {
        this.port = port;
    }

    AbstractResponse exchange(ApiKeys api, int version, ApiMessage body) {
        try (RawKafka connection = new RawKafka(port)) {
            return connection.ask(AbstractResponse.class, api, version, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
