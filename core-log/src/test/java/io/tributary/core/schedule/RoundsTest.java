package io.tributary.core.schedule;

import static io.tributary.core.schedule.ScheduleFixture.ORDERS;
import static io.tributary.core.schedule.ScheduleFixture.get;
import static io.tributary.core.schedule.ScheduleFixture.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.Append;
import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishResult;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicName;
import io.tributary.core.schedule.InterceptedTopics.Interceptor;
import io.tributary.core.schedule.InterceptedTopics.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The schedule with a test between it and the logs: it is stopped, or fails, at every step of a round. */
class RoundsTest {
    private static final TopicName OTHER = TopicName.of("other");
    private static final Interceptor NONE = (step, partition, real) -> real.get();

    private final ScheduleFixture fixture = new ScheduleFixture();
    private volatile Interceptor interceptor = NONE;
    private LogSchedule schedule = open();

    /** Beside the broker's own, which has nothing to do as long as nothing is scheduled with it. */
    private LogSchedule open() {
        return new LogSchedule(InterceptedTopics.of(fixture.broker.broker().topics(), new Interceptor() {
            @Override
            public Append append(Step step, Partition partition, Supplier<Append> real) {
                return interceptor.append(step, partition, real);
            }

            @Override
            public boolean failsRead(long from, long to) {
                return interceptor.failsRead(from, to);
            }
        }), fixture.broker.broker().publisher(), fixture.directory.resolve("intercepted"),
            fixture.clock, fixture.broker.broker()::nextId);
    }

    @AfterEach
    void close() {
        schedule.halt();
        fixture.close();
    }

    private PublishResult publish(TopicName topic, String value, long inMs) {
        fixture.topic(topic, 1);
        return get(schedule.publish(fixture.request(topic, value, inMs)));
    }

