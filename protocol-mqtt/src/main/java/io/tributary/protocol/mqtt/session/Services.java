package io.tributary.protocol.mqtt.session;

import io.tributary.core.api.Broker;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Authorizer;
import io.tributary.protocol.mqtt.state.SessionStore;

/** What all connections share. */
public record Services(Broker broker, Authenticator authenticator, Authorizer authorizer, Limits limits, SessionStore sessions,
                       Publications publications, SharedSubscriptions shared, SessionRegistry registry, SysTopics sys) {
}
