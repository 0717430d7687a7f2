/**
 * What an API handler is and sees: the call, the caller, the reply, the table that dispatches and is advertised. Handlers keep no state of
 * a connection; they are called on the connection's event loop and answer from any thread.
 */
@NullMarked
package io.tributary.protocol.kafka.handler;

import org.jspecify.annotations.NullMarked;
