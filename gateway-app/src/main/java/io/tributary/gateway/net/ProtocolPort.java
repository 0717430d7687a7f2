package io.tributary.gateway.net;

import io.tributary.core.protocol.Protocol;

/**
 * A protocol and where it is to be spoken.
 *
 * @param title what people call the protocol
 * @param port  0 for any free one
 */
public record ProtocolPort(Protocol protocol, String title, int port) {
}
