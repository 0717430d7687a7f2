package io.tributary.gateway.net;

import java.net.InetSocketAddress;

/**
 * A port that accepts connections.
 *
 * @param name the protocol's name in the configuration and in metrics
 */
public record OpenPort(String name, String title, InetSocketAddress address) {
    /** Host and port, an IPv6 host in brackets. */
    public String hostAndPort() {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
