package io.tributary.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tributary.core.TestBroker;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.model.Binding;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BrokerMetricsTest {
    private final TestBroker broker = TestBroker.start();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void close() {
        broker.close();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static SubscriptionName subscription(String name) {
        return new SubscriptionName(Namespace.DEFAULT, name);
    }

    /** A topic with a subscription of the same name, and so many records. */
    private void fill(String name, int records) {
        TopicName topic = TopicName.of(name);
        get(broker.broker().topics().create(topic, TopicConfig.ofPartitions(1)));
        get(broker.broker().subscriptions().create(subscription(name), SubscriptionConfig.TRANSIENT,
            List.of(new Binding(topic, new Filter.All())), StartPosition.LATEST));
        for (int i = 0; i < records; i++) {
            get(broker.broker().publisher().publish(PublishRequest.of(topic, null, new byte[100_000], Headers.EMPTY)));
        }
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private Set<String> named(String meter, String tag) {
        Set<String> names = new TreeSet<>();
        for (Meter each : registry.find(meter).meters()) {
            @Nullable String name = each.getId().getTag(tag);
            if (name != null) {
                names.add(name);
            }
        }
        return names;
    }

    @Test
    void showsTheLargestOneByOneAndTheSumsOfAll() {
        BrokerMetrics metrics = new BrokerMetrics(broker.broker(), 2);
        fill("small", 1);
        fill("middle", 2);
        fill("large", 3);
        metrics.bindTo(registry);
        assertThat(gauge("tributary.subscriptions")).isEqualTo(3);
        assertThat(gauge("tributary.subscriptions.ready")).isEqualTo(6);
        assertThat(registry.get("tributary.subscriptions.published").functionCounter().count()).isEqualTo(6);
        assertThat(registry.get("tributary.topics.appended.records").functionCounter().count()).isGreaterThanOrEqualTo(6);
        assertThat(named("tributary.subscription.ready", "subscription")).containsExactly("large", "middle");
        assertThat(named("tributary.topic.size", "topic")).containsExactly("large", "middle");
        assertThat(gauge("tributary.subscription.ready", "subscription", "large", "namespace", "default")).isEqualTo(3);
        assertThat(registry.get("tributary.topic.appended.records").tags("topic", "large").functionCounter().count()).isEqualTo(3);
    }

    @Test
    void namesComeAndGoWithWhatTheyName() {
        BrokerMetrics metrics = new BrokerMetrics(broker.broker(), 1);
        fill("first", 1);
        metrics.bindTo(registry);
        assertThat(gauge("tributary.subscriptions.ready")).isEqualTo(1);
        assertThat(named("tributary.subscription.ready", "subscription")).containsExactly("first");
        fill("second", 2);
        await().untilAsserted(() -> {
            assertThat(gauge("tributary.subscriptions.ready")).isEqualTo(3);
            assertThat(named("tributary.subscription.ready", "subscription")).containsExactly("second");
        });
        get(broker.broker().subscriptions().delete(subscription("second")));
        await().untilAsserted(() -> {
            assertThat(gauge("tributary.subscriptions")).isEqualTo(1);
            assertThat(named("tributary.subscription.published", "subscription")).containsExactly("first");
        });
        assertThat(registry.get("tributary.subscriptions.published").functionCounter().count()).isEqualTo(3);
        // So that what the registry holds weakly is there all the time.
        assertThat(metrics).isNotNull();
    }

    @Test
    void withoutNamesOnlyTheSumsAreShown() {
        BrokerMetrics metrics = new BrokerMetrics(broker.broker(), 0);
        fill("t", 1);
        metrics.bindTo(registry);
        assertThat(gauge("tributary.subscriptions.ready")).isEqualTo(1);
        assertThat(registry.find("tributary.subscription.ready").meters()).isEmpty();
        assertThat(registry.find("tributary.topic.size").meters()).isEmpty();
        assertThat(metrics).isNotNull();
    }
}
