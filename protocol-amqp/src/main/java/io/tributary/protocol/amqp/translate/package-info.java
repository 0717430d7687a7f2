/**
 * Where AMQP's names, properties, bindings and errors cross to the core's and back. Pure functions, safe on any thread.
 */
@NullMarked
package io.tributary.protocol.amqp.translate;

import org.jspecify.annotations.NullMarked;
