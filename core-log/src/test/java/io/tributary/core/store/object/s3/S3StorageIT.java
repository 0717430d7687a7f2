package io.tributary.core.store.object.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.TestObjectStore;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.object.ObjectStorage;
import io.tributary.core.store.object.TierSettings;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The client of the object store with a server that speaks S3. */
class S3StorageIT {
    private static final int PART = TierSettings.MIN_PART_BYTES;
    private static TestObjectStore server;
    private static S3Storage storage;

    /** Some bytes, which may end in a failure. */
    private record Bytes(ByteBuffer all, int failAt) implements ObjectStorage.Source {
        static Bytes random(int size) {
            byte[] bytes = new byte[size];
            new Random(size).nextBytes(bytes);
            return new Bytes(ByteBuffer.wrap(bytes), Integer.MAX_VALUE);
        }

        @Override
        public long size() {
            return all.capacity();
        }

        @Override
        public void read(ByteBuffer into) {
            if (all.position() >= failAt) {
                throw new BrokerException(ErrorCode.STORAGE_FAILURE, "the source fails");
            }
            int length = Math.min(into.remaining(), all.remaining());
            into.put(all.slice(all.position(), length));
            all.position(all.position() + length);
        }
    }

    @BeforeAll
    static void start() {
        server = TestObjectStore.start();
        storage = S3Storage.open(server.settings());
    }

    @AfterAll
    static void stop() {
        storage.close();
        server.close();
    }

    @Test
    void storesAndReadsRanges() throws Exception {
        storage.check();
        Bytes bytes = Bytes.random(100_000);
        storage.put("one/object", bytes);
        assertThat(server.object("one/object")).isEqualTo(bytes.all().array());
        assertThat(storage.get("one/object", 5_000, 70_000)).isEqualTo(bytes.all().slice(5_000, 70_000));
        storage.delete("one/object");
        storage.delete("one/object");
        assertThatThrownBy(() -> storage.get("one/object", 0, 10)).isInstanceOf(ObjectStorage.MissingObjectException.class)
            .hasMessageContaining("one/object");
    }

    @Test
    void storesLargeObjectsInParts() throws Exception {
        for (int size : new int[] {PART, PART + 1, 2 * PART, 3 * PART + 12_345}) {
            Bytes bytes = Bytes.random(size);
            storage.put("large", bytes);
            assertThat(server.object("large")).isEqualTo(bytes.all().array());
        }
        assertThat(storage.get("large", 2L * PART - 10, 20)).isEqualTo(Bytes.random(3 * PART + 12_345).all().slice(2 * PART - 10, 20));
        storage.delete("large");
        assertThat(server.unfinishedUploads()).isZero();
    }

    @Test
    void anUploadThatFailsLeavesNothing() {
        Bytes broken = new Bytes(ByteBuffer.allocate(3 * PART), PART);
        assertThatThrownBy(() -> storage.put("broken", broken)).hasMessage("the source fails");
        Awaitility.await().until(() -> server.unfinishedUploads() == 0);
        assertThat(server.keys()).doesNotContain("broken");
    }

    @Test
    void listsKeysOverManyPagesAndUnfinishedUploads() throws Exception {
        int count = 1_100;
        for (int i = 0; i < count; i++) {
            storage.put("many/" + i, Bytes.random(1));
        }
        List<String> keys = new ArrayList<>();
        storage.list("many/", keys::addAll);
        assertThat(keys).hasSize(count).doesNotHaveDuplicates();
        server.leaveUpload("left/a");
        server.leaveUpload("right/b");
        List<ObjectStorage.Unfinished> left = storage.unfinished("left/");
        assertThat(left).extracting(ObjectStorage.Unfinished::key).containsExactly("left/a");
        storage.abort(left.get(0));
        assertThat(storage.unfinished("left/")).isEmpty();
        storage.abort(left.get(0));
        storage.abort(storage.unfinished("right/").get(0));
    }

    @Test
    void refusesABucketThatIsNotThereInOneLine() {
        TierSettings settings = server.settings();
        TierSettings other = new TierSettings(settings.endpoint(), settings.region(), "no-such-bucket", "", true, settings.credentials(),
            settings.cacheBytes(), settings.partBytes(), settings.transfers());
        try (S3Storage wrong = S3Storage.open(other)) {
            assertThatThrownBy(wrong::check).isInstanceOf(BrokerException.class)
                .hasMessage("there is no bucket no-such-bucket in " + settings.endpoint());
        }
        try (S3Storage nowhere = S3Storage.open(settings.withEndpoint(URI.create("http://127.0.0.1:1"), "us-east-1"))) {
            assertThatThrownBy(nowhere::check).isInstanceOf(BrokerException.class)
                .hasMessageStartingWith("the bucket " + settings.bucket() + " in http://127.0.0.1:1 cannot be reached: ")
                .hasMessageNotContaining("\n");
        }
    }
}
