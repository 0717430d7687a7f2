package io.tributary.core.subscription.state;

import io.tributary.core.model.BackOff;
import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Delivery policies as bytes. */
public final class PolicyCodec {
    private static final long NO_TIME = -1;

    private static final int NO_TARGET = 0;
    private static final int TO_TOPIC = 1;
    private static final int NAMED_BY_KEY = 2;
    private static final int ADDRESSED_BY_KEY = 3;

    private static final int FAIR = 0;
    private static final int BY_KEY = 1;
    private static final int SINGLE_ACTIVE = 2;

    private static final int DROP_HEAD = 0;
    private static final int REJECT = 1;

    private static final int OWN = 0;
    private static final int OWN_OR_TOPIC = 1;
    private static final int FIXED = 2;

    private PolicyCodec() {
    }

    public static void write(DataOutputStream out, DeliveryPolicy policy) throws IOException {
        out.writeLong(millis(policy.messageTtl()));
        out.writeLong(millis(policy.expires()));
        out.writeInt(policy.maxDeliveries());
        writeTarget(out, policy.deadLetter());
        out.writeByte(switch (policy.dispatch()) {
            case FAIR -> FAIR;
            case BY_KEY -> BY_KEY;
            case SINGLE_ACTIVE -> SINGLE_ACTIVE;
        });
        BackOff backOff = policy.backOff();
        out.writeLong(millis(backOff == null ? null : backOff.min()));
        out.writeLong(millis(backOff == null ? null : backOff.max()));
        out.writeByte(policy.maxPriority());
    }

    /**
     * The inverse of {@link #write}.
     *
     * @param withPriority whether it was written when there were priorities
     */
    public static DeliveryPolicy read(DataInputStream in, boolean withPriority) throws IOException {
        Duration ttl = duration(in.readLong());
        Duration expires = duration(in.readLong());
        int maxDeliveries = in.readInt();
        DeadLetterTarget target = readTarget(in);
        int number = in.readByte();
        DeliveryPolicy.Dispatch dispatch = switch (number) {
            case FAIR -> DeliveryPolicy.Dispatch.FAIR;
            case BY_KEY -> DeliveryPolicy.Dispatch.BY_KEY;
            case SINGLE_ACTIVE -> DeliveryPolicy.Dispatch.SINGLE_ACTIVE;
            default -> throw unknown("way of dispatch", number);
        };
        Duration min = duration(in.readLong());
        Duration max = duration(in.readLong());
        return new DeliveryPolicy(ttl, expires, maxDeliveries, target, dispatch,
            min == null || max == null ? null : new BackOff(min, max), withPriority ? in.readUnsignedByte() : 0);
    }

    public static void writeLimit(DataOutputStream out, BacklogLimit limit) throws IOException {
        out.writeLong(limit.maxRecords());
        out.writeLong(limit.maxBytes());
        out.writeByte(switch (limit.overflow()) {
            case DROP_HEAD -> DROP_HEAD;
            case REJECT -> REJECT;
        });
    }

    public static BacklogLimit readLimit(DataInputStream in) throws IOException {
        long records = in.readLong();
        long bytes = in.readLong();
        int number = in.readByte();
        BacklogLimit.Overflow overflow = switch (number) {
            case DROP_HEAD -> BacklogLimit.Overflow.DROP_HEAD;
            case REJECT -> BacklogLimit.Overflow.REJECT;
            default -> throw unknown("way to overflow", number);
        };
        return new BacklogLimit(records, bytes, overflow);
    }

    private static void writeTarget(DataOutputStream out, @Nullable DeadLetterTarget target) throws IOException {
        if (target == null) {
            out.writeByte(NO_TARGET);
        } else if (target instanceof DeadLetterTarget.ToTopic to) {
            out.writeByte(TO_TOPIC);
            BindingCodec.writeText(out, to.topic().namespace().name());
            BindingCodec.writeText(out, to.topic().name());
            out.writeByte(switch (to.keying()) {
                case OWN -> OWN;
                case OWN_OR_TOPIC -> OWN_OR_TOPIC;
                case FIXED -> FIXED;
            });
            String subject = to.subject();
            out.writeBoolean(subject != null);
            if (subject != null) {
                BindingCodec.writeText(out, subject);
            }
        } else if (target instanceof DeadLetterTarget.NamedByKey) {
            out.writeByte(NAMED_BY_KEY);
        } else if (target instanceof DeadLetterTarget.AddressedByKey addressed) {
            out.writeByte(ADDRESSED_BY_KEY);
            out.writeBoolean(addressed.dotted());
        }
    }

    private static @Nullable DeadLetterTarget readTarget(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case NO_TARGET -> null;
            case TO_TOPIC -> {
                TopicName topic = new TopicName(new Namespace(BindingCodec.readText(in)), BindingCodec.readText(in));
                int number = in.readByte();
                DeadLetterTarget.Keying keying = switch (number) {
                    case OWN -> DeadLetterTarget.Keying.OWN;
                    case OWN_OR_TOPIC -> DeadLetterTarget.Keying.OWN_OR_TOPIC;
                    case FIXED -> DeadLetterTarget.Keying.FIXED;
                    default -> throw unknown("keying", number);
                };
                yield new DeadLetterTarget.ToTopic(topic, keying, in.readBoolean() ? BindingCodec.readText(in) : null);
            }
            case NAMED_BY_KEY -> new DeadLetterTarget.NamedByKey();
            case ADDRESSED_BY_KEY -> new DeadLetterTarget.AddressedByKey(in.readBoolean());
            default -> throw unknown("dead-letter target", kind);
        };
    }

    private static BrokerException unknown(String what, int number) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, "a " + what + " of number " + number + " is not known");
    }

    private static long millis(@Nullable Duration time) {
        return time == null ? NO_TIME : time.toMillis();
    }

    private static @Nullable Duration duration(long millis) {
        return millis == NO_TIME ? null : Duration.ofMillis(millis);
    }
}
