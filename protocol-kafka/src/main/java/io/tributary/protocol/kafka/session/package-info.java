/** One connection: its state, the order of its responses, its limits. Everything in it runs on the connection's event loop. */
@NullMarked
package io.tributary.protocol.kafka.session;

import org.jspecify.annotations.NullMarked;
