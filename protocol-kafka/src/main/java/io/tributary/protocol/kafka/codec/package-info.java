/**
 * Bytes to Kafka's generated messages and back: framing, request headers, response bodies with records that are sent without a copy.
 * Knows neither the core nor the session; objects belong to one connection and its event loop.
 */
@NullMarked
package io.tributary.protocol.kafka.codec;

import org.jspecify.annotations.NullMarked;
