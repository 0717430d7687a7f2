package io.tributary.protocol.http.translate;

import io.tributary.core.model.BackOff;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeadLetterTarget.Keying;
import io.tributary.core.model.DeadLetterTarget.ToTopic;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.DeliveryPolicy.Dispatch;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.http.codec.DeliveryPolicyJson;
import io.tributary.protocol.http.codec.DeliveryPolicyJson.BackOffJson;
import io.tributary.protocol.http.codec.DeliveryPolicyJson.DeadLetterJson;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Delivery policies as JSON and back. */
public final class PolicyTranslation {
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofHours(24);

    private PolicyTranslation() {
    }

    /** The policy that the settings ask for. Fails with INVALID_ARGUMENT. */
    public static DeliveryPolicy policy(Namespace namespace, @Nullable DeliveryPolicyJson json) {
        if (json == null) {
            return DeliveryPolicy.NONE;
        }
        return new DeliveryPolicy(time("messageTtl", json.messageTtl(), Duration.ZERO, DeliveryPolicy.MAX_TIME),
            time("expires", json.expires(), MILLISECOND, DeliveryPolicy.MAX_TIME),
            positive("maxDeliveries", json.maxDeliveries()), target(namespace, json.deadLetter()),
            dispatch(json.dispatch()), backOff(json.backOff()), positive("maxPriority", json.maxPriority()));
    }

    /** Null for a subscription without a policy. */
    public static @Nullable DeliveryPolicyJson toJson(DeliveryPolicy policy) {
        if (policy.isNone()) {
            return null;
        }
        Duration ttl = policy.messageTtl();
        Duration expires = policy.expires();
        BackOff backOff = policy.backOff();
        return new DeliveryPolicyJson(ttl == null ? null : TimeText.write(ttl), expires == null ? null : TimeText.write(expires),
            policy.maxDeliveries() == 0 ? null : policy.maxDeliveries(), toJson(policy.deadLetter()), toText(policy.dispatch()),
            backOff == null ? null : new BackOffJson(TimeText.write(backOff.min()), TimeText.write(backOff.max())),
            policy.maxPriority() == 0 ? null : policy.maxPriority());
    }

    private static @Nullable DeadLetterTarget target(Namespace namespace, @Nullable DeadLetterJson json) {
        if (json == null) {
            return null;
        }
        String topic = json.topic();
        if (topic == null || json.routing() != null) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "delivery.deadLetter has a topic, may have a key, and nothing else");
        }
        TopicName name = new TopicName(namespace, topic);
        return json.key() == null ? ToTopic.ownKey(name) : ToTopic.fixedKey(name, json.key());
    }

    private static @Nullable DeadLetterJson toJson(@Nullable DeadLetterTarget target) {
        if (target instanceof ToTopic to) {
            boolean plain = to.keying() == Keying.OWN || to.keying() == Keying.FIXED && to.subject() != null;
            String routing = to.keying() == Keying.FIXED ? "no-key" : "own-or-topic";
            return new DeadLetterJson(to.topic().name(), to.subject(), plain ? null : routing);
        } else if (target instanceof DeadLetterTarget.AddressedByKey) {
            return new DeadLetterJson(null, null, "key-is-address");
        }
        return target == null ? null : new DeadLetterJson(null, null, "key-is-topic");
    }

    private static Dispatch dispatch(@Nullable String text) {
        return text == null ? Dispatch.FAIR : Arrays.stream(Dispatch.values()).filter(one -> toText(one).equals(text)).findAny()
            .orElseThrow(() -> new BrokerException(ErrorCode.INVALID_ARGUMENT, "delivery.dispatch may be fair, by-key or single-active"));
    }

    private static String toText(Dispatch dispatch) {
        return dispatch.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static @Nullable BackOff backOff(@Nullable BackOffJson json) {
        if (json == null) {
            return null;
        }
        Duration min = time("backOff.min", json.min(), MILLISECOND, LONGEST_BACK_OFF);
        Duration max = time("backOff.max", json.max(), MILLISECOND, LONGEST_BACK_OFF);
        if (min == null) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "delivery.backOff has a min");
        }
        return new BackOff(min, max == null ? min : max);
    }

    private static int positive(String name, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "delivery." + name + " is 1 or more");
        }
        return value == null ? 0 : value;
    }

    private static @Nullable Duration time(String name, @Nullable String text, Duration least, Duration most) {
        return text == null ? null : TimeText.span("delivery." + name, text, Duration.ZERO, least, most);
    }
}
