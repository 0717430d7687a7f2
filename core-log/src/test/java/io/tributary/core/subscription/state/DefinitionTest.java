package io.tributary.core.subscription.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.BackOff;
import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.Binding;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeadLetterTarget.ToTopic;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.DeliveryPolicy.Dispatch;
import io.tributary.core.model.Filter;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DefinitionTest {
    private static final Binding ALL = new Binding(TopicName.of("t"), new Filter.All());

    private static Definition definition(DeliveryPolicy policy) {
        return definition(policy, BacklogLimit.NONE);
    }

    private static Definition definition(DeliveryPolicy policy, BacklogLimit limit) {
        return new Definition(new UUID(1, 2), new SubscriptionName(Namespace.DEFAULT, "s"),
            new SubscriptionConfig(true, Map.of("test.a", "b")).withPolicy(policy).withLimit(limit), List.of(ALL), List.of());
    }

    @Test
    void everyPolicyIsReadAsItWasWritten() {
        List<@Nullable DeadLetterTarget> targets = new ArrayList<>(List.of(new DeadLetterTarget.NamedByKey(),
            new DeadLetterTarget.AddressedByKey(true), new DeadLetterTarget.AddressedByKey(false), ToTopic.ownKey(TopicName.of("d")),
            new ToTopic(TopicName.of("d"), DeadLetterTarget.Keying.OWN_OR_TOPIC, null), ToTopic.fixedKey(TopicName.of("d"), null),
            ToTopic.fixedKey(TopicName.of("d"), "key/é")));
        targets.add(null);
        for (DeadLetterTarget target : targets) {
            for (Dispatch dispatch : Dispatch.values()) {
                DeliveryPolicy policy = new DeliveryPolicy(Duration.ofMillis(5), Duration.ofDays(1), 7, target, dispatch,
                    new BackOff(Duration.ofMillis(1), Duration.ofHours(1)), 0);
                assertThat(Definition.decode(definition(policy).encode())).isEqualTo(definition(policy));
            }
        }
        for (int priority : new int[] {1, 127, 128, 255}) {
            DeliveryPolicy policy = DeliveryPolicy.NONE.withMaxPriority(priority);
            assertThat(Definition.decode(definition(policy).encode())).isEqualTo(definition(policy));
        }
        assertThat(Definition.decode(definition(DeliveryPolicy.NONE).encode()).config().policy()).isEqualTo(DeliveryPolicy.NONE);
    }

    @Test
    void everyLimitIsReadAsItWasWritten() {
        for (BacklogLimit.Overflow overflow : BacklogLimit.Overflow.values()) {
            Definition limited = definition(DeliveryPolicy.NONE, new BacklogLimit(7, 1L << 40, overflow));
            assertThat(Definition.decode(limited.encode())).isEqualTo(limited);
        }
    }

    @Test
    void aDefinitionOfTheFirstFormatIsReadWithoutAPolicy() throws IOException {
        assertThat(Definition.decode(written(1))).isEqualTo(definition(DeliveryPolicy.NONE));
    }

    @Test
    void aDefinitionOfTheThirdFormatIsReadWithoutPriorities() throws IOException {
        assertThat(Definition.decode(written(3))).isEqualTo(definition(DeliveryPolicy.NONE.withMaxDeliveries(7)));
    }

    private static byte[] written(int format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(format);
            out.writeLong(1);
            out.writeLong(2);
            BindingCodec.writeText(out, "default");
            BindingCodec.writeText(out, "s");
            out.writeInt(1);
            BindingCodec.writeText(out, "test.a");
            BindingCodec.writeText(out, "b");
            if (format == 3) {
                out.writeLong(-1);
                out.writeLong(-1);
                out.writeInt(7);
                out.writeByte(0);
                out.writeByte(0);
                out.writeLong(-1);
                out.writeLong(-1);
                PolicyCodec.writeLimit(out, BacklogLimit.NONE);
            }
            out.writeInt(1);
            out.writeInt(1);
            BindingCodec.write(out, ALL);
            out.writeInt(0);
        }
        return bytes.toByteArray();
    }
}
