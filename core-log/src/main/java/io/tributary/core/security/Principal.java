package io.tributary.core.security;

import io.tributary.core.model.Namespace;

/**
 * Who a connection speaks for, and the namespace that its topics are in.
 *
 * @param address the IP address from which it came, without a port; empty when it is not known
 */
public record Principal(String name, Namespace namespace, String address) {
    /** Nobody in particular; named as in Kafka's ACLs. */
    public static final Principal ANONYMOUS = new Principal("ANONYMOUS", Namespace.DEFAULT);

    /** One of whom it is not known where it is. */
    public Principal(String name, Namespace namespace) {
        this(name, namespace, "");
    }

    /** The same one, at an address. */
    public Principal at(String ipAddress) {
        return new Principal(name, namespace, ipAddress);
    }
}
