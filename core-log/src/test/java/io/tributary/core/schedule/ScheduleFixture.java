package io.tributary.core.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Schedule;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.schedule.rocksdb.RocksScheduleIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** A broker whose clock is the test's. */
final class ScheduleFixture implements AutoCloseable {
    static final TopicName ORDERS = TopicName.of("orders");

    final TestClock clock = new TestClock();
    final Path directory;
    final TestBroker broker;

    ScheduleFixture() {
        try {
            directory = Files.createTempDirectory("tributary-schedule-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        broker = TestBroker.start(directory, config -> config.withClock(clock));
    }

    Topic topic(TopicName name, int partitions) {
        return get(broker.broker().topics().getOrCreate(name, TopicConfig.ofPartitions(partitions)));
    }

    Schedule schedule() {
        return broker.broker().schedule();
    }

    /** Publishes to a topic with one partition that is made if need be; {@code inMs} from now on. */
    PublishResult publish(String value, long inMs) {
        return publish(ORDERS, value, inMs);
    }

    PublishResult publish(TopicName topic, String value, long inMs) {
        topic(topic, 1);
        return get(broker.broker().publisher().publish(request(topic, value, inMs)));
    }

    PublishRequest request(TopicName topic, String value, long inMs) {
        return PublishRequest.of(topic, null, value.getBytes(UTF_8), Headers.EMPTY).withNotBefore(clock.millis() + inMs);
    }

    static String id(PublishResult result) {
        return Objects.requireNonNull(result.scheduleId());
    }

    Partition partition(TopicName topic) {
        return Objects.requireNonNull(broker.broker().topics().find(topic)).partition(0);
    }

    List<Record> records(TopicName topic) {
        return records(partition(topic));
    }

    static List<Record> records(Partition partition) {
        List<Record> all = new ArrayList<>();
        long end = partition.highWatermark();
        for (long next = partition.logStartOffset(); next < end;) {
            List<Record> some = get(partition.readRecords(next, 1000, 1 << 20));
            all.addAll(some);
            next = some.isEmpty() ? end : some.get(some.size() - 1).offset() + 1;
        }
        return all;
    }

    List<String> values(TopicName topic) {
        return records(topic).stream().map(ScheduleFixture::value).toList();
    }

    static String value(Record record) {
        return new String(Objects.requireNonNull(record.value()), UTF_8);
    }

    /** Waits until the topic orders holds exactly these, in this order. */
    void awaitOrders(String... values) {
        await().until(() -> values(ORDERS), List.of(values)::equals);
    }

    void awaitCount(long count) {
        await().until(() -> schedule().count() == count);
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    @Override
    public void close() {
        broker.close();
        deleteAll(directory);
    }

    static void deleteAll(Path directory) {
        RocksScheduleIndex.destroy(directory);
    }
}
