package io.tributary.protocol.kafka;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of what is not as in Kafka by design. Against Kafka itself it has to fail, and counts as a difference that is explained;
 * docs/protocols/kafka.md lists them.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KafkaPeer.class)
@interface DiffersFromKafka {
    /** What Kafka does instead. */
    String value();
}
