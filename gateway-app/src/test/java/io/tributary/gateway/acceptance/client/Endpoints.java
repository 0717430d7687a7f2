package io.tributary.gateway.acceptance.client;

import java.net.URI;

/** Where a server under test listens. */
public record Endpoints(String host, int kafka, int amqp, int mqtt, int http) {
    public String bootstrap() {
        return host + ":" + kafka;
    }

    /** The address of an HTTP resource; {@code pathAndQuery} begins with a slash and is already escaped. */
    public URI uri(String pathAndQuery) {
        return URI.create("http://" + host + ":" + http + pathAndQuery);
    }
}
