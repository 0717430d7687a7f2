/**
 * What each family of methods does: validate, authorise, call the core, map the result. Without state but for the order of changes to the
 * same name; safe on any thread. Failures are {@link io.tributary.protocol.amqp.codec.AmqpException}s or the core's, thrown at once or
 * through the stage.
 */
@NullMarked
package io.tributary.protocol.amqp.handler;

import org.jspecify.annotations.NullMarked;
