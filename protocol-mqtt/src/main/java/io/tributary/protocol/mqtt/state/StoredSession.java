package io.tributary.protocol.mqtt.state;

import io.tributary.protocol.mqtt.translate.ConnectRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a persistent session is written down.
 *
 * @param expirySeconds  {@link ConnectRequest#NO_EXPIRY} for never
 * @param disconnectedAt milliseconds since the epoch; {@link #CONNECTED} while a client is connected
 * @param will           to be sent if the connection ends, or after its delay if it has ended
 */
public record StoredSession(long expirySeconds, long disconnectedAt, ConnectRequest.@Nullable Will will, List<FilterOptions> filters) {
    public static final long CONNECTED = -1;

    public StoredSession {
        filters = List.copyOf(filters);
    }
}
