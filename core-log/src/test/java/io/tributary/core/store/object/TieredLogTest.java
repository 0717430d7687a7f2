package io.tributary.core.store.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.api.TimestampLookup;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Retention;
import io.tributary.core.model.Tiering;
import io.tributary.core.store.file.FileSegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log whose sealed segments go to an object store, at every step and with every fault of that store. */
class TieredLogTest {
    private static final int SEALED = 4;
    /** Four sealed segments of 31 batches and one that is written. */
    private static final int BATCHES = SEALED * 31 + 5;
    private static final long CACHE_BYTES = TierSettings.MIN_CACHE_BYTES;

    @TempDir
    Path directory;
    private final FakeObjects objects = new FakeObjects();
    private TierFixture fixture;

    @BeforeEach
    void open() {
        fixture = new TierFixture(directory, objects, CACHE_BYTES);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    /** Appends, has everything offloaded that can be, and all local files let go but the last two; returns the bytes. */
    private ByteBuffer fillAndOffload() {
        ByteBuffer all = fixture.append(BATCHES);
        fixture.awaitLocalFiles(2);
        TierFixture.await().until(() -> {
            fixture.retain();
            return objects.objects.size() == SEALED && fixture.store.status().waitingUploads() == 0;
        });
        return all;
    }

    private List<Long> remoteBases() {
        List<Long> bases = new ArrayList<>();
        for (String key : objects.objects.keySet()) {
            bases.add(Long.parseLong(key.substring(key.length() - 24, key.length() - 4)));
        }
        return bases;
    }

    @Test
    void readsBackByteForByteWhatIsNoLongerLocal() {
        ByteBuffer all = fillAndOffload();
        assertThat(objects.objects).hasSize(SEALED);
        assertThat(fixture.log.logStartOffset()).isZero();
        assertThat(fixture.readFrom(0)).isEqualTo(all);
        assertThat(objects.gets.get()).isPositive();
        assertThat(fixture.store.status().fetchedBytes()).isPositive();
    }

    @Test
    void anObjectIsTheSegmentsBytes() throws IOException {
        fixture.config = fixture.config.withTiering(new Tiering(true, Retention.UNLIMITED, Retention.UNLIMITED));
        fixture.append(BATCHES);
        TierFixture.await().until(() -> {
            fixture.retain();
            return fixture.store.status().uploadedBytes() > 3L * TierFixture.SEGMENT_BYTES - (1 << 20);
        });
        List<Path> files = fixture.segmentFiles();
        assertThat(files).hasSize(5);
        for (long base : remoteBases()) {
            Path file = fixture.logDirectory().resolve(String.format("%020d", base) + ".log");
            assertThat(objects.objects.get(fixture.key(base))).isEqualTo(Files.readAllBytes(file));
        }
    }

    @Test
    void outlivesRestartAndCrash() {
        ByteBuffer all = fillAndOffload();
        fixture.restart();
        assertThat(fixture.readFrom(0)).isEqualTo(all);
        fixture.kill();
        assertThat(fixture.log.logStartOffset()).isZero();
        assertThat(fixture.readFrom(0)).isEqualTo(all);
        ByteBuffer more = fixture.append(3);
        assertThat(fixture.readFrom(0)).isEqualTo(TestBatches.join(all, more));
    }

    @Test
    void keepsSegmentsLocalAsLongAsTheLocalRetentionSays() {
        fixture.config = fixture.config.withTiering(new Tiering(true, Retention.UNLIMITED, 2L * TierFixture.SEGMENT_BYTES));
        fixture.append(BATCHES);
        // Two whole ones and what is written: the third would be more than is asked for.
        fixture.awaitLocalFiles(3);
        long before = fixture.clock.get();
        fixture.config = fixture.config.withTiering(new Tiering(true, 1_000, Retention.UNLIMITED));
        fixture.retain();
        assertThat(fixture.segmentFiles()).hasSize(3);
        fixture.clock.set(before + 2_000);
        fixture.awaitLocalFiles(2);
    }

    @Test
    void anObjectThatNoManifestKnowsOfAfterACrashIsStoredAgain() throws InterruptedException {
        CountDownLatch stored = new CountDownLatch(1);
        objects.afterPut = stored;
        ByteBuffer all = fixture.append(BATCHES);
        TierFixture.await().until(() -> {
            fixture.retain();
            return stored.getCount() == 0;
        });
        assertThat(stored.await(0, TimeUnit.SECONDS)).isTrue();
        fixture.retain();
        objects.afterPut = null;
        fixture.kill();
        assertThat(Manifest.exists(fixture.logDirectory())).isFalse();
        assertThat(fixture.segmentFiles()).hasSize(5);
        assertThat(fixture.readFrom(0)).isEqualTo(all);
        fixture.awaitLocalFiles(2);
        assertThat(fixture.readFrom(0)).isEqualTo(all);
    }

    @Test
    void aLocalFileWhoseDeletionWasLostIsDeletedAtTheStart() throws IOException {
        ByteBuffer all = fixture.append(BATCHES);
        Path second = fixture.segmentFiles().get(1);
        Path kept = directory.resolve("kept");
        Files.copy(second, kept);
        fixture.awaitLocalFiles(2);
        Files.copy(kept, second);
        fixture.kill();
        assertThat(fixture.segmentFiles()).hasSize(2);
        assertThat(fixture.readFrom(0)).isEqualTo(all);
    }

    @Test
    void waitsForAStoreThatIsDownAndGoesOnByItself() {
        objects.down = true;
        ByteBuffer all = fixture.append(BATCHES);
        TierFixture.await().until(() -> {
            fixture.retain();
            return !fixture.store.status().available();
        });
        fixture.clock.addAndGet(1_000_000);
        fixture.retain();
        assertThat(fixture.segmentFiles()).hasSize(5);
        assertThat(fixture.readFrom(0)).isEqualTo(all);
        objects.down = false;
        fixture.awaitLocalFiles(2);
        TierFixture.await().until(() -> fixture.store.status().available());
        assertThat(fixture.readFrom(0)).isEqualTo(all);
    }

    @Test
    void remoteReadsFailWhileTheStoreIsDownAndTheRestGoesOn() {
        fillAndOffload();
        objects.down = true;
        BrokerException failure = fixture.readFailure(0);
        assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_FAILURE);
        assertThat(failure).hasMessageContaining("down");
        int gets = objects.gets.get();
        assertThat(fixture.readFailure(0)).as("no thread is kept waiting").hasMessageContaining("did not answer");
        assertThat(objects.gets).hasValue(gets);
        long end = fixture.log.highWatermark();
        ByteBuffer more = fixture.append(2);
        assertThat(fixture.readFrom(end)).isEqualTo(more);
        objects.down = false;
        TierFixture.await().untilAsserted(() -> assertThat(fixture.log.read(0, 1 << 20).toCompletableFuture())
            .succeedsWithin(Duration.ofSeconds(10)));
        assertThat(fixture.readFrom(0).limit()).isPositive();
    }

