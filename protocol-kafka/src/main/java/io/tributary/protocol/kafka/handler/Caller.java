package io.tributary.protocol.kafka.handler;

import io.tributary.core.model.Namespace;
import io.tributary.core.security.Authorizer;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;

/**
 * Who calls, and where clients of this connection find the broker.
 *
 * @param host advertised to clients
 * @param port advertised to clients
 */
public record Caller(Principal principal, Authorizer authorizer, String host, int port) {
    public Namespace namespace() {
        return principal.namespace();
    }

    public boolean mayOnTopic(Operation operation, String topic) {
        return authorizer.allows(principal, operation, Resource.topic(topic));
    }

    public boolean mayOnGroup(Operation operation, String group) {
        return authorizer.allows(principal, operation, Resource.subscription(group));
    }

    public boolean mayOnCluster(Operation operation) {
        return authorizer.allows(principal, operation, new Resource(Resource.Type.CLUSTER, "cluster"));
    }
}
