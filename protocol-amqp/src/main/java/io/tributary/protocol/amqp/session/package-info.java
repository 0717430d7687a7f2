/**
 * One connection's state: the handshake, channels, the order of commands, confirms, credit and unacknowledged deliveries. All of it is
 * touched on the connection's event loop only; the core's callbacks come in through the {@link io.tributary.protocol.amqp.session.Mailbox}.
 */
@NullMarked
package io.tributary.protocol.amqp.session;

import org.jspecify.annotations.NullMarked;
