package io.tributary.gateway.net;

import io.tributary.core.protocol.Protocol;
import io.tributary.gateway.config.ListenerProperties;
import java.util.List;

/**
 * A protocol and where it is to be spoken.
 *
 * @param title     what people call the protocol
 * @param port      0 for any free one; not opened if there are listeners
 * @param listeners the ports to open in its place; may be none
 */
public record ProtocolPort(Protocol protocol, String title, int port, List<ListenerProperties> listeners) {
    public ProtocolPort {
        listeners = List.copyOf(listeners);
    }
}
