package io.tributary.protocol.kafka.handler.security;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.Caller;
import org.apache.kafka.common.errors.SecurityDisabledException;

/** What has to be so for ACLs to be looked at or changed. */
final class AclRights {
    private AclRights() {
    }

    /** Fails with SECURITY_DISABLED where no ACL is ever asked for, or CLUSTER_AUTHORIZATION_FAILED. */
    static void require(Caller caller, Operation operation) {
        if (!caller.authorizer().asksAcls()) {
            throw new SecurityDisabledException("No Authorizer is configured.");
        }
        caller.requireOnCluster(operation);
    }
}
