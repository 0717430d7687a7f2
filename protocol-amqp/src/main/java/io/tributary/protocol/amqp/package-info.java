/**
 * AMQP 0-9-1 as RabbitMQ's clients speak it. {@link io.tributary.protocol.amqp.AmqpProtocol} and
 * {@link io.tributary.protocol.amqp.AmqpConfig} are what the gateway sees; each connection lives on its channel's event loop.
 */
@NullMarked
package io.tributary.protocol.amqp;

import org.jspecify.annotations.NullMarked;
