package io.tributary.core.subscription;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Publisher;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.SubscriptionStats;
import io.tributary.core.api.Topic;
import io.tributary.core.api.stats.PartitionProgress;
import io.tributary.core.api.stats.SubscriptionCounts;
import io.tributary.core.api.stats.SubscriptionReport;
import io.tributary.core.model.BacklogLimit;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.DeadLetterTarget;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.subscription.loop.DispatchLoop;
import io.tributary.core.subscription.loop.TimedTask;
import io.tributary.core.subscription.loop.TimerWheel;
import io.tributary.core.subscription.policy.DeadLetterRoute;
import io.tributary.core.subscription.policy.IdleExpiry;
import io.tributary.core.subscription.policy.PriorityLevels;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import io.tributary.core.subscription.state.PartitionKey;
import io.tributary.core.subscription.state.SourceStart;
import io.tributary.core.subscription.stats.Counter;
import io.tributary.core.subscription.stats.Reporting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The subscription as its callers see it: every call becomes a task of its loop. */
final class QueueSubscription implements Subscription, Reporting {
    private final SubscriptionName name;
    private final SubscriptionConfig config;
    private final SubscriptionLimits limits;
    private final Worker worker;
    private final Intake intake;
    private final Ends ends;
    private final Dispatcher dispatcher;
    private final Bindings bindings;
    private final Persistence persistence;
    private final TimedTask unload = new TimedTask(this::unload);
    private final IdleExpiry idle;
    private final Overflow overflow;
    private final Backlog backlog;
    private @Nullable BrokerException closed;
    private final AtomicBoolean open = new AtomicBoolean();
    private boolean pumping;
    private boolean pumpAgain;
    private boolean turnQueued;
    /** A consumer was attached since the window was last given back. */
    private boolean used;

    QueueSubscription(SubscriptionName name, SubscriptionConfig config, SubscriptionLimits limits, Worker worker,
                      QueueSubscriptions.Surroundings surroundings, Persistence persistence, Expired onExpired) {
        this.name = name;
        this.config = config;
        this.limits = limits;
        this.worker = worker;
        this.persistence = persistence;
        intake = new Intake(worker.loop(), PriorityLevels.upTo(config.policy().maxPriority()), limits, worker.budget(), this::pump,
            persistence::changed);
        ends = new Ends(name, config.policy(), deadLetters(surroundings.publisher()), worker.loop(), worker.wallMillis(), this::pump);
        dispatcher = new Dispatcher(name, config.policy(), intake, limits, worker.budget().share(), ends, this::pump);
        backlog = new Backlog(intake, dispatcher, ends);
        overflow = new Overflow(name, config.limit(), intake, surroundings.full());
        ends.limitBy(() -> overflow.dropsHead(taken(), dispatcher.outstandingValues()));
        if (config.limit().maxBytes() != BacklogLimit.UNLIMITED) {
            intake.countBytes();
        }
        intake.setAside(dispatcher.returns()::forEachAside);
        idle = new IdleExpiry(config.policy().expires(), worker.loop(), () -> onExpired.expired(this));
        bindings = new Bindings(name, surroundings.topics(), surroundings.routes(), worker, intake, overflow.isLimited());
    }

    /** What is pending and does not wait. */
    private long taken() {
        return dispatcher.outstanding() + ends.inProgress();
    }

    private @Nullable DeadLetters deadLetters(Publisher publisher) {
        DeadLetterTarget target = config.policy().deadLetter();
        return target == null ? null
            : new DeadLetters(name, new DeadLetterRoute(name, target), publisher, worker.loop(), worker.wallMillis(), this::pump);
    }

    @Override
    public SubscriptionName name() {
        return name;
    }

    @Override
    public SubscriptionConfig config() {
        return config;
    }

    @Override
    public List<Binding> bindings() {
        return bindings.current();
    }

    /** Whether callers may find it: it has begun, and is not being deleted. On any thread. */
    boolean isOpen() {
        return open.get();
    }

    void open() {
        open.set(true);
    }

    /** Returns whether it was open. */
    boolean hide() {
        return open.getAndSet(false);
    }

    Worker worker() {
        return worker;
    }

