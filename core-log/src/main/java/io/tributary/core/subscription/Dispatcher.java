package io.tributary.core.subscription;

import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Settlement;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeliveryPolicy;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.loop.TimerWheel;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import io.tributary.core.subscription.policy.WindowBudget;
import io.tributary.core.subscription.stats.Counter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what is in the window to the consumers, turn by turn, and takes back what they do not want. */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private final SubscriptionName name;
    private final Intake intake;
    private final SubscriptionLimits limits;
    private final Runnable pump;
    private final Heads heads;
    private final List<QueueConsumer> consumers = new ArrayList<>(1);
    private final ConsumerRound round = new ConsumerRound();
    /** Null where records of one key may be with several consumers. */
    private final @Nullable KeyLocks keys;
    private final Returns returns;
    /** Null where several may take records at a time. */
    private final @Nullable SingleActive single;
    private final ArrayDeque<Pull> pulls = new ArrayDeque<>(1);
    /** So much is aside that nothing more is looked at. */
    private boolean blocked;
    private long nextDeliveryId;
    private long outstanding;
    private long outstandingBytes;
    private final WindowBudget.Share share;
    private long outstandingValues;

    Dispatcher(SubscriptionName name, DeliveryPolicy policy, Intake intake, SubscriptionLimits limits, WindowBudget.Share share, Ends ends,
            Runnable pump) {
        this.name = name;
        single = policy.dispatch() == DeliveryPolicy.Dispatch.SINGLE_ACTIVE ? new SingleActive() : null;
        this.intake = intake;
        this.limits = limits;
        this.share = share;
        this.pump = pump;
        keys = policy.dispatch() == DeliveryPolicy.Dispatch.BY_KEY ? new KeyLocks(intake.window(), limits) : null;
        returns = new Returns(policy.backOff(), intake, limits, ends, keys, pump);
        heads = new Heads(intake, new ReferenceLoader(intake, pump, returns::left), ends, returns);
    }

    DispatchLoop loop() {
        return intake.loop();
    }

    QueueConsumer attach(ConsumerOptions options, DeliveryHandler handler) {
        boolean taken = !consumers.isEmpty() && (options.exclusive() || consumers.get(0).options.exclusive());
        if (taken) {
            throw new BrokerException(ErrorCode.SUBSCRIPTION_IN_USE, "subscription '" + name + "' has a consumer, and one is exclusive");
        }
        if (options.exclusive() && single != null) {
            throw new BrokerException(ErrorCode.SUBSCRIPTION_IN_USE,
                "subscription '" + name + "' chooses its active consumer, and has none to itself");
        }
        QueueConsumer consumer = new QueueConsumer(this, options, handler);
        consumers.add(consumer);
        return consumer;
    }

    void detach(QueueConsumer consumer) {
        if (consumer.detached) {
            return;
        }
        consumer.detached = true;
        consumers.remove(consumer);
        withdraw(consumer);
        failPulls(consumer, new BrokerException(ErrorCode.CLOSED, "the consumer is closed"));
        consumer.outstanding.values().forEach(entry -> takeBack(entry, consumer));
        consumer.outstanding.clear();
        pump.run();
    }

    /** Takes the consumer's credit back. What is outstanding stays with it. */
    void retire(QueueConsumer consumer) {
        withdraw(consumer);
        pump.run();
    }

    private void withdraw(QueueConsumer consumer) {
        consumer.credit = 0;
        consumer.takes = false;
        updateRound(consumer);
    }

    void credited(QueueConsumer consumer, long granted) {
        consumer.credit += granted;
        consumer.takes = true;
        updateRound(consumer);
        wake(consumer);
        pump.run();
    }

    /** Brings back what was put aside until the consumer takes more. */
    private void wake(QueueConsumer consumer) {
        if (keys != null && consumer.inRound) {
            keys.wake(consumer, consumer.credit);
        }
    }

    private void updateRound(QueueConsumer consumer) {
        if (single == null) {
            round.update(consumer, true);
            return;
        }
        single.elect(consumers);
        round.update(consumer, single.isActive(consumer));
        for (QueueConsumer other : consumers) {
            round.update(other, single.isActive(other));
        }
    }

    void pull(Pull pull, Duration wait) {
        if (pull.consumer.detached) {
            pull.fail(new BrokerException(ErrorCode.CLOSED, "the consumer is closed"));
            return;
        }
        pulls.addLast(pull);
        if (!pull.immediate) {
            loop().timers().schedule(pull, deadline(wait));
        }
        intake.drainFeeds();
        pump.run();
    }

    void pullExpired(Pull pull) {
        if (pulls.remove(pull)) {
            pull.complete(List.of());
        }
    }

    /** How many records are asked for. */
    long demand() {
        long demand = round.credit();
        for (Pull pull : pulls) {
            demand += pull.max;
        }
        return demand;
    }

    /**
     * Delivers what it can, and ends what has ended.
     *
     * @return whether the turn ended before there was nothing left to do
     */
    boolean dispatch() {
        heads.beginTurn();
        blocked = false;
        while (true) {
            if (!pulls.isEmpty()) {
                if (!answerPulls()) {
                    return heads.turnIsOver();
                }
                continue;
            }
            QueueConsumer consumer = round.next();
            if (consumer == null) {
                heads.watch();
                return heads.turnIsOver();
            }
            Entry entry = nextFor(consumer);
            if (entry == null) {
                return heads.turnIsOver();
            }
            push(entry, consumer);
        }
    }

    /** Returns whether any pull was answered; if not, there is nothing for them now. */
    private boolean answerPulls() {
        if (keys == null) {
            Pull pull = pulls.peekFirst();
            return pull != null && answer(pull);
        }
        for (Pull pull : List.copyOf(pulls)) {
            // What is aside for this one may have been looked at on behalf of another.
            keys.wake(pull.consumer, pull.max);
            if (answer(pull)) {
                return true;
            }
        }
        return false;
    }

    /** Takes the next entry out of the window that the consumer may have; null when there is none now, or the turn has ended. */
    private @Nullable Entry nextFor(QueueConsumer consumer) {
        while (true) {
            Entry head = heads.next();
            Record record = head == null ? null : head.record;
            if (head == null || record == null) {
                return null;
            }
            KeyLocks.Decision decision = keys == null ? KeyLocks.Decision.TAKE : keys.decide(head, record, consumer);
            if (decision == KeyLocks.Decision.BLOCKED) {
                blocked = true;
                return null;
            }
            heads.take();
            if (keys == null || decision == KeyLocks.Decision.TAKE) {
                return head;
            }
            if (decision == KeyLocks.Decision.OWNER) {
                push(head, keys.owner(head, record));
            } else {
                keys.stash(head, record, consumer);
            }
        }
    }

    /** Nothing is ready and all was looked at: whoever does not want to wait learns it. */
    void answerImmediatePulls() {
        pulls.removeIf(pull -> {
            if (pull.immediate) {
                pull.complete(List.of());
            }
            return pull.immediate;
        });
    }

    /** Returns whether the pull was answered; if not, there is nothing for it now. */
    private boolean answer(Pull pull) {
        List<Delivery> deliveries = new ArrayList<>(Math.min(pull.max, intake.window().size()));
        while (deliveries.size() < pull.max) {
            Entry entry = nextFor(pull.consumer);
            if (entry == null) {
                break;
            }
            deliveries.add(deliver(entry, pull.consumer, deliveries.size() + 1 < pull.max));
            afterDelivery(entry, pull.consumer);
        }
        if (deliveries.isEmpty()) {
            return false;
        }
        pulls.remove(pull);
        TimerWheel.cancel(pull);
        pull.complete(deliveries);
        return true;
    }

    private void push(Entry entry, QueueConsumer consumer) {
        consumer.credit--;
        round.given(consumer);
        Delivery delivery = deliver(entry, consumer, consumer.credit > 0);
        updateRound(consumer);
        try {
            consumer.handler.onDelivery(delivery);
        } catch (RuntimeException | Error e) {
            LOG.error("A consumer of subscription '{}' failed and is detached", name, e);
            if (consumer.options.autoSettle()) {
                returns.comeBack(entry);
            }
            detach(consumer);
            return;
        }
        afterDelivery(entry, consumer);
    }

    private Delivery deliver(Entry entry, QueueConsumer consumer, boolean takesMore) {
        Record record = entry.record;
        if (record == null) {
            throw new IllegalStateException("the record is not in memory");
        }
        entry.deliveries++;
        entry.deliveryId = nextDeliveryId++;
        intake.tally().count(Counter.DELIVERED);
        if (entry.redelivered) {
            intake.tally().count(Counter.REDELIVERED);
        }
        if (!consumer.options.autoSettle()) {
            entry.consumer = consumer;
            consumer.outstanding.put(entry.deliveryId, entry);
            outstanding++;
            entry.source.touch();
            startDeadline(entry, consumer.options.ackDeadline());
            byte[] value = record.value();
            entry.valueBytes = value == null ? 0 : value.length;
            outstandingValues += entry.valueBytes;
            if (keys != null) {
                keys.delivered(entry, record, consumer, takesMore);
            }
            int size = record.sizeInBytes();
            entry.deliveredBytes = size;
            consumer.outstandingBytes += size;
            if (outstandingBytes + size > limits.windowBytes() || !share.hasRoom()) {
                entry.record = null;
            } else {
                outstandingBytes += size;
            }
            share.hold(outstanding, outstandingBytes);
        }
        return new Delivery(entry.deliveryId, entry.source.topic, entry.source.key.partition(), record, entry.deliveries,
            entry.redelivered);
    }

    private void afterDelivery(Entry entry, QueueConsumer consumer) {
        if (consumer.options.autoSettle()) {
            entry.settled(Counter.ACKNOWLEDGED);
            returns.left(entry);
        }
    }

    void startDeadline(Entry entry, Duration deadline) {
        if (deadline.isZero()) {
            TimerWheel.cancel(entry);
        } else {
            loop().timers().schedule(entry, deadline(deadline));
        }
    }

    private long deadline(Duration wait) {
        long nanos = wait.compareTo(Duration.ofDays(365)) > 0 ? Duration.ofDays(365).toNanos() : wait.toNanos();
        return loop().nanoTime() + nanos;
    }

    /** Settles an entry that its consumer has given up; {@link #settled} must follow. */
    void settle(Entry entry, QueueConsumer consumer, Settlement settlement) {
        release(entry, consumer);
        returns.settle(entry, settlement);
    }

    /** An entry comes back without its consumer having given it back; {@link #settled} must follow. */
    void takeBack(Entry entry, QueueConsumer consumer) {
        release(entry, consumer);
        returns.takeBack(entry);
    }

    private void release(Entry entry, QueueConsumer consumer) {
        TimerWheel.cancel(entry);
        entry.consumer = null;
        consumer.outstandingBytes -= entry.deliveredBytes;
        outstanding--;
        outstandingValues -= entry.valueBytes;
        outstandingBytes -= entry.heldBytes();
        share.hold(outstanding, outstandingBytes);
    }

    /** The consumer has settled something. */
    void settled(QueueConsumer consumer, Settlement settlement) {
        boolean waits = round.next() == null;
        updateRound(consumer);
        wake(consumer);
        boolean comesBack = settlement == Settlement.REQUEUE || settlement == Settlement.RELEASE;
        if (comesBack || keys != null || waits && round.next() != null) {
            pump.run();
        }
    }

    boolean hasPulls() {
        return !pulls.isEmpty();
    }

    boolean isLoading() {
        return heads.isLoading();
    }

    int consumers() {
        return consumers.size();
    }

    long outstanding() {
        return outstanding;
    }

    /** Visits what each consumer has had longest. */
    void forEachFirstOutstanding(Consumer<Entry> visitor) {
        consumers.forEach(consumer -> consumer.outstanding.values().stream().findFirst().ifPresent(visitor));
    }

    /** The size of the values of what is outstanding. */
    long outstandingValues() {
        return outstandingValues;
    }

    /** Visits what is outstanding. */
    void forEachOutstanding(Consumer<Entry> visitor) {
        consumers.forEach(consumer -> consumer.outstanding.values().forEach(visitor));
    }

    /** Forgets what is outstanding of removed sources; settling it later does nothing. */
    void forgetRemoved() {
        for (QueueConsumer consumer : consumers) {
            consumer.outstanding.values().removeIf(entry -> {
                if (entry.source.isRemoved()) {
                    TimerWheel.cancel(entry);
                    outstanding--;
                    outstandingValues -= entry.valueBytes;
                    outstandingBytes -= entry.heldBytes();
                    consumer.outstandingBytes -= entry.deliveredBytes;
                    returns.unlock(entry);
                }
                return entry.source.isRemoved();
            });
            updateRound(consumer);
        }
        share.hold(outstanding, outstandingBytes);
        returns.forgetRemoved();
    }

    Returns returns() {
        return returns;
    }

    /** Whether what is ready is held up by what consumers hold. */
    boolean isBlocked() {
        return blocked;
    }

    /** Ends all consumers; {@code cause} is what they learn. */
    void cancel(BrokerException cause) {
        List<QueueConsumer> cancelled = List.copyOf(consumers);
        failPulls(null, cause);
        consumers.clear();
        round.clear();
        for (QueueConsumer consumer : cancelled) {
            consumer.detached = true;
            consumer.outstanding.values().forEach(TimerWheel::cancel);
            consumer.outstanding.clear();
            try {
                consumer.handler.onCancelled(cause);
            } catch (RuntimeException | Error e) {
                LOG.error("A consumer of subscription '{}' failed when it was cancelled", name, e);
            }
        }
        outstanding = 0;
        outstandingValues = 0;
        outstandingBytes = 0;
        share.hold(0, 0);
        returns.drainAside(entry -> { });
    }

    private void failPulls(@Nullable QueueConsumer consumer, BrokerException cause) {
        pulls.removeIf(pull -> {
            boolean gone = consumer == null || pull.consumer == consumer;
            if (gone) {
                TimerWheel.cancel(pull);
                pull.fail(cause);
            }
            return gone;
        });
    }
}
