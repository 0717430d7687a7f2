package io.tributary.core.retained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Topic;
import io.tributary.core.api.TransactionRequest;
import io.tributary.core.api.retained.RetainedPage;
import io.tributary.core.api.retained.RetainedValue;
import io.tributary.core.api.retained.RetainedValues;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.Subject;
import io.tributary.core.model.SubjectPattern;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetainedValuesTest {
    private static final TopicName TOPIC = TopicName.of("sensors");
    private static final SubjectPattern ALL = SubjectPattern.parse("#", '/', "+", "#");

    private final AtomicLong nowMs = new AtomicLong(1_000_000);
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMs.get());
    private TestBroker broker = start();

    private TestBroker start() {
        TestBroker started = TestBroker.start(config -> config.withClock(clock)
            .withIntervals(Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofDays(7)));
        get(started.broker().topics().getOrCreate(TOPIC, TopicConfig.ofPartitions(3)));
        return started;
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (RuntimeException e) {
            throw BrokerException.of(e);
        }
    }

    private static PublishRequest request(@Nullable String subject, @Nullable String value, Header... headers) {
        return PublishRequest.of(TOPIC, Subject.toKey(subject), value == null ? null : value.getBytes(StandardCharsets.UTF_8),
            Headers.of(headers)).withRetain(true);
    }

    private void retain(@Nullable String subject, @Nullable String value, Header... headers) {
        get(broker.broker().publisher().publish(request(subject, value, headers)));
    }

    private RetainedPage find(String pattern) {
        return get(broker.broker().retained().find(Namespace.DEFAULT, SubjectPattern.parse(pattern, '/', "+", "#"), null, 1_000, 1 << 24));
    }

    private List<String> paths(String pattern) {
        return find(pattern).values().stream().map(RetainedValue::path).toList();
    }

    private static String text(Record record) {
        return new String(Objects.requireNonNull(record.value()), StandardCharsets.UTF_8);
    }

    private Topic retainedTopic() {
        return Objects.requireNonNull(broker.broker().topics().find(TopicName.of(RetainedValues.TOPIC)));
    }

    /** The records of the topic itself, by partition. */
    private List<Record> published() {
        List<Record> all = new ArrayList<>();
        for (Partition partition : Objects.requireNonNull(broker.broker().topics().find(TOPIC)).partitions()) {
            all.addAll(read(partition));
        }
        return all;
    }

    private List<Record> log() {
        return read(retainedTopic().partition(0));
    }

    private static List<Record> read(Partition partition) {
        List<Record> all = new ArrayList<>();
        for (long next = 0; next < partition.highWatermark();) {
            List<Record> some = get(partition.readRecords(next, 1_000, 1 << 20));
            if (some.isEmpty()) {
                break;
            }
            all.addAll(some);
            next = some.get(some.size() - 1).offset() + 1;
        }
        return all;
    }

    @Test
    void keepsTheLastRecordOfEachAddressAsItWasPublished() {
        retain("7/temp", "20");
        retain(null, "root");
        nowMs.addAndGet(5);
        retain("7/temp", "21", Header.of("site", "north"), Header.of("site", "east"));
        assertThat(paths("#")).containsExactly("sensors", "sensors/7/temp");
        Record record = find("sensors/7/temp").values().get(0).record();
        assertThat(text(record)).isEqualTo("21");
        assertThat(record.timestamp()).isEqualTo(1_000_005);
        assertThat(record.headers()).isEqualTo(Headers.of(Header.of("site", "north"), Header.of("site", "east")));
        assertThat(record.subject()).isEqualTo("sensors/7/temp");
        // It is in its topic too, like any other.
        assertThat(published()).hasSize(3);
    }

    @Test
    void anEmptyValueEndsWhatIsRetainedAndLeavesATombstone() {
        retain("a", "1");
        retain("b", "2");
        retain("a", "");
        assertThat(paths("#")).containsExactly("sensors/b");
        retain("b", null);
        assertThat(paths("#")).isEmpty();
        assertThat(log()).extracting(Record::subject).containsExactly("sensors/a", "sensors/b", "sensors/a", "sensors/b");
        assertThat(log().subList(2, 4)).allSatisfy(record -> assertThat(record.value()).isNull());
    }

    @Test
    void whatIsNotToBeRetainedIsNot() {
        get(broker.broker().publisher().publish(request("a", "1").withRetain(false)));
        assertThat(broker.broker().topics().find(TopicName.of(RetainedValues.TOPIC))).isNull();
        assertThat(paths("#")).isEmpty();
    }

    @Test
    void isCompactedSoThatOnlyLastValuesStay() {
        String large = "x".repeat(500_000);
        // Three sealed segments and more: the last two are left alone.
        for (int i = 0; i < 60; i++) {
            retain("often", i + large);
        }
        retain("once", "1");
        for (int i = 0; i < 60; i++) {
            retain("other" + i % 3, i + large);
        }
        assertThat(retainedTopic().config().compaction().mode()).isEqualTo(Compaction.Mode.COMPACT);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() ->
            assertThat(log()).extracting(Record::subject).containsOnlyOnce("sensors/often"));
        assertThat(log()).extracting(Record::subject).containsOnlyOnce("sensors/once");
        assertThat(paths("#")).containsExactly("sensors/often", "sensors/once", "sensors/other0", "sensors/other1", "sensors/other2");
        assertThat(text(find("sensors/often").values().get(0).record())).isEqualTo(59 + large);
        assertThat(retainedTopic().stats().sizeInBytes()).isLessThan(60_000_000);
    }

    @Test
    void ofTwoPublishersTheLastInTheTopicIsTheOneRetained() {
        for (int round = 0; round < 50; round++) {
            String subject = "s" + round;
            List<CompletableFuture<?>> both = new ArrayList<>();
            Stream.of("x", "y").parallel().forEach(name -> {
                for (int i = 0; i < 20; i++) {
                    CompletableFuture<?> one = broker.broker().publisher().publish(request(subject, name + i)).toCompletableFuture();
                    synchronized (both) {
                        both.add(one);
                    }
                }
            });
            both.forEach(CompletableFuture::join);
            String last = "";
            for (Record record : published()) {
                last = subject.equals(record.subject()) ? text(record) : last;
            }
            assertThat(text(find("sensors/" + subject).values().get(0).record())).isEqualTo(last);
        }
    }

    @Test
    void whatHasExpiredIsNotFoundAndIsEnded() {
        retain("short", "1", Header.of(HeaderNames.EXPIRATION, "1000"));
        retain("long", "2", Header.of(HeaderNames.EXPIRATION, "5000"));
        nowMs.addAndGet(1_000);
        assertThat(paths("#")).containsExactly("sensors/long");
        await().untilAsserted(() -> assertThat(log()).extracting(Record::subject)
            .containsExactly("sensors/short", "sensors/long", "sensors/short"));
        retain("short", "3");
        assertThat(paths("#")).containsExactly("sensors/long", "sensors/short");
        nowMs.addAndGet(100_000);
        assertThat(paths("#")).containsExactly("sensors/short");
    }

    private void restore(String path, String value) {
        get(broker.broker().retained().restore(Namespace.DEFAULT, path, value.getBytes(StandardCharsets.UTF_8), Headers.EMPTY));
    }

    @Test
    void whatACrashKeptFromBeingRetainedIsRestoredUnlessThereIsANewerValue() {
        retain("a", "old");
        retain("b", "old");
        broker.kill();
        retain("b", "newer");
        restore("sensors/a", "restored");
        restore("sensors/b", "restored");
        restore("sensors/c", "restored");
        assertThat(find("sensors/+").values()).extracting(value -> text(value.record())).containsExactly("restored", "newer", "restored");
        // Nothing of that was published.
        restore("other", "restored");
        assertThat(broker.broker().topics().find(TopicName.of("other"))).isNull();
    }

    @Test
    void theViewIsMadeAnewWhenItIsMissing(@TempDir Path directory) throws IOException {
        try (TestBroker own = TestBroker.start(directory)) {
            get(own.broker().topics().getOrCreate(TOPIC, TopicConfig.ofPartitions(1)));
            for (int i = 0; i < 100; i++) {
                get(own.broker().publisher().publish(request("s" + i, "old")));
                get(own.broker().publisher().publish(request("s" + i, i % 2 == 0 ? "new" + i : null)));
            }
        }
        try (Stream<Path> files = Files.walk(directory.resolve("retained"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        try (TestBroker again = TestBroker.start(directory)) {
            RetainedPage page = get(again.broker().retained().find(Namespace.DEFAULT, ALL, null, 1_000, 1 << 20));
            assertThat(page.values()).hasSize(50).allSatisfy(value -> assertThat(text(value.record())).startsWith("new"));
        }
    }

    @Test
    void whatAnEarlierTopicRetainedIsForgottenWithIt() {
        retain("a", "1");
        get(broker.broker().topics().delete(TopicName.of(RetainedValues.TOPIC)));
        broker.restart();
        assertThat(paths("#")).isEmpty();
        retain("b", "2");
        assertThat(paths("#")).containsExactly("sensors/b");
        broker.kill();
        assertThat(paths("#")).containsExactly("sensors/b");
    }

    @Test
    void refusesWhatCannotBeRetained() {
        assertThatThrownBy(() -> retain("a\0b", "1")).isInstanceOf(BrokerException.class).hasMessageContaining("U+0000");
        assertThatThrownBy(() -> retain("a".repeat(65_536), "1")).isInstanceOf(BrokerException.class).hasMessageContaining("bytes");
        assertThatThrownBy(() -> get(broker.broker().publisher().publish(request("a", "1").withNotBefore(nowMs.get() + 10_000))))
            .isInstanceOf(BrokerException.class).hasMessageContaining("waits");
        assertThatThrownBy(() -> get(broker.broker().transactions().commit(new TransactionRequest(List.of(request("a", "1")), List.of()))))
            .isInstanceOf(BrokerException.class).hasMessageContaining("transaction");
        assertThatThrownBy(() -> get(broker.broker().publisher().publish(PublishRequest.of(TopicName.of("nowhere"), null, new byte[1],
            Headers.EMPTY).withRetain(true)))).isInstanceOf(BrokerException.class);
        assertThatThrownBy(() -> get(broker.broker().retained().find(Namespace.DEFAULT, ALL, null, 0, 1)))
            .isInstanceOf(BrokerException.class);
        assertThat(paths("#")).isEmpty();
    }

    @Test
    void aPageEndsAtItsBoundsAndTheNextGoesOn() {
        for (int i = 10; i < 40; i++) {
            retain("s" + i, "x".repeat(100));
        }
        RetainedValues retained = broker.broker().retained();
        RetainedPage first = get(retained.find(Namespace.DEFAULT, ALL, null, 12, 1 << 20));
        assertThat(first.values()).hasSize(12);
        RetainedPage second = get(retained.find(Namespace.DEFAULT, ALL, first.next(), 1_000, 600));
        assertThat(second.values()).hasSizeBetween(4, 6);
        assertThat(second.values().get(0).path()).isEqualTo("sensors/s22");
        RetainedPage one = get(retained.find(Namespace.DEFAULT, ALL, second.next(), 1_000, 1));
        assertThat(one.values()).hasSize(1);
        RetainedPage rest = get(retained.find(Namespace.DEFAULT, ALL, one.next(), 1_000, 1 << 20));
        assertThat(rest.next()).isNull();
        assertThat(first.values().size() + second.values().size() + one.values().size() + rest.values().size()).isEqualTo(30);
    }
}
