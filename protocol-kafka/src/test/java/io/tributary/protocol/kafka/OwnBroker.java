package io.tributary.protocol.kafka;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test that a run against Kafka itself leaves out, since it needs the inside of a broker in this process, or one of its own. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KafkaPeer.class)
@interface OwnBroker {
    /** What it needs. */
    String value();
}
