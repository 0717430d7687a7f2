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
    /** Null where records of one key may be with several consumers. */
    private final @Nullable KeyLocks keys;
    private final Returns returns;
    /** Null where several may take records at a time. */
    private final @Nullable SingleActive single;
    private final ArrayDeque<QueueConsumer.Pull> pulls = new ArrayDeque<>(1);
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
        keys = policy.dispatch() == DeliveryPolicy.Dispatch.BY_KEY ? new KeyLocks(intake, limits) : null;
        returns = new Returns(policy.backOff(), intake.loop(), limits, ends, keys, pump);
        heads = new Heads(new ReferenceLoader(intake.loop(), pump, returns::left), ends, returns);
        intake.onRegrouped(this::regrouped);
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
        consumer.setPortions(intake.portions());
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
        if (consumer.isLimited()) {
            limited();
        }
        pump.run();
    }

    /** What consumers read is not what it was. */
    void limited() {
        intake.group(consumers.stream().filter(QueueConsumer::isLimited).toList());
        pump.run();
    }

    /** Lets the consumers into the rounds of the portions that they read, in the order in which they were attached. */
    private void regrouped() {
        for (QueueConsumer consumer : consumers) {
            consumer.setPortions(intake.portions().stream().filter(portion -> isReadBy(portion, consumer)).toList());
        }
        consumers.forEach(this::updateRound);
    }

    private static boolean isReadBy(Portion portion, QueueConsumer consumer) {
        // What reads one source of a portion reads all.
        return !consumer.isLimited() || portion.sources().stream().findFirst().filter(consumer::reads).isPresent();
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
            consumer.updateRounds(true);
            return;
        }
        single.elect(consumers);
        consumer.updateRounds(single.isActive(consumer));
        for (QueueConsumer other : consumers) {
            other.updateRounds(single.isActive(other));
        }
    }

    void pull(QueueConsumer.Pull pull, Duration wait) {
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

    void pullExpired(QueueConsumer.Pull pull) {
        if (pulls.remove(pull)) {
            pull.complete(List.of());
        }
    }

    /** How many records of a portion are asked for. */
    long demand(Portion portion) {
        long demand = portion.round.credit();
        for (QueueConsumer.Pull pull : pulls) {
            demand += pull.consumer.portions().contains(portion) ? pull.max : 0;
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
        List<Portion> stuck = new ArrayList<>(0);
        while (true) {
            List<Portion> portions = intake.portions();
            boolean whole = portions.size() == 1;
            if (!pulls.isEmpty()) {
                if (answerPulls()) {
                    continue;
                }
                if (whole) {
                    return heads.turnIsOver();
                }
            }
            Portion portion = whole ? portions.get(0) : first(portions, true, stuck);
            QueueConsumer consumer = portion == null ? null : portion.round.next();
            if (portion == null || consumer == null) {
                heads.watch(whole ? portions : portions.stream().filter(this::isIdle).toList());
                return heads.turnIsOver();
            }
            Entry entry = nextFor(portion, consumer);
            if (entry != null) {
                push(entry, consumer);
            } else if (whole) {
                return heads.turnIsOver();
            } else {
                stuck.add(portion);
            }
        }
    }

    private boolean isIdle(Portion portion) {
        return demand(portion) == 0;
    }

    /** The one whose first entry is the next of all; null when none has any. */
    private @Nullable Portion first(List<Portion> portions, boolean byCredit, List<Portion> stuck) {
        Portion first = null;
        Entry before = null;
        for (Portion portion : portions) {
            Entry head = stuck.contains(portion) || byCredit && portion.round.next() == null ? null : heads.next(portion);
            if (head != null && (before == null || head.isBefore(before))) {
                first = portion;
                before = head;
            }
        }
        return first;
    }

    /** Returns whether any pull was answered; if not, there is nothing for them now. */
    private boolean answerPulls() {
        if (keys == null && intake.portions().size() == 1) {
            QueueConsumer.Pull pull = pulls.peekFirst();
            return pull != null && answer(pull);
        }
        for (QueueConsumer.Pull pull : List.copyOf(pulls)) {
            // What is aside for this one may have been looked at on behalf of another.
            if (keys != null) {
                keys.wake(pull.consumer, pull.max);
            }
            if (answer(pull)) {
                return true;
            }
        }
        return false;
    }

    /** Takes the next entry out of its portions that the consumer may have; null when there is none now, or the turn has ended. */
    private @Nullable Entry nextFor(QueueConsumer consumer) {
        List<Portion> portions = consumer.portions();
        if (portions.size() == 1) {
            return nextFor(portions.get(0), consumer);
        }
        List<Portion> stuck = new ArrayList<>(0);
        Portion portion = first(portions, false, stuck);
        while (portion != null) {
            Entry entry = nextFor(portion, consumer);
            if (entry != null) {
                return entry;
            }
            stuck.add(portion);
            portion = first(portions, false, stuck);
        }
        return null;
    }

    /** Takes the next entry out of the window that the consumer may have; null when there is none now, or the turn has ended. */
    private @Nullable Entry nextFor(Portion portion, QueueConsumer consumer) {
        while (true) {
            Entry head = heads.next(portion);
            Record record = head == null ? null : head.record;
            if (head == null || record == null) {
                return null;
            }
            KeyLocks.Decision decision = keys == null ? KeyLocks.Decision.TAKE : keys.decide(head, record, consumer);
            if (decision == KeyLocks.Decision.BLOCKED) {
                blocked = true;
                return null;
            }
            heads.take(portion);
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

    /** Where nothing is ready and all was looked at, whoever does not want to wait learns it. */
    void answerImmediatePulls() {
        if (pulls.isEmpty() || heads.isLoading() && !blocked) {
            return;
        }
        pulls.removeIf(pull -> {
            boolean over = pull.immediate && (blocked || pull.consumer.portions().stream().allMatch(Portion::hasNothing));
            if (over) {
                pull.complete(List.of());
            }
            return over;
        });
    }

    /** Returns whether the pull was answered; if not, there is nothing for it now. */
    private boolean answer(QueueConsumer.Pull pull) {
        int there = pull.consumer.portions().stream().mapToInt(portion -> portion.window().size()).sum();
        List<Delivery> deliveries = new ArrayList<>(Math.min(pull.max, there));
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
        entry.source.portion.round.given(consumer);
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
        int taken = takenPortions();
        updateRound(consumer);
        wake(consumer);
        boolean comesBack = settlement == Settlement.REQUEUE || settlement == Settlement.RELEASE;
        if (comesBack || keys != null || takenPortions() > taken) {
            pump.run();
        }
    }

    /** How many portions have somebody who takes their records. */
    private int takenPortions() {
        int count = 0;
        List<Portion> portions = intake.portions();
        for (int i = 0; i < portions.size(); i++) {
            count += portions.get(i).round.next() == null ? 0 : 1;
        }
        return count;
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

    /** Ends all consumers; {@code cause} is what they learn. */
    void cancel(BrokerException cause) {
        List<QueueConsumer> cancelled = List.copyOf(consumers);
        failPulls(null, cause);
        consumers.clear();
        for (QueueConsumer consumer : cancelled) {
            consumer.detached = true;
            consumer.setPortions(List.of());
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
