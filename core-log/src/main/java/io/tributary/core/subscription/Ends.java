package io.tributary.core.subscription;

import io.tributary.core.model.DeadLetterHistory;
import io.tributary.core.model.DeadLetterReason;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.loop.Timeout;
import io.tributary.core.subscription.loop.TimerWheel;
import io.tributary.core.subscription.stats.Counter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What ends a subscription's records beside acknowledgement: their time, rejection, too many deliveries, going round in a circle. */
final class Ends {
    private static final long NEVER = Long.MAX_VALUE;
    /** The wall clock may be set meanwhile: it is looked at again after this time at the latest. */
    private static final long LONGEST_WAIT_MS = 60_000;

    private final SubscriptionName name;
    private final DeliveryPolicy policy;
    private final long ttlMs;
    private final @Nullable DeadLetters letters;
    private final DispatchLoop loop;
    private final LongSupplier wallMillis;
    private final Timeout headExpiry;
    private BooleanSupplier overflows = () -> false;

    /**
     * For one subscription.
     *
     * @param letters takes what ends; null when nothing does
     * @param pump    runs when the window's first entry may have expired
     */
    Ends(SubscriptionName name, DeliveryPolicy policy, @Nullable DeadLetters letters, DispatchLoop loop, LongSupplier wallMillis,
         Runnable pump) {
        this.name = name;
        this.policy = policy;
        this.letters = letters;
        this.loop = loop;
        this.wallMillis = wallMillis;
        Duration ttl = policy.messageTtl();
        ttlMs = ttl == null ? NEVER : ttl.toMillis();
        headExpiry = new Timeout() {
            @Override
            protected void expire() {
                pump.run();
            }
        };
    }

    /** From now on the first entry ends, unless it is taken, while this holds. */
    void limitBy(BooleanSupplier condition) {
        overflows = condition;
    }

    /** Why someone looks at the first entry of a level. */
    enum Look {
        /** It is the first of all, and someone takes it now. */
        TAKEN,
        /** It is the first of all, and nobody takes it now. */
        FIRST,
        /** Others come before it. */
        LATER
    }

    /** What is with the first entry of a level. */
    enum Head {
        /** It may be delivered. */
        LIVE,
        /** It has ended: it is to be taken out and passed to {@link #endHead}. */
        ENDED,
        /** It has ended, and waits for earlier ones to be published. */
        STUCK
    }

    /** Whether the first entry is to be kept in memory without anyone asking for it, so that it ends in time. */
    boolean watchesHead() {
        return ttlMs != NEVER || letters != null || overflows.getAsBoolean();
    }

    /** Looks at the first entry of a level, which has its record. Any of them may have expired; the first of all makes room. */
    Head look(Entry head, Record record, Look look) {
        if (head.expiresAt == Entry.UNKNOWN) {
            head.expiresAt = expiresAt(record);
        }
        boolean ended = isWornOut(head) || isExpired(head, record, look == Look.TAKEN) || isCycle(record)
            || look == Look.FIRST && overflows.getAsBoolean();
        return !ended ? Head.LIVE : letters == null || letters.hasRoom() ? Head.ENDED : Head.STUCK;
    }

    /** Ends an entry that was found to have ended. */
    void endHead(Entry head, Record record) {
        if (isCycle(record)) {
            head.settled(Counter.DROPPED);
        } else {
            // What was outstanding when the broker ended may have had its last delivery.
            boolean expired = head.expiresAt <= wallMillis.getAsLong();
            end(head, isWornOut(head) ? DeadLetterReason.DELIVERY_LIMIT
                : expired ? DeadLetterReason.EXPIRED : DeadLetterReason.MAX_LENGTH);
        }
    }

    private boolean isExpired(Entry head, Record record, boolean wanted) {
        // Without any time to live it goes to whoever takes it at once, and to nobody else.
        boolean firstChance = wanted && head.expiresAt == record.timestamp() && head.deliveries == 0;
        return head.expiresAt <= wallMillis.getAsLong() && !firstChance;
    }

    private boolean isCycle(Record record) {
        return letters != null && record.headers().contains(HeaderNames.DEAD_LETTER)
            && DeadLetterHistory.of(record.headers()).isCycle(name.name());
    }

    private long expiresAt(Record record) {
        long life = ttlMs;
        String own = record.headers().isEmpty() ? null : record.headers().text(HeaderNames.EXPIRATION);
        if (own != null) {
            life = Math.min(life, parse(own));
        }
        return life == NEVER || record.timestamp() > NEVER - life ? NEVER : record.timestamp() + life;
    }

    /** What is no number of milliseconds is no limit. */
    private static long parse(String expiration) {
        try {
            long life = Long.parseLong(expiration);
            return life < 0 ? NEVER : life;
        } catch (NumberFormatException noNumber) {
            return NEVER;
        }
    }

    /** Nobody takes the first entries now: looks again at this time, at which one of them expires. */
    void await(long expiresAt) {
        if (expiresAt == NEVER) {
            TimerWheel.cancel(headExpiry);
            return;
        }
        long wait = Math.max(1, Math.min(LONGEST_WAIT_MS, expiresAt - wallMillis.getAsLong()));
        loop.timers().schedule(headExpiry, loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait));
    }

    /** Whether an entry that comes back was delivered often enough. */
    boolean isWornOut(Entry entry) {
        return policy.maxDeliveries() > 0 && entry.deliveries >= policy.maxDeliveries();
    }

    /** Ends an entry that is neither in the window nor outstanding. */
    void end(Entry entry, DeadLetterReason reason) {
        if (letters == null) {
            entry.settled(reason == DeadLetterReason.EXPIRED ? Counter.EXPIRED : Counter.DROPPED);
        } else {
            letters.take(entry, reason);
        }
    }

    @Nullable DeadLetters letters() {
        return letters;
    }

    /** Records that ended and are not settled yet. */
    int inProgress() {
        return letters == null ? 0 : letters.count();
    }

    void forEachInProgress(Consumer<Entry> visitor) {
        if (letters != null) {
            letters.forEach(visitor);
        }
    }

    CompletionStage<Void> stopDeadLetters() {
        return letters == null ? CompletableFuture.completedFuture(null) : letters.stop();
    }

    void close() {
        TimerWheel.cancel(headExpiry);
        if (letters != null) {
            letters.end();
        }
    }
}
