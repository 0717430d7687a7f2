package io.tributary.protocol.kafka.handler;

import io.tributary.core.model.Namespace;
import io.tributary.core.security.Authorizer;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import org.apache.kafka.common.errors.ClusterAuthorizationException;

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
        return authorizer.allows(principal, operation, Resource.CLUSTER);
    }

    public boolean mayOnTransaction(Operation operation, String transactionalId) {
        return authorizer.allows(principal, operation, Resource.transaction(transactionalId));
    }

    /** Whether there can be a topic on which the caller may do this. */
    public boolean mayOnAnyTopic(Operation operation) {
        return authorizer.allowsAny(principal, operation, Resource.Type.TOPIC);
    }

    /** Fails with CLUSTER_AUTHORIZATION_FAILED. */
    public void requireOnCluster(Operation operation) {
        if (!mayOnCluster(operation)) {
            throw new ClusterAuthorizationException("User:" + principal.name() + " may not " + operation + " the cluster");
        }
    }
}
