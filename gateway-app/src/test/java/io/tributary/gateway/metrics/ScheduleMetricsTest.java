package io.tributary.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tributary.core.TestBroker;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.model.Headers;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScheduleMetricsTest {
    private static final TopicName TOPIC = TopicName.of("t");

    @Test
    void showsWhatWaitsAndWhatBecameOfTheRest() {
        try (TestBroker broker = TestBroker.start()) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            new ScheduleMetrics(broker.broker().schedule()).bindTo(registry);
            broker.broker().topics().create(TOPIC, TopicConfig.ofPartitions(1)).toCompletableFuture().join();
            publish(broker, 3_600_000);
            String cancelled = Objects.requireNonNull(publish(broker, 3_600_000).scheduleId());
            assertThat(broker.broker().schedule().cancel(cancelled).toCompletableFuture().join()).isTrue();
            publish(broker, 50);
            await().until(() -> registry.get("tributary.schedule.fired").functionCounter().count() == 1);
            await().until(() -> registry.get("tributary.schedule.waiting").gauge().value() == 1);
            assertThat(registry.get("tributary.schedule.cancelled").functionCounter().count()).isEqualTo(1);
            assertThat(registry.get("tributary.schedule.dropped").functionCounter().count()).isZero();
            await().until(() -> registry.get("tributary.schedule.late").timeGauge().value(TimeUnit.MILLISECONDS) == 0);
        }
    }

    private static PublishResult publish(TestBroker broker, long inMs) {
        return broker.broker().publisher().publish(PublishRequest.of(TOPIC, null, new byte[1], Headers.EMPTY)
            .withNotBefore(System.currentTimeMillis() + inMs)).toCompletableFuture().join();
    }
}
