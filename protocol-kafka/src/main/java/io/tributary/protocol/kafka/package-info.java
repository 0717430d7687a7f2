/** The Kafka protocol. {@link io.tributary.protocol.kafka.KafkaProtocol} and its configuration are all that others use. */
@NullMarked
package io.tributary.protocol.kafka;

import org.jspecify.annotations.NullMarked;