    Intake intake() {
        return intake;
    }

    Ends ends() {
        return ends;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    @Override
    public CompletionStage<Void> bind(Binding binding, StartPosition start) {
        return bind(binding, Bindings.from(start));
    }

    @Override
    public CompletionStage<Void> bind(Binding binding, Map<PartitionId, Long> from) {
        return bind(binding, Bindings.from(from));
    }

    private CompletionStage<Void> bind(Binding binding, ToLongFunction<Partition> from) {
        return stage(() -> {
            if (!bindings.current().contains(binding)) {
                bindings.checkTopic(binding);
                bindings.add(binding, from);
                pump();
            }
            return persistence.writeDefinition(this);
        });
    }

    @Override
    public CompletionStage<Void> unbind(Binding binding) {
        return stage(() -> {
            if (bindings.current().contains(binding)) {
                bindings.remove(binding);
                pump();
            }
            return persistence.writeDefinition(this);
        });
    }

    @Override
    public CompletionStage<Consumer> attach(ConsumerOptions options, DeliveryHandler handler) {
        return stage(() -> {
            QueueConsumer consumer = dispatcher.attach(options, handler);
            TimerWheel.cancel(unload);
            idle.stop();
            used = true;
            return persistence.activate().handle((done, failure) -> {
                if (failure != null) {
                    worker.loop().execute(() -> dispatcher.detach(consumer));
                    throw BrokerException.of(failure);
                }
                return consumer;
            });
        });
    }

    @Override
    public CompletionStage<Long> purge() {
        return stage(() -> {
            intake.drainFeeds();
            CompletionStage<Long> count = backlog.ready();
            dropReady();
            pump();
            return count.thenApplyAsync(dropped -> {
                intake.tally().add(Counter.DROPPED, dropped);
                return dropped;
            }, worker.loop());
        });
    }

    @Override
    public CompletionStage<Void> seek(Map<PartitionId, Long> offsets) {
        return stage(() -> {
            if (dispatcher.consumers() > 0) {
                throw new BrokerException(ErrorCode.SUBSCRIPTION_IN_USE, "subscription '" + name + "' has consumers");
            }
            intake.drainFeeds();
            List<Source> gone = bindings.seek(offsets);
            dispatcher.forgetRemoved();
            intake.fallBehind();
            pump();
            CompletionStage<Void> written = persistence.flush(this);
            List<Source> unreplaced = gone.stream().filter(source -> intake.find(source.key, source.number) == null).toList();
            return written.thenCombine(forget(unreplaced), (state, definition) -> null);
        });
    }

    @Override
    public CompletionStage<List<PartitionProgress>> progress() {
        return stage(() -> {
            intake.drainFeeds();
            List<PartitionProgress> progress = new ArrayList<>();
            intake.sources().forEach(source -> progress.add(source.progress()));
            return CompletableFuture.completedFuture(progress);
        });
    }

    @Override
    public void touch() {
        worker.loop().execute(() -> {
            if (closed == null && dispatcher.consumers() == 0) {
                idle.restart();
            }
        });
    }

    @Override
    public CompletionStage<SubscriptionStats> stats() {
        return stage(() -> {
            long outstanding = dispatcher.outstanding();
            int consumers = dispatcher.consumers();
            return backlog.ready().thenApply(ready -> new SubscriptionStats(ready, outstanding, consumers));
        });
    }

    @Override
    public CompletionStage<SubscriptionReport> report() {
        return stage(() -> backlog.ready().thenCombine(backlog.oldest(), this::report));
    }

    @Override
    public SubscriptionReport knownReport() {
        return report(backlog.knownReady(), backlog.knownOldest());
    }

    private SubscriptionReport report(long ready, OptionalLong oldest) {
        Duration age = oldest.isEmpty() ? null : Duration.ofMillis(Math.max(0, worker.wallMillis().getAsLong() - oldest.getAsLong()));
        return new SubscriptionReport(name, ready, dispatcher.outstanding(), dispatcher.consumers(), backlog.readyBytes(), age, counts(),
            intake.tally().rates(worker.loop().nanoTime(), backlog.publishedRate()));
    }

    @Override
    public Depth depth() {
        return new Depth(backlog.knownReady(), dispatcher.outstanding(), dispatcher.consumers());
    }

    @Override
    public SubscriptionCounts counts() {
        return intake.tally().counts(backlog.undecided());
    }

    @Override
    public DispatchLoop loop() {
        return worker.loop();
    }

    /** What it had counted when somebody last asked, or it ended. On any thread. */
    SubscriptionCounts counted() {
        return intake.tally().counts(0);
    }

    /** For the thread that keeps the rates. */
    void sample(long nowNanos) {
        intake.tally().sample(nowNanos);
    }

    @Nullable UUID id() {
        return persistence.id();
    }

    /** Completes when all that was delivered and settled before the call is written. */
    CompletionStage<Void> flush() {
        return stage(() -> persistence.flush(this));
    }

    /** The offsets of what of these deliveries is outstanding with the consumer. */
    CompletionStage<Map<PartitionKey, List<Long>>> outstanding(Consumer consumer, Collection<Long> deliveryIds) {
        return stage(() -> {
            Map<PartitionKey, List<Long>> offsets = new HashMap<>();
            for (Long id : deliveryIds) {
                Entry entry = ((QueueConsumer) consumer).outstanding.get(id);
                if (entry != null) {
                    offsets.computeIfAbsent(entry.source.key, key -> new ArrayList<>()).add(entry.offset);
                }
            }
            return CompletableFuture.completedFuture(offsets);
        });
    }

    /** Settles what an earlier process had decided to; what is not pending is passed over. Before anybody consumes. */
    CompletionStage<Void> settle(PartitionKey partition, long[] offsets) {
        return stage(() -> {
            for (Source source : intake.sources()) {
                if (source.key.equals(partition)) {
                    for (long offset : offsets) {
                        source.settled(offset, Counter.ACKNOWLEDGED);
                    }
                }
            }
            return persistence.flush(this);
        });
    }

    /** Begins with these bindings; completes when they are written. For a new subscription. */
    CompletionStage<Void> begin(List<Binding> initial, StartPosition start) {
        return stage(() -> {
            initial.forEach(bindings::checkTopic);
            initial.stream().distinct().forEach(binding -> bindings.add(binding, Bindings.from(start)));
            pump();
            return persistence.writeDefinition(this);
        });
    }

    /** Begins where an earlier process ended. */
    CompletionStage<Void> restore(List<Binding> written, Collection<SourceStart> starts) {
        return stage(() -> {
            bindings.restore(written, starts);
            pump();
            return CompletableFuture.completedFuture(null);
        });
    }

    /** Cancels the consumers, forgets everything and completes with the number of records that were ready. */
    CompletionStage<Long> delete() {
        return stage(() -> {
            CompletionStage<Long> count = backlog.ready();
            end(new BrokerException(ErrorCode.SUBSCRIPTION_NOT_FOUND, "subscription '" + name + "' was deleted"));
            return persistence.delete().thenCombine(count, (deleted, ready) -> ready);
        });
    }

    /** Writes what is to be kept and ends. */
    CompletionStage<Void> close() {
        // First what is on its way to the dead-letter target, so that an orderly end repeats no copy.
        return stage(ends::stopDeadLetters).thenCompose(stopped -> stage(() -> {
            CompletionStage<Void> written = persistence.close(this);
            end(new BrokerException(ErrorCode.CLOSED, "the broker is stopping"));
            return written;
        }));
    }

    private void end(BrokerException cause) {
        counts();
        closed = cause;
        TimerWheel.cancel(unload);
        idle.stop();
        overflow.close();
        bindings.clear();
        dispatcher.cancel(cause);
        ends.close();
        intake.close();
    }

    /** On any thread: a topic was created or has new partitions. */
    void topicGrew(Topic topic) {
        worker.loop().execute(() -> {
            if (closed == null && bindings.topicGrew(topic)) {
                pump();
            }
        });
    }

    /** On any thread. Completes when the subscription no longer touches the topic. */
    CompletionStage<Void> topicDeleted(Topic topic) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        worker.loop().execute(() -> {
            if (closed == null) {
                List<Source> gone = intake.remove(source -> source.key.topic().equals(topic.id()));
                dispatcher.forgetRemoved();
                if (bindings.topicDeleted(topic) || !gone.isEmpty()) {
                    forget(gone);
                }
                pump();
            }
            done.complete(null);
        });
        return done;
    }