    @Test
    void aSlowStoreDoesNotHoldUpLocalReads() {
        fillAndOffload();
        CountDownLatch gate = new CountDownLatch(1);
        objects.beforeGet = gate;
        List<CompletableFuture<?>> slow = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            slow.add(fixture.log.read(i, 1 << 20).toCompletableFuture());
        }
        long local = fixture.log.highWatermark() - 10;
        assertThat(fixture.readFrom(local).limit()).isPositive();
        assertThat(slow).noneMatch(CompletableFuture::isDone);
        gate.countDown();
        slow.forEach(CompletableFuture::join);
    }

    @Test
    void readersOfOneChunkShareAFetch() {
        fillAndOffload();
        CountDownLatch gate = new CountDownLatch(1);
        objects.beforeGet = gate;
        List<CompletableFuture<?>> readers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            readers.add(fixture.log.read(i % 3, 1 << 20).toCompletableFuture());
        }
        TierFixture.await().until(() -> objects.gets.get() == 1);
        gate.countDown();
        readers.forEach(CompletableFuture::join);
        assertThat(objects.gets.get()).isEqualTo(1);
    }

    @Test
    void refusesADamagedObject() {
        fillAndOffload();
        objects.damage(fixture.key(0), 300_000);
        BrokerException failure = fixture.readFailure(1);
        assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_FAILURE);
        assertThat(failure).hasMessageContaining(fixture.key(0)).hasMessageContaining("damaged");
        objects.damage(fixture.key(0), 300_000);
        assertThat(fixture.readFrom(1).limit()).isPositive();
    }

    @Test
    void refusesAnotherObjectOfTheSameSize() {
        fillAndOffload();
        byte[] other = Objects.requireNonNull(objects.objects.get(fixture.key(0))).clone();
        // The leader's epoch is not covered by the batch's own checksum.
        other[15] ^= 1;
        objects.objects.put(fixture.key(0), other);
        assertThat(fixture.readFailure(0)).hasMessageContaining("damaged");
    }

    @Test
    void saysWhichObjectIsMissing() {
        fillAndOffload();
        objects.objects.remove(fixture.key(0));
        BrokerException failure = fixture.readFailure(0);
        assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_FAILURE);
        assertThat(failure).hasMessageContaining("no object " + fixture.key(0));
    }

    @Test
    void aDamagedLocalFileIsNotStored() throws IOException {
        fixture.config = fixture.config.withTiering(Tiering.OFF);
        fixture.append(BATCHES);
        Path first = fixture.segmentFiles().get(0);
        byte[] bytes = Files.readAllBytes(first);
        bytes[500_000] ^= 1;
        Files.write(first, bytes);
        fixture.config = fixture.config.withTiering(new Tiering(true, 0, 0));
        TierFixture.await().until(() -> {
            fixture.retain();
            return objects.objects.size() == 3 && fixture.store.status().failedUploads() == 1;
        });
        assertThat(remoteBases()).doesNotContain(0L);
        fixture.retain();
        assertThat(fixture.segmentFiles()).as("nothing goes from behind it").hasSize(5);
    }

    @Test
    void theCacheIsEmptiedAtTheStart() throws IOException {
        fillAndOffload();
        fixture.readFrom(0);
        assertThat(sizeOf(directory.resolve("cache"))).isPositive().isEqualTo(fixture.store.status().cacheBytes());
        fixture.kill();
        assertThat(sizeOf(directory.resolve("cache"))).isZero();
    }

    private static long sizeOf(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Test
    void totalRetentionDeletesObjects() {
        fillAndOffload();
        fixture.config = fixture.config.withRetention(new Retention(Retention.Kind.TIME_AND_SIZE, Retention.UNLIMITED,
            3L * TierFixture.SEGMENT_BYTES));
        TierFixture.await().until(() -> {
            fixture.retain();
            return fixture.log.logStartOffset() > 0;
        });
        long start = fixture.log.logStartOffset();
        TierFixture.await().untilAsserted(() -> assertThat(remoteBases()).isNotEmpty().allMatch(base -> base >= start));
        fixture.kill();
        assertThat(fixture.log.logStartOffset()).isEqualTo(start);
        assertThat(fixture.readFailure(0).code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(fixture.readFrom(start).limit()).isPositive();
    }

    @Test
    void deletionsThatTheStoreMissedAreMadeUpForAfterARestart() {
        fillAndOffload();
        objects.down = true;
        fixture.log.deleteBefore(fixture.log.highWatermark()).toCompletableFuture().join();
        TierFixture.await().until(() -> fixture.store.status().waitingDeletes() == SEALED);
        fixture.kill();
        assertThat(objects.objects).hasSize(SEALED);
        objects.down = false;
        TierFixture.await().until(objects.objects::isEmpty);
    }

    @Test
    void topicDeletionDeletesObjects() {
        fillAndOffload();
        fixture.deleteTopic();
        TierFixture.await().until(objects.objects::isEmpty);
        assertThat(fixture.logDirectory()).doesNotExist();
    }

    @Test
    void objectsOfATopicThatWasDeletedBeforeACrashGoAfterIt() {
        fillAndOffload();
        objects.down = true;
        fixture.deleteTopic();
        String stranger = "prefix/other-cluster/" + fixture.key(0).substring("prefix/cluster/".length());
        objects.objects.put(stranger, new byte[1]);
        objects.objects.put("prefix/cluster/readme.txt", new byte[1]);
        objects.unfinished.put("u1", new ObjectStorage.Unfinished(fixture.key(62), "u1"));
        fixture.killAndForgetTopic();
        objects.down = false;
        TierFixture.await().untilAsserted(() ->
            assertThat(objects.objects.keySet()).containsExactlyInAnyOrder(stranger, "prefix/cluster/readme.txt"));
        assertThat(objects.unfinished).isEmpty();
    }

    @Test
    void anObjectThatNoManifestNamesIsDeleted() {
        fillAndOffload();
        objects.objects.put(fixture.key(1_000_000), new byte[1]);
        fixture.kill();
        TierFixture.await().until(() -> !objects.objects.containsKey(fixture.key(1_000_000)));
        assertThat(remoteBases()).hasSize(SEALED);
    }

    @Test
    void findsTimestampsInWhatIsRemote() {
        fillAndOffload();
        for (long offset = 0; offset < BATCHES; offset += 7) {
            TimestampLookup found = fixture.log.lookUpTimestamp(TierFixture.START_MS + offset + 1).toCompletableFuture().join();
            assertThat(found.offset()).isEqualTo(offset);
        }
    }

    @Test
    void repeatsOfAnIdempotentProducerAreKnownWhenTheirSegmentIsRemote() {
        ByteBuffer first = producerBatch(0);
        fixture.appendOf(first.duplicate().put(0, first.get(0)));
        fixture.restart();
        // No producer is loaded any more, and what it wrote is followed by segments without one.
        fillAndOffload();
        ByteBuffer again = producerBatch(0);
        assertThat(fixture.log.append(again).durable().toCompletableFuture().join().duplicate()).isTrue();
        assertThat(objects.gets.get()).as("the log's thread has fetched nothing").isZero();
    }

    private static ByteBuffer producerBatch(int sequence) {
        return TestBatches.idempotent(CompressionType.NONE, TierFixture.START_MS, 77, (short) 0, sequence, "once");
    }

    @Test
    void aBrokerWithoutTheTierRefusesTheLog() {
        fillAndOffload();
        Path copy = fixture.directory;
        fixture.restart();
        fixture.close();
        FileSegmentStore alone = new FileSegmentStore(copy, new FileSegmentStore.Settings(true, 4 << 20, Duration.ofHours(1)),
            TieredSegmentStore.NO_TIER);
        assertThatThrownBy(() -> alone.recover(List.of(fixture.id))).isInstanceOf(BrokerException.class)
            .hasMessageContaining("tributary.tier.bucket");
        alone.halt();
        fixture = new TierFixture(directory, objects, CACHE_BYTES);
        assertThat(fixture.readFrom(0).limit()).isPositive();
    }

    @Test
    void whatIsStoredStaysReadableWhenTheTopicIsTieredNoLonger() {
        ByteBuffer all = fillAndOffload();
        fixture.config = fixture.config.withTiering(Tiering.OFF);
        ByteBuffer more = fixture.append(BATCHES);
        fixture.retain();
        fixture.kill();
        assertThat(remoteBases()).hasSize(SEALED);
        assertThat(fixture.readFrom(0)).isEqualTo(TestBatches.join(all, more));
    }

    @Test
    void refusesADamagedManifest() throws IOException {
        fillAndOffload();
        Path manifest = fixture.logDirectory().resolve("remote");
        byte[] bytes = Files.readAllBytes(manifest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(manifest, bytes);
        assertThatThrownBy(() -> fixture.kill()).isInstanceOf(BrokerException.class).hasMessageContaining(manifest.toString());
    }
}
