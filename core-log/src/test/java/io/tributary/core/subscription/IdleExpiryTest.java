package io.tributary.core.subscription;

import static io.tributary.core.subscription.SubscriptionFixture.all;
import static io.tributary.core.subscription.SubscriptionFixture.awaitThat;
import static io.tributary.core.subscription.SubscriptionFixture.get;
import static io.tributary.core.subscription.SubscriptionFixture.name;
import static io.tributary.core.subscription.SubscriptionFixture.stats;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ExpiredSubscription;
import io.tributary.core.api.Registration;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.DeliveryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdleExpiryTest {
    private static final Duration EXPIRES = Duration.ofMinutes(10);
    private static final DeliveryPolicy POLICY = DeliveryPolicy.NONE.withExpires(EXPIRES);

    private final SubscriptionFixture fixture = new SubscriptionFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void advance(Duration time) {
        fixture.advance(time);
        // What the timers began runs as tasks of the loops.
        for (String name : List.of("s", "other")) {
            Subscription subscription = fixture.subscriptions.find(name(name));
            if (subscription != null) {
                stats(subscription);
            }
        }
    }

    private boolean isThere() {
        return fixture.subscriptions.find(name("s")) != null;
    }

    @Test
    void aSubscriptionThatNobodyUsesIsDeletedAndSomeoneTold() {
        List<ExpiredSubscription> told = new CopyOnWriteArrayList<>();
        Registration registration = fixture.subscriptions.onExpired(told::add);
        Subscription subscription = fixture.subscription("s", "t", true, POLICY);
        fixture.publish("t", "a");
        advance(EXPIRES.minusSeconds(1));
        assertThat(isThere()).isTrue();
        awaitThat(() -> {
            fixture.advance(Duration.ofSeconds(1));
            assertThat(isThere()).isFalse();
        });
        awaitThat(() -> assertThat(told).containsExactly(new ExpiredSubscription(name("s"), subscription.config(), List.of(all("t")))));
        registration.close();
        fixture.restart();
        assertThat(isThere()).isFalse();
    }

    @Test
    void aConsumerOrATouchGivesItItsWholeTimeAgain() {
        Subscription subscription = fixture.subscription("s", "t", false, POLICY);
        stats(subscription);
        advance(EXPIRES.minusSeconds(1));
        Consumer consumer = fixture.attach(subscription, new RecordingHandler(), 0);
        advance(EXPIRES.multipliedBy(2));
        assertThat(isThere()).isTrue();
        get(consumer.close());
        advance(EXPIRES.minusSeconds(1));
        assertThat(isThere()).isTrue();
        subscription.touch();
        stats(subscription);
        advance(EXPIRES.minusSeconds(1));
        assertThat(isThere()).isTrue();
        awaitThat(() -> {
            fixture.advance(Duration.ofSeconds(2));
            assertThat(isThere()).isFalse();
        });
    }

    @Test
    void aRestartGivesItItsWholeTimeAgain() {
        fixture.subscription("s", "t", true, POLICY);
        advance(EXPIRES.minusSeconds(1));
        fixture.restart();
        advance(EXPIRES.minusSeconds(1));
        assertThat(isThere()).isTrue();
        awaitThat(() -> {
            fixture.advance(Duration.ofSeconds(2));
            assertThat(isThere()).isFalse();
        });
    }
}
