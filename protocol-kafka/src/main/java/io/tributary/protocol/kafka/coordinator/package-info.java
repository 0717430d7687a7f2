/**
 * Kafka's own group coordinator on our log: its records go to the internal topic {@code __consumer_offsets} and are read from there again.
 * The coordinator runs on threads of its own; everything here may be called from any thread.
 */
@NullMarked
package io.tributary.protocol.kafka.coordinator;

import org.jspecify.annotations.NullMarked;
