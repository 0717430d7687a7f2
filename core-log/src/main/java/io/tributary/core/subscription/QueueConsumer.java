package io.tributary.core.subscription;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Settlement;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.PartitionId;
import io.tributary.core.subscription.loop.Timeout;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One consumer: its credit and what is outstanding with it. Its public methods may be called on any thread. */
final class QueueConsumer implements Consumer {
    final ConsumerOptions options;
    final DeliveryHandler handler;
    /** In the order of delivery, which is that of the identifiers. */
    final Map<Long, Entry> outstanding = new LinkedHashMap<>();
    private final Dispatcher dispatcher;
    /** Credit that the loop has not looked at yet. */
    private final AtomicLong requested = new AtomicLong();
    long credit;
    /** It is in its portions' rounds. */
    boolean inRound;
    /** It has asked for credit, and has not retired since. */
    boolean takes;
    /** Of keys that it has, those with records that wait until it takes more. */
    final Set<KeyLocks.Lock> blocked = new LinkedHashSet<>();
    /** Of its credit, what the rounds count. */
    private long countedCredit;
    /** Those of which it reads something; set by the dispatcher. */
    private List<Portion> portions = List.of();
    /** Null for all. */
    private @Nullable Set<PartitionId> only;
    /** Of the records outstanding. */
    long outstandingBytes;
    boolean detached;

    QueueConsumer(Dispatcher dispatcher, ConsumerOptions options, DeliveryHandler handler) {
        this.dispatcher = dispatcher;
        this.options = options;
        this.handler = handler;
    }

    /** Whether it holds all the bytes that it may. */
    boolean isFull() {
        return options.maxBytes() > 0 && outstandingBytes >= options.maxBytes();
    }

    boolean isLimited() {
        return only != null;
    }

    boolean reads(Source source) {
        return only == null || only.contains(source.partition.id());
    }

    List<Portion> portions() {
        return portions;
    }

    /** From now on these; {@link #updateRounds} must follow. */
    void setPortions(List<Portion> now) {
        updateRounds(false);
        portions = now;
    }

    /** Goes into the rounds of its portions or out of them, as its credit and bounds have it. */
    void updateRounds(boolean active) {
        boolean mayTake = active && !detached && credit > 0 && !isFull();
        long counts = mayTake ? credit : 0;
        if (mayTake == inRound && counts == countedCredit) {
            return;
        }
        for (int i = 0; i < portions.size(); i++) {
            ConsumerRound round = portions.get(i).round;
            if (mayTake && !inRound) {
                round.add(this);
            } else if (!mayTake && inRound) {
                round.remove(this);
            }
            round.count(counts - countedCredit);
        }
        inRound = mayTake;
        countedCredit = counts;
    }

    @Override
    public void readOnly(Set<PartitionId> partitions) {
        Set<PartitionId> wanted = Set.copyOf(partitions);
        dispatcher.loop().execute(() -> {
            if (!detached && !wanted.equals(only)) {
                only = wanted;
                dispatcher.limited();
            }
        });
    }

    @Override
    public void request(int count) {
        if (count < 1) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "credit is granted for one delivery or more, not " + count);
        }
        if (requested.getAndAdd(count) == 0) {
            dispatcher.loop().execute(() -> {
                long granted = requested.getAndSet(0);
                if (!detached) {
                    dispatcher.credited(this, granted);
                }
            });
        }
    }

    @Override
    public CompletionStage<List<Delivery>> pull(int max, Duration wait) {
        if (max < 1 || wait.isNegative()) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a pull asks for one record or more and waits no negative time");
        }
        CompletableFuture<List<Delivery>> answer = new CompletableFuture<>();
        dispatcher.loop().execute(() -> dispatcher.pull(new Pull(this, max, wait.isZero(), answer), wait));
        return answer;
    }

    @Override
    public CompletionStage<Integer> settle(Collection<Delivery> deliveries, Settlement settlement) {
        return settle(deliveries, Delivery::id, settlement);
    }

    @Override
    public CompletionStage<Integer> settleById(Collection<Long> deliveryIds, Settlement settlement) {
        return settle(deliveryIds, Long::longValue, settlement);
    }

    private <T> CompletionStage<Integer> settle(Collection<T> settled, ToLongFunction<T> id, Settlement settlement) {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        dispatcher.loop().execute(() -> {
            int count = 0;
            for (T each : settled) {
                Entry entry = outstanding.remove(id.applyAsLong(each));
                if (entry != null) {
                    dispatcher.settle(entry, this, settlement);
                    count++;
                }
            }
            done.complete(count);
            if (count > 0) {
                dispatcher.settled(this, settlement);
            }
        });
        return done;
    }

    @Override
    public CompletionStage<Integer> settleUpTo(long deliveryId, Settlement settlement) {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        dispatcher.loop().execute(() -> {
            int count = 0;
            Iterator<Map.Entry<Long, Entry>> entries = outstanding.entrySet().iterator();
            while (entries.hasNext()) {
                Map.Entry<Long, Entry> next = entries.next();
                if (next.getKey() > deliveryId) {
                    break;
                }
                entries.remove();
                dispatcher.settle(next.getValue(), this, settlement);
                count++;
            }
            done.complete(count);
            if (count > 0) {
                dispatcher.settled(this, settlement);
            }
        });
        return done;
    }

    @Override
    public CompletionStage<Boolean> extend(long deliveryId, Duration deadline) {
        if (deadline.isNegative()) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a deadline lies in the future");
        }
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        dispatcher.loop().execute(() -> {
            Entry entry = outstanding.get(deliveryId);
            if (entry != null) {
                dispatcher.startDeadline(entry, deadline);
            }
            done.complete(entry != null);
        });
        return done;
    }

    @Override
    public void retire() {
        dispatcher.loop().execute(() -> {
            if (!detached) {
                dispatcher.retire(this);
            }
        });
    }

    @Override
    public CompletionStage<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        dispatcher.loop().execute(() -> {
            dispatcher.detach(this);
            done.complete(null);
        });
        return done;
    }

    void expired(Entry entry) {
        if (outstanding.remove(entry.deliveryId) != null) {
            dispatcher.takeBack(entry, this);
            dispatcher.settled(this, Settlement.REQUEUE);
        }
    }

    void pullExpired(Pull pull) {
        dispatcher.pullExpired(pull);
    }

    /** A consumer's wish for some records at once. */
    static final class Pull extends Timeout {
        final QueueConsumer consumer;
        final int max;
        /** To be answered as soon as it is known that nothing is ready. */
        final boolean immediate;
        private final CompletableFuture<List<Delivery>> answer;

        Pull(QueueConsumer consumer, int max, boolean immediate, CompletableFuture<List<Delivery>> answer) {
            this.consumer = consumer;
            this.max = max;
            this.immediate = immediate;
            this.answer = answer;
        }

        void complete(List<Delivery> deliveries) {
            answer.complete(deliveries);
        }

        void fail(BrokerException cause) {
            answer.completeExceptionally(cause);
        }

        @Override
        protected void expire() {
            consumer.pullExpired(this);
        }
    }
}
