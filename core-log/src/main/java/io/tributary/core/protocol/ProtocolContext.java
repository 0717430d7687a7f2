package io.tributary.core.protocol;

import io.tributary.core.api.Broker;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Authorizer;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway gives a protocol.
 *
 * @param advertisedHost the host that clients are sent to; null for the address at which their connection arrived
 */
public record ProtocolContext(Broker broker, Authenticator authenticator, Authorizer authorizer, @Nullable String advertisedHost) {
    /** Everybody may do everything; for tests and for a broker without users. */
    public static ProtocolContext open(Broker broker) {
        return new ProtocolContext(broker, Authenticator.open(), Authorizer.open(), null);
    }
}
