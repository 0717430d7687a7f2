/**
 * What clients measure of themselves and push (KIP-714): who is asked for what, by Kafka's own class, and the topic that keeps it. A
 * namespace has a thread of its own, on which patterns are matched and payloads unpacked.
 */
@NullMarked
package io.tributary.protocol.kafka.telemetry;

import org.jspecify.annotations.NullMarked;
