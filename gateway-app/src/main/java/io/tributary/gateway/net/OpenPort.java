package io.tributary.gateway.net;

/**
 * A port that accepts connections.
 *
 * @param name the protocol's name in the configuration and in metrics
 * @param host the address that the configuration names
 */
public record OpenPort(String name, String title, String host, int port) {
    /** Host and port, an IPv6 host in brackets. */
    public String hostAndPort() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
