package io.tributary.protocol.kafka.sasl;

import java.time.Duration;
import java.util.List;

/**
 * How clients may log in. Kafka's names are in parentheses.
 *
 * @param mechanisms     offered (sasl.enabled.mechanisms)
 * @param maxSession     after which a client must log in again; zero for never (connections.max.reauth.ms)
 * @param failureDelay   how late a failure is told (connection.failed.authentication.delay.ms)
 * @param maxTokenBytes  of a request before the client is known (sasl.server.max.receive.size)
 */
public record SaslSettings(List<String> mechanisms, Duration maxSession, Duration failureDelay, int maxTokenBytes) {
    public SaslSettings {
        mechanisms = List.copyOf(mechanisms);
    }
}
