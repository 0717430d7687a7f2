/** Who may come in and do what: SASL, users, ACLs, quotas. Called on the connection's event loop. */
@NullMarked
package io.tributary.protocol.kafka.handler.security;

import org.jspecify.annotations.NullMarked;