    /** Moves records to consumers and into the window for as long as there is something to move. */
    private void pump() {
        if (pumping) {
            pumpAgain = true;
            return;
        }
        if (closed != null) {
            return;
        }
        pumping = true;
        try {
            boolean more = true;
            while (more) {
                pumpAgain = false;
                intake.advance();
                if (dispatcher.dispatch()) {
                    queueTurn();
                    break;
                }
                more = refill() || pumpAgain;
            }
            dispatcher.answerImmediatePulls();
        } finally {
            pumping = false;
            intake.noteHeld();
        }
        overflow.tell(taken(), dispatcher.outstandingValues(), bindings.current());
        List<Source> done = intake.removeDone();
        if (!done.isEmpty()) {
            forget(done);
        }
        if (dispatcher.consumers() == 0) {
            idle.start();
        }
        if (used && dispatcher.consumers() == 0 && !unload.isScheduled()) {
            worker.loop().timers().schedule(unload, worker.loop().nanoTime() + limits.unloadDelay().toNanos());
        }
    }

    /** Reads what is asked for. Returns whether there may be more to hand out than before. */
    private boolean refill() {
        boolean more = false;
        List<Portion> portions = intake.portions();
        for (int i = 0; i < portions.size(); i++) {
            Portion portion = portions.get(i);
            long demand = dispatcher.demand(portion);
            // With the one record that is to be in memory so that it ends in time.
            boolean watched = demand == 0 && ends.watchesHead() && !portion.hasNext();
            more |= portion.refill(watched ? 1 : demand, ends.watchesHead());
        }
        return more;
    }

