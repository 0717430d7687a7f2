package io.tributary.core.schedule;

import static io.tributary.core.schedule.ScheduleFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.PublishResult;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import io.tributary.core.schedule.rocksdb.RocksScheduleIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random publishing, cancelling, moves of the clock, restarts, kills and lost indexes against a list of what was published: every record
 * comes once, none before its time, none whose cancel was acknowledged, and those of one topic that are due together in their order. Kills
 * find publishes and cancels under way; what was not answered may have happened or not, but not twice.
 */
class SchedulePropertyTest {
    private static final int STEPS = 60;
    private static final List<TopicName> TOPICS = List.of(TopicName.of("a"), TopicName.of("b"));

    /** What was published. */
    private static final class Message {
        final TopicName topic;
        final String value;
        final long dueMs;
        CompletableFuture<PublishResult> published = new CompletableFuture<>();
        /** The last attempt. */
        CompletableFuture<Boolean> cancelled = CompletableFuture.completedFuture(false);
        boolean lost;
        boolean cancelUnanswered;
        boolean cancelAcknowledged;

        Message(TopicName topic, String value, long dueMs) {
            this.topic = topic;
            this.value = value;
            this.dueMs = dueMs;
        }

        boolean isAnswered() {
            return published.isDone() && !published.isCompletedExceptionally();
        }

        boolean waited() {
            return isAnswered() && published.join().isWaiting();
        }

        /** To be called when the broker has ended or has answered. */
        void note() {
            lost |= !published.isDone();
            if (!cancelled.isDone()) {
                cancelUnanswered = true;
            } else if (!cancelled.isCompletedExceptionally() && cancelled.join()) {
                cancelAcknowledged = true;
            }
        }
    }

    private static final class Run implements AutoCloseable {
        final ScheduleFixture fixture = new ScheduleFixture();
        final Random random;
        final List<Message> messages = new ArrayList<>();
        final List<String> history = new ArrayList<>();

        Run(long seed) {
            random = new Random(seed);
            TOPICS.forEach(topic -> fixture.topic(topic, 1));
        }

        void step() {
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3, 4, 5, 6 -> publish();
                case 7, 8, 9 -> cancel();
                case 10, 11, 12 -> {
                    history.add("clock");
                    fixture.clock.move(random.nextInt(15));
                }
                case 13 -> {
                    history.add("kill");
                    fixture.broker.kill();
                    messages.forEach(Message::note);
                }
                case 14 -> {
                    history.add("restart");
                    answered();
                    fixture.broker.restart();
                }
                default -> {
                    history.add("lose the index");
                    answered();
                    fixture.broker.restartAfter(() -> RocksScheduleIndex.destroy(fixture.directory.resolve("schedule")));
                }
            }
        }

        private void publish() {
            for (int left = 1 + random.nextInt(8); left > 0; left--) {
                TopicName topic = TOPICS.get(random.nextInt(TOPICS.size()));
                long inMs = random.nextInt(40) - 5L;
                Message message = new Message(topic, "m" + messages.size(), fixture.clock.millis() + inMs);
                messages.add(message);
                message.published =
                    fixture.broker.broker().publisher().publish(fixture.request(topic, message.value, inMs)).toCompletableFuture();
                history.add(message.value + " for " + message.dueMs);
            }
            if (random.nextBoolean()) {
                answered();
            }
        }

        private void cancel() {
            if (messages.isEmpty()) {
                return;
            }
            Message message = messages.get(random.nextInt(messages.size()));
            if (message.waited() && !message.cancelUnanswered) {
                message.cancelled.handle((result, failure) -> 0).join();
                message.note();
                history.add("cancel " + message.value);
                message.cancelled =
                    fixture.broker.broker().schedule().cancel(ScheduleFixture.id(message.published.join())).toCompletableFuture();
                if (random.nextBoolean()) {
                    get(message.cancelled);
                }
            }
        }

        private void answered() {
            for (Message message : messages) {
                if (!message.cancelUnanswered) {
                    message.cancelled.handle((result, failure) -> 0).join();
                }
            }
            messages.stream().filter(message -> !message.lost).forEach(message -> message.published.handle((result, failure) -> 0).join());
        }

        void check() {
            answered();
            messages.forEach(Message::note);
            fixture.clock.move(10_000);
            await().until(() -> fixture.schedule().count() == 0 && fixture.schedule().stats().lateMs() == 0);
            Map<String, Record> found = new HashMap<>();
            for (TopicName topic : TOPICS) {
                for (Record record : fixture.records(topic)) {
                    assertThat(found.put(ScheduleFixture.value(record), record)).as("comes twice").isNull();
                }
            }
            for (Message message : messages) {
                Record record = found.get(message.value);
                if (message.cancelAcknowledged || message.published.isCompletedExceptionally()) {
                    assertThat(record).as(message.value + " was cancelled").isNull();
                } else if (message.isAnswered() && !message.cancelUnanswered) {
                    assertThat(record).as(message.value).isNotNull();
                }
                if (record != null) {
                    assertThat(record.timestamp()).as(message.value).isGreaterThanOrEqualTo(message.dueMs);
                }
            }
            checkOrder(found);
        }

        private void checkOrder(Map<String, Record> found) {
            Map<String, Long> last = new HashMap<>();
            for (Message message : messages) {
                Record record = found.get(message.value);
                if (record != null && message.waited()) {
                    Long before = last.put(message.topic + " " + message.dueMs, record.offset());
                    assertThat(before == null ? -1 : before).as(message.value).isLessThan(record.offset());
                }
            }
        }

        @Override
        public void close() {
            fixture.close();
        }
    }

    @Property(tries = 12)
    void everyRecordComesOnceInItsTimeUnlessItWasCancelled(@ForAll long seed) {
        try (Run run = new Run(seed)) {
            try {
                for (int i = 0; i < STEPS; i++) {
                    run.step();
                }
                run.check();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + run.history, failure);
            }
        }
    }
}
