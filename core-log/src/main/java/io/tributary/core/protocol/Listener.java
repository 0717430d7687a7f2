package io.tributary.core.protocol;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * The port that a connection came in by, as far as its protocol has to know. The gateway may open several for one protocol.
 *
 * @param name           in the configuration
 * @param login          for protocols in which a client may begin without saying who it is, which is Kafka
 * @param advertisedHost the host that clients of this port are sent to; null for that of the whole gateway
 * @param advertisedPort the port that clients of this port are sent to; 0 for the one that they came to
 */
public record Listener(String name, Login login, @Nullable String advertisedHost, int advertisedPort) {
    /** What a protocol's own port is when nothing else is said. */
    public static final Listener DEFAULT = new Listener("default", Login.OPTIONAL, null, 0);

    private static final AttributeKey<Listener> KEY = AttributeKey.valueOf(Listener.class, "listener");

    /** Whether clients log in. */
    public enum Login {
        /** They cannot: they are who their certificate says, or anonymous. */
        NONE,
        /** They may, and must where anonymous clients are not let in. */
        OPTIONAL,
        /** They must. */
        REQUIRED
    }

    /** The port that a connection came in by. */
    public static Listener of(Channel channel) {
        Listener listener = channel.attr(KEY).get();
        return listener == null ? DEFAULT : listener;
    }

    /** Says so of a connection that has just come in. */
    public void mark(Channel channel) {
        channel.attr(KEY).set(this);
    }
}
