package io.tributary.core.security;

import io.tributary.core.model.Namespace;

/** Who a connection speaks for, and the namespace that its topics are in. */
public record Principal(String name, Namespace namespace) {
    public static final Principal ANONYMOUS = new Principal("anonymous", Namespace.DEFAULT);
}
