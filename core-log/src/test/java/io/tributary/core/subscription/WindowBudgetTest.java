package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.all;
import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.StartPosition;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import io.tributary.core.subscription.policy.WindowBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WindowBudgetTest {
    private static final int SUBSCRIPTIONS = 40;
    private static final int RECORDS = 150;
    private static final int RECORD_BYTES = 16 << 10;
    private static final int TOTAL_BYTES = 1 << 20;
    private static final int SLACK_BYTES = 1 << 10;

    private SubscriptionFixture fixture;

    @BeforeEach
    void start() {
        fixture = new SubscriptionFixture(
            new SubscriptionLimits(10_000, 8 << 20, TOTAL_BYTES, Duration.ofMillis(50), Duration.ofSeconds(5)), null);
        fixture.topics.topic("t", 1);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void boundsWhatManySlowSubscriptionsHoldTogether() {
        List<RecordingHandler> handlers = new ArrayList<>();
        List<Consumer> consumers = new ArrayList<>();
        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            Subscription subscription = fixture.subscription("s" + i, StartPosition.EARLIEST, all("t"));
            RecordingHandler handler = new RecordingHandler();
            handlers.add(handler);
            consumers.add(fixture.attach(subscription, handler, 2));
        }
        String text = "x".repeat(RECORD_BYTES);
        List<String> published = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            published.add(i + text);
            fixture.publish("t", i + text);
        }
        awaitThat(() -> assertThat(handlers).allSatisfy(handler -> assertThat(handler.deliveries()).hasSize(2)));
        long least = SUBSCRIPTIONS * (WindowBudget.LEAST_BYTES + 3L * (RECORD_BYTES + SLACK_BYTES));
        assertThat(get(fixture.subscriptions.heldBytes())).isPositive().isLessThan(TOTAL_BYTES + least);

        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            RecordingHandler handler = handlers.get(i);
            Consumer consumer = consumers.get(i);
            consumer.request(RECORDS);
            awaitThat(() -> assertThat(handler.deliveries()).hasSize(RECORDS));
            assertThat(handler.deliveries()).extracting(RecordingHandler::text).isEqualTo(published);
            get(consumer.settle(handler.deliveries(), Settlement.ACK));
        }
        awaitThat(() -> assertThat(get(fixture.subscriptions.heldBytes())).as("nothing is held any more").isZero());
    }
}
