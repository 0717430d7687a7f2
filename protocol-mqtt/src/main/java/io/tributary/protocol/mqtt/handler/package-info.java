/**
 * One class per packet or family of packets: validate, authorize, call the core, answer. Stateless but for {@link PacketDispatcher}, which
 * belongs to one connection; all run on the connection's event loop.
 */
@NullMarked
package io.tributary.protocol.mqtt.handler;

import org.jspecify.annotations.NullMarked;
