/** The only place where Kafka's errors, identifiers, configs and records cross to the core's and back. Pure functions, on any thread. */
@NullMarked
package io.tributary.protocol.kafka.translate;

import org.jspecify.annotations.NullMarked;
