package io.tributary.gateway.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One of several ports of a protocol.
 *
 * @param name           for the log, health and messages; lower-case letters, digits and dashes
 * @param bindAddress    null for {@code tributary.bind-address}
 * @param port           0 for any free one
 * @param protocol       whether there is TLS, and, for Kafka, SASL
 * @param clientAuth     whether clients show a certificate
 * @param advertisedHost that Kafka's clients of this port are sent to; null for {@code tributary.advertised-host}
 * @param advertisedPort that Kafka's clients of this port are sent to; 0 for the one they came to
 */
public record ListenerProperties(String name, @Nullable String bindAddress, int port, @DefaultValue("plaintext") SecurityProtocol protocol,
                                 @DefaultValue("none") ClientAuth clientAuth, @Nullable String advertisedHost,
                                 @DefaultValue("0") int advertisedPort) {
    /** By Kafka's names. The SASL of AMQP and MQTT's login are part of those protocols. */
    public enum SecurityProtocol {
        PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL;

        public boolean hasTls() {
            return this == SSL || this == SASL_SSL;
        }

        public boolean hasSasl() {
            return this == SASL_PLAINTEXT || this == SASL_SSL;
        }
    }

    /** What is done about certificates of clients. */
    public enum ClientAuth {
        /** None is asked for. */
        NONE,
        /** One is looked at if there is one. */
        WANT,
        /** Without one there is no connection. */
        NEED
    }

    /** Refuses illegal names and ports, and a certificate without TLS. */
    public ListenerProperties {
        TributaryProperties.require(name != null && name.matches("[a-z0-9-]{1,50}"),
            "a listener's name has 1 to 50 of a-z, 0-9 and -, not '" + name + "'");
        TributaryProperties.requirePort("the port of listener " + name, port);
        TributaryProperties.requirePort("the advertised-port of listener " + name, advertisedPort);
        TributaryProperties.require(clientAuth == ClientAuth.NONE || protocol.hasTls(),
            "listener " + name + " has client-auth and no TLS; its protocol is " + protocol);
    }

    static void check(String protocol, List<ListenerProperties> listeners, boolean mayHaveSasl) {
        Set<String> names = new HashSet<>();
        for (ListenerProperties listener : listeners) {
            TributaryProperties.require(names.add(listener.name()),
                "two of tributary." + protocol + ".listeners have the name " + listener.name());
            TributaryProperties.require(mayHaveSasl || !listener.protocol().hasSasl(),
                "listener " + listener.name() + " of " + protocol + ": its protocol may be PLAINTEXT or SSL");
        }
    }
}