    /** Writes that these sources are no more, then drops what was kept of them. */
    private CompletionStage<Void> forget(List<Source> gone) {
        return persistence.writeDefinition(this).whenComplete((done, failure) -> worker.loop().execute(() -> {
            if (failure == null && closed == null) {
                gone.forEach(persistence::forget);
            }
        }));
    }

    private void queueTurn() {
        if (!turnQueued) {
            turnQueued = true;
            worker.loop().execute(() -> {
                turnQueued = false;
                pump();
            });
        }
    }

    private void unload() {
        if (closed == null && dispatcher.consumers() == 0 && ends.inProgress() == 0 && !dispatcher.returns().hasWaiting()) {
            used = false;
            dispatcher.returns().drainAside(entry -> entry.source.unload(entry));
            intake.unload();
            persistence.deactivate(this);
        }
        // Tries again if records were on their way, and brings back the first one if it is to be watched.
        pump();
    }

    private void dropReady() {
        intake.fallBehind();
        intake.dropWindows();
        Map<Lane, List<Long>> kept = new HashMap<>();
        dispatcher.forEachOutstanding(entry -> kept.computeIfAbsent(entry.lane, lane -> new ArrayList<>()).add(entry.offset));
        ends.forEachInProgress(entry -> kept.computeIfAbsent(entry.lane, lane -> new ArrayList<>()).add(entry.offset));
        dispatcher.returns().drainAside(entry -> { });
        for (Source source : intake.sources()) {
            source.keepPending(kept);
            source.skipTo(source.feed.limit());
        }
        intake.fallBehind();
    }

    private <T> CompletionStage<T> stage(Task<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        worker.loop().execute(() -> {
            if (closed != null) {
                done.completeExceptionally(new BrokerException(ErrorCode.CLOSED, "subscription '" + name + "' has ended"));
                return;
            }
            try {
                task.run().whenComplete((result, failure) -> {
                    if (failure != null) {
                        done.completeExceptionally(BrokerException.of(failure));
                    } else {
                        done.complete(result);
                    }
                });
            } catch (BrokerException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /** Learns, on the loop, that nobody has used a subscription for its time. */
    interface Expired {
        void expired(QueueSubscription subscription);
    }

    /** What a call does on the loop. */
    private interface Task<T> {
        CompletionStage<T> run();
    }
}
