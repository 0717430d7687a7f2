/** The APIs of client telemetry (KIP-714). Handlers are stateless and run on the connection's event loop. */
@NullMarked
package io.tributary.protocol.kafka.handler.telemetry;

import org.jspecify.annotations.NullMarked;
