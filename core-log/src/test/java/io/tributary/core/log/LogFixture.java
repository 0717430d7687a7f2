package io.tributary.core.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** One topic with one partition on a broker of its own. */
final class LogFixture implements AutoCloseable {
    static final TopicName TOPIC = TopicName.of("t");
    final TestBroker broker;

    LogFixture(TestBroker broker, TopicConfig config) {
        this.broker = broker;
        get(broker.broker().topics().getOrCreate(TOPIC, config));
    }

    Partition partition() {
        Topic topic = broker.broker().topics().find(TOPIC);
        assertThat(topic).isNotNull();
        return topic.partition(0);
    }

    List<Record> readAll() {
        List<Record> all = new ArrayList<>();
        long next = partition().logStartOffset();
        while (next < partition().highWatermark()) {
            List<Record> records = get(partition().readRecords(next, 100, 4096));
            all.addAll(records);
            // Compaction may have left nothing there.
            next = records.isEmpty() ? partition().highWatermark() : records.get(records.size() - 1).offset() + 1;
        }
        return all;
    }

    List<String> values() {
        return readAll().stream().map(record -> new String(record.value(), UTF_8)).toList();
    }

    /** The segments' files, in their order. */
    List<Path> segmentFiles() {
        Topic topic = broker.broker().topics().find(TOPIC);
        assertThat(topic).isNotNull();
        Path directory = broker.directory().resolve("segments").resolve(topic.id().toString()).resolve("0");
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    static void assertFails(CompletionStage<?> stage, ErrorCode code) {
        assertThatThrownBy(() -> stage.toCompletableFuture().join())
            .satisfies(failure -> assertThat(BrokerException.of(failure).code()).isEqualTo(code));
    }

    @Override
    public void close() {
        broker.close();
    }
}
