package io.tributary.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DeliveryPolicyTest {
    private static final Duration TOO_LONG = DeliveryPolicy.MAX_TIME.plusMillis(1);

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BrokerException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void refusesWhatIsOutOfBounds() {
        refused(() -> DeliveryPolicy.NONE.withMessageTtl(Duration.ofMillis(-1)));
        refused(() -> DeliveryPolicy.NONE.withMessageTtl(TOO_LONG));
        refused(() -> DeliveryPolicy.NONE.withExpires(Duration.ZERO));
        refused(() -> DeliveryPolicy.NONE.withExpires(TOO_LONG));
        refused(() -> DeliveryPolicy.NONE.withMaxDeliveries(-1));
        refused(() -> new BackOff(Duration.ZERO, Duration.ofSeconds(1)));
        refused(() -> new BackOff(Duration.ofSeconds(2), Duration.ofSeconds(1)));
        refused(() -> new BackOff(Duration.ofSeconds(2), Duration.ofDays(2)));
        refused(() -> DeadLetterTarget.ToTopic.ownKey(TopicName.of("__subscriptions")));
        refused(() -> new DeadLetterTarget.ToTopic(TopicName.of("t"), DeadLetterTarget.Keying.OWN, "x"));
    }

    @Test
    void aBackOffDoublesUpToItsEnd() {
        BackOff backOff = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(1));
        assertThat(backOff.after(1)).isEqualTo(Duration.ofMillis(100));
        assertThat(backOff.after(2)).isEqualTo(Duration.ofMillis(200));
        assertThat(backOff.after(4)).isEqualTo(Duration.ofMillis(800));
        assertThat(backOff.after(5)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backOff.after(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backOff.after(0)).isEqualTo(Duration.ofMillis(100));
    }
}