    private List<String> publishMany(TopicName topic, int count) {
        fixture.topic(topic, 1);
        List<String> values = new ArrayList<>();
        List<CompletionStage<PublishResult>> published = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(topic.name() + i);
            published.add(schedule.publish(fixture.request(topic, values.get(i), 10 + i)));
        }
        published.forEach(ScheduleFixture::get);
        return values;
    }

    @ParameterizedTest(name = "at {0}, which was stored: {1}")
    @CsvSource({"CLAIM,false", "CLAIM,true", "TARGET,false", "TARGET,true", "ENDS,false", "ENDS,true"})
    void aKillAtAnyStepRepeatsAndLosesNothing(Step where, boolean stored) {
        List<String> orders = publishMany(ORDERS, 50);
        List<String> other = publishMany(OTHER, 50);
        CountDownLatch reached = new CountDownLatch(1);
        interceptor = (step, partition, real) -> {
            // Of two targets only one, so that the round is half done.
            if (step != where || partition.id().topic().equals(OTHER)) {
                return real.get();
            }
            if (stored) {
                get(real.get().durable());
            }
            reached.countDown();
            return InterceptedTopics.hanging();
        };
        fixture.clock.move(30);
        await().until(() -> reached.getCount() == 0);
        if (where == Step.TARGET) {
            await().until(() -> !fixture.values(OTHER).isEmpty());
        }
        schedule.halt();
        interceptor = NONE;
        schedule = open();
        fixture.clock.move(1000);
        await().until(() -> fixture.values(ORDERS), orders::equals);
        await().until(() -> fixture.values(OTHER), other::equals);
        await().until(() -> schedule.count() == 0);
        assertThat(fixture.values(ORDERS)).isEqualTo(orders);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aStepThatFailsIsTriedAgainAndNothingComesTwice(Step where) {
        List<String> orders = publishMany(ORDERS, 50);
        AtomicInteger failures = new AtomicInteger(3);
        interceptor = (step, partition, real) -> step == where && failures.getAndDecrement() > 0
            ? InterceptedTopics.failed(ErrorCode.STORAGE_FAILURE) : real.get();
        fixture.clock.move(1000);
        await().until(() -> fixture.values(ORDERS), orders::equals);
        await().until(() -> schedule.count() == 0);
        assertThat(fixture.values(ORDERS)).isEqualTo(orders);
        assertThat(schedule.stats().dropped()).isZero();
    }

    @Test
    void aTargetThatFailsHoldsUpNobodyElseAndKeepsItsOrder() {
        List<String> orders = publishMany(ORDERS, 100);
        AtomicBoolean fails = new AtomicBoolean(true);
        interceptor = (step, partition, real) -> fails.get() && partition.id().topic().equals(ORDERS)
            ? InterceptedTopics.failed(ErrorCode.LIMIT_EXCEEDED) : real.get();
        List<String> other = publishMany(OTHER, 100);
        for (int i = 0; i < 12; i++) {
            fixture.clock.move(10);
            int due = Math.min(100, 1 + i * 10);
            await().until(() -> fixture.values(OTHER), other.subList(0, due)::equals);
        }
        assertThat(fixture.values(ORDERS)).isEmpty();
        assertThat(schedule.stats().lateMs()).isEqualTo(110);
        fails.set(false);
        await().until(() -> fixture.values(ORDERS), orders::equals);
        await().until(() -> schedule.count() == 0);
        await().until(() -> schedule.stats().lateMs() == 0);
        assertThat(fixture.values(OTHER)).isEqualTo(other);
    }

    @Test
    void aRecordWhoseTargetFailsCanBeCancelledAndThenNeverComesAlsoAfterAKill() {
        String cancelled = id(publish(ORDERS, "cancelled", 10));
        publish(ORDERS, "kept", 10);
        AtomicInteger attempts = new AtomicInteger();
        interceptor = (step, partition, real) -> {
            if (step != Step.TARGET) {
                return real.get();
            }
            attempts.incrementAndGet();
            return InterceptedTopics.failed(ErrorCode.STORAGE_FAILURE);
        };
        fixture.clock.move(10);
        await().until(() -> attempts.get() > 1);
        assertThat(get(schedule.cancel(cancelled))).isTrue();
        schedule.halt();
        interceptor = NONE;
        schedule = open();
        fixture.awaitOrders("kept");
        await().until(() -> schedule.count() == 0);
        assertThat(fixture.values(ORDERS)).containsExactly("kept");
    }

    @Test
    void aRecordThatCannotBeReadHoldsUpNoOtherAndComesOnceItCan() {
        List<String> orders = publishMany(ORDERS, 50);
        await().until(() -> schedule.count() == 50);
        AtomicBoolean damaged = new AtomicBoolean(true);
        interceptor = new Interceptor() {
            @Override
            public Append append(Step step, Partition partition, Supplier<Append> real) {
                return real.get();
            }

            @Override
            public boolean failsRead(long from, long to) {
                return damaged.get() && from <= 20 && to > 20 && to - from < 1000;
            }
        };
        fixture.clock.move(1000);
        List<String> others = new ArrayList<>(orders);
        others.remove(20);
        await().until(() -> fixture.values(ORDERS), others::equals);
        await().until(() -> schedule.count() == 1);
        assertThat(schedule.stats().lateMs()).isEqualTo(1000 - 10 - 20);
        damaged.set(false);
        await().until(() -> schedule.count() == 0);
        assertThat(fixture.values(ORDERS)).hasSize(50).endsWith(orders.get(20));
    }

    @Test
    void aRecordThatIsBeingFiredCannotBeCancelled() {
        String id = id(publish(ORDERS, "a", 10));
        CompletableFuture<Runnable> reached = new CompletableFuture<>();
        CompletableFuture<Append> appended = new CompletableFuture<>();
        interceptor = (step, partition, real) -> {
            if (step != Step.TARGET) {
                return real.get();
            }
            reached.complete(() -> appended.complete(real.get()));
            return InterceptedTopics.append(appended.thenCompose(Append::durable));
        };
        fixture.clock.move(10);
        Runnable goOn = reached.join();
        CompletionStage<Boolean> cancel = schedule.cancel(id);
        assertThat(cancel.toCompletableFuture()).isNotDone();
        goOn.run();
        assertThat(get(cancel)).isFalse();
        fixture.awaitOrders("a");
    }

    @Test
    void aCancelThatCannotBeWrittenFailsAndTheRecordStillWaits() {
        String id = id(publish(ORDERS, "a", 10));
        AtomicBoolean fails = new AtomicBoolean(true);
        interceptor = (step, partition, real) -> fails.get() ? InterceptedTopics.failed(ErrorCode.STORAGE_FAILURE) : real.get();
        assertThat(schedule.cancel(id).toCompletableFuture()).failsWithin(Duration.ofSeconds(10));
        fails.set(false);
        assertThat(schedule.count()).isEqualTo(1);
        fixture.clock.move(10);
        fixture.awaitOrders("a");
    }

    @Test
    void whatIsAskedAfterTheEndFailsAsClosed() {
        String id = id(publish(ORDERS, "a", 10));
        schedule.close();
        assertThat(schedule.cancel(id).toCompletableFuture()).isCompletedExceptionally();
        assertThat(schedule.list(0, null, 1).toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void whatIsInMemoryDoesNotGrowWithWhatWaits() {
        int count = 100_000;
        fixture.topic(ORDERS, 1);
        List<CompletionStage<PublishResult>> published = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // Any order but that of the log.
            published.add(schedule.publish(fixture.request(ORDERS, "v" + i, 10 + i * 7919L % count)));
            if (published.size() == 1000) {
                published.forEach(ScheduleFixture::get);
                published.clear();
            }
        }
        schedule.close();
        ScheduleLog log = ScheduleLog.of(Objects.requireNonNull(ScheduleLog.find(fixture.broker.broker().topics())));
        Patience patience = new Patience();
        DueCursor cursor = new DueCursor();
        try (IndexView view = IndexView.open(fixture.directory.resolve("second"), log, patience, cursor)) {
            view.catchUp();
            assertThat(view.waiting()).isEqualTo(count);
            assertThat(view.memoryBytes()).isLessThan(40 << 20);
            RoundPlanner planner = new RoundPlanner(fixture.broker.broker().topics(), view, new RecordFetch(log.partition(), patience),
                cursor, new HeldTargets(), new Seldom(LoggerFactory.getLogger(RoundsTest.class)));
            int planned = 0;
            long last = 0;
            while (planned < count) {
                List<TargetBatch> batches = planner.plan(fixture.clock.millis() + 10 + count, 0).batches();
                assertThat(batches).hasSize(1);
                assertThat(batches.get(0).rows()).hasSizeLessThanOrEqualTo(RoundPlanner.MAX_ROWS);
                assertThat(batches.get(0).rows().get(0).key().dueMs()).isGreaterThanOrEqualTo(last);
                last = batches.get(0).rows().get(0).key().dueMs();
                planned += batches.get(0).rows().size();
                assertThat(view.memoryBytes()).isLessThan(40 << 20);
            }
            assertThat(planned).isEqualTo(count);
            assertThat(cursor.nextDueMs()).isEqualTo(DueCursor.NEVER);
        }
    }
}
