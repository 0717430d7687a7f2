package io.tributary.core.log;

import static io.tributary.core.log.LogFixture.assertFails;
import static io.tributary.core.log.LogFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Append;
import io.tributary.core.api.Partition;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecoveryTest {
    private static final TopicConfig SMALL_SEGMENTS = TopicConfig.ofPartitions(1).withSegmentBytes(4000);

    @TempDir
    private Path directory;

    private LogFixture open(BrokerConfig.Durability durability, TopicConfig config) {
        return new LogFixture(TestBroker.start(directory, settings -> settings.withDurability(durability).withMemory(0, 1 << 24)), config);
    }

    private static void append(LogFixture fixture, int from, int to) {
        List<Append> appends = new ArrayList<>();
        for (int i = from; i < to; i++) {
            appends.add(fixture.partition().append(TestBatches.of("v" + i)));
        }
        appends.forEach(append -> get(append.durable()));
    }

    @ParameterizedTest
    @EnumSource(BrokerConfig.Durability.class)
    void losesNothingAcknowledgedWhenItIsKilledInTheMiddle(BrokerConfig.Durability durability) throws InterruptedException {
        try (LogFixture fixture = open(durability, SMALL_SEGMENTS)) {
            for (int round = 0; round < 3; round++) {
                AtomicLong acknowledged = new AtomicLong(-1);
                long first = fixture.partition().highWatermark();
                Partition partition = fixture.partition();
                Thread writer = new Thread(() -> {
                    // No more than may wait at once: on a slow machine one that is refused would leave a gap in the values.
                    for (int i = 0; i < 40_000 && !Thread.interrupted(); i++) {
                        CompletionStage<Void> unused = partition.append(TestBatches.of("r" + (first + i))).durable().thenAccept(result ->
                            acknowledged.accumulateAndGet(result.lastOffset(), Math::max));
                    }
                });
                writer.start();
                await().until(() -> acknowledged.get() > first + 200);
                fixture.broker.kill();
                writer.interrupt();
                writer.join();
                assertThat(fixture.partition().highWatermark()).isGreaterThan(acknowledged.get());
                List<String> values = fixture.values();
                for (int i = 0; i < values.size(); i++) {
                    assertThat(values.get(i)).isEqualTo("r" + i);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(BrokerConfig.Durability.class)
    void cutsATornTail(BrokerConfig.Durability durability) throws IOException {
        Path last;
        try (LogFixture fixture = open(durability, SMALL_SEGMENTS)) {
            append(fixture, 0, 100);
            last = last(fixture.segmentFiles());
        }
        byte[] torn = TestBatches.of("never acknowledged").array();
        Files.write(last, Arrays.copyOf(torn, 70), StandardOpenOption.APPEND);
        try (LogFixture fixture = open(durability, SMALL_SEGMENTS)) {
            assertThat(fixture.partition().highWatermark()).isEqualTo(100);
            append(fixture, 100, 101);
            assertThat(fixture.values()).hasSize(101).endsWith("v99", "v100");
        }
    }

    @Test
    void refusesALogThatIsShorterThanWhatWasDurable() throws IOException {
        Path last;
        try (LogFixture fixture = open(BrokerConfig.Durability.FSYNC, SMALL_SEGMENTS)) {
            append(fixture, 0, 100);
            last = last(fixture.segmentFiles());
        }
        try (FileChannel file = FileChannel.open(last, StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 1);
        }
        assertOpenFails(last + " is damaged at position");
    }

    @Test
    void refusesAGapBetweenSegments() throws IOException {
        List<Path> files;
        try (LogFixture fixture = open(BrokerConfig.Durability.FSYNC, SMALL_SEGMENTS)) {
            append(fixture, 0, 300);
            files = fixture.segmentFiles();
        }
        Files.delete(files.get(1));
        assertOpenFails(files.get(2) + " is damaged at position 0");
    }

    @Test
    void refusesToReadAFlippedBitAndReadsTheRest() throws IOException {
        List<Path> files;
        try (LogFixture fixture = open(BrokerConfig.Durability.FSYNC, SMALL_SEGMENTS)) {
            append(fixture, 0, 300);
            files = fixture.segmentFiles();
        }
        flipBit(files.get(0), 80);
        try (LogFixture fixture = open(BrokerConfig.Durability.FSYNC, SMALL_SEGMENTS)) {
            assertFails(fixture.partition().readRecords(0, 10, 1000), ErrorCode.STORAGE_FAILURE);
            long second = Long.parseLong(files.get(1).getFileName().toString().substring(0, 20));
            assertThat(get(fixture.partition().readRecords(second, 1, 1000)).get(0).offset()).isEqualTo(second);
        }
    }

    @Test
    void refusesAJournalThatIsBrokenBeforeItsEnd() throws IOException {
        LogFixture fixture = open(BrokerConfig.Durability.FSYNC, SMALL_SEGMENTS);
        for (int i = 0; i < 20; i++) {
            append(fixture, i, i + 1);
        }
        halt(fixture);
        Path journal;
        try (Stream<Path> files = Files.list(directory.resolve("journal"))) {
            journal = files.max(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
        }
        flipBit(journal, 512 + 512 + 100);
        assertOpenFails("the journal " + journal + " is damaged");
    }

    @ParameterizedTest
    @EnumSource(value = BrokerConfig.Durability.class)
    void buildsAnIndexAgainThatIsMissingOrWrong(BrokerConfig.Durability durability) throws IOException {
        List<Path> files;
        try (LogFixture fixture = open(durability, SMALL_SEGMENTS)) {
            append(fixture, 0, 300);
            files = fixture.segmentFiles();
        }
        int deleted = 0;
        for (Path file : files) {
            Path index = Path.of(file.toString().replace(".log", ".index"));
            if (Files.exists(index)) {
                if (deleted++ % 2 == 0) {
                    Files.delete(index);
                } else {
                    flipBit(index, 20);
                }
            }
        }
        assertThat(deleted).isGreaterThan(2);
        try (LogFixture fixture = open(durability, SMALL_SEGMENTS)) {
            assertThat(fixture.values()).hasSize(300).endsWith("v299");
        }
    }

    @ParameterizedTest
    @EnumSource(BrokerConfig.Durability.class)
    void aLowerStartThatIsAskedForMeanwhileChangesNothing(BrokerConfig.Durability durability) {
        try (LogFixture fixture = open(durability, SMALL_SEGMENTS)) {
            for (int end = 200; end <= 2000; end += 200) {
                append(fixture, end - 200, end);
                CompletionStage<Long> higher = fixture.partition().deleteBefore(end - 10);
                CompletionStage<Long> lower = fixture.partition().deleteBefore(end - 150);
                get(higher);
                get(lower);
                fixture.broker.kill();
                assertThat(fixture.partition().logStartOffset()).isEqualTo(end - 10);
                assertThat(fixture.values()).hasSize(10).endsWith("v" + (end - 1));
            }
        }
    }

    @Test
    void changesItsDurabilityFromStartToStart() {
        for (BrokerConfig.Durability durability : new BrokerConfig.Durability[] {
            BrokerConfig.Durability.FSYNC, BrokerConfig.Durability.OS, BrokerConfig.Durability.FSYNC}) {
            LogFixture fixture = open(durability, SMALL_SEGMENTS);
            int from = (int) fixture.partition().highWatermark();
            append(fixture, from, from + 100);
            halt(fixture);
        }
        try (LogFixture fixture = open(BrokerConfig.Durability.OS, SMALL_SEGMENTS)) {
            assertThat(fixture.values()).hasSize(300).endsWith("v299");
        }
    }

    private static void halt(LogFixture fixture) {
        ((EmbeddedBroker) fixture.broker.broker()).halt();
        fixture.close();
    }

    private void assertOpenFails(String message) {
        assertThatThrownBy(() -> EmbeddedBroker.open(BrokerConfig.of(directory))).isInstanceOfSatisfying(BrokerException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_FAILURE);
            assertThat(failure).hasMessageContaining(message);
        });
        // The failed start has let go of everything.
        assertThatThrownBy(() -> EmbeddedBroker.open(BrokerConfig.of(directory))).hasMessageContaining(message);
    }

    private static Path last(List<Path> files) {
        return files.get(files.size() - 1);
    }

    private static void flipBit(Path path, int position) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, position);
            one.put(0, (byte) (one.get(0) ^ 4)).flip();
            file.write(one, position);
        }
    }
}
