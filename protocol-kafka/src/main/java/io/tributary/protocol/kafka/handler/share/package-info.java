/**
 * ShareFetch and ShareAcknowledge (KIP-932, KIP-1206, KIP-1222): the members of share groups as consumers of the core's subscriptions. A
 * session is locked by itself; an operation runs on the event loop of the connection that asked for it.
 */
@NullMarked
package io.tributary.protocol.kafka.handler.share;

import org.jspecify.annotations.NullMarked;
