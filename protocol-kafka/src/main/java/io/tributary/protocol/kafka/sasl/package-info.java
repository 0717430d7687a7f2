/**
 * SASL on Kafka's connections (RFC 4422, KIP-43, KIP-152, KIP-368): one class a mechanism, and what one connection's login has come to. On
 * the connection's event loop.
 */
@NullMarked
package io.tributary.protocol.kafka.sasl;

import org.jspecify.annotations.NullMarked;
