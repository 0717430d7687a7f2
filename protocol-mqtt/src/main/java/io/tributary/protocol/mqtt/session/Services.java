package io.tributary.protocol.mqtt.session;

import io.tributary.core.api.Broker;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Authorizer;
import io.tributary.protocol.mqtt.state.RetainedStore;
import io.tributary.protocol.mqtt.state.SessionStore;
import java.util.concurrent.Executor;

/**
 * What all connections share.
 *
 * @param worker for what reads whole tables
 */
public record Services(Broker broker, Authenticator authenticator, Authorizer authorizer, Limits limits, SessionStore sessions,
                       RetainedStore retained, Publications publications, SharedSubscriptions shared, SessionRegistry registry,
                       SysTopics sys, Executor worker) {
}
