package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Objects on the heap, of a store that can be made to fail and to wait; outlives the broker that uses it. */
final class FakeObjects implements ObjectStorage {
    final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();
    final Map<String, Unfinished> unfinished = new ConcurrentHashMap<>();
    final AtomicInteger gets = new AtomicInteger();
    volatile boolean down;
    /** Reached by a put when its object is there and nobody knows it yet. */
    volatile @Nullable CountDownLatch afterPut;
    /** What gets wait for. */
    volatile @Nullable CountDownLatch beforeGet;

    @Override
    public void check() {
        failIfDown();
    }

    private void failIfDown() {
        if (down) {
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "the object store is down");
        }
    }

    @Override
    public void put(String key, Source source) throws InterruptedException {
        failIfDown();
        ByteBuffer all = ByteBuffer.allocate((int) source.size());
        while (all.hasRemaining()) {
            ByteBuffer part = ByteBuffer.allocate(Math.min(all.remaining(), 1_000_003));
            source.read(part);
            all.put(part.flip());
        }
        objects.put(key, all.array());
        CountDownLatch gate = afterPut;
        if (gate != null) {
            gate.countDown();
            // Until the process "dies".
            new CountDownLatch(1).await();
        }
    }

    @Override
    public ByteBuffer get(String key, long position, int length) throws MissingObjectException, InterruptedException {
        gets.incrementAndGet();
        CountDownLatch gate = beforeGet;
        if (gate != null) {
            gate.await();
        }
        failIfDown();
        byte[] object = objects.get(key);
        if (object == null) {
            throw new MissingObjectException(key);
        }
        return ByteBuffer.wrap(object).slice((int) position, Math.min(length, object.length - (int) position));
    }

    @Override
    public void delete(String key) {
        failIfDown();
        objects.remove(key);
    }

    @Override
    public void list(String prefix, Consumer<List<String>> pages) {
        failIfDown();
        for (String key : objects.keySet()) {
            if (key.startsWith(prefix)) {
                pages.accept(List.of(key));
            }
        }
    }

    @Override
    public List<Unfinished> unfinished(String prefix) {
        failIfDown();
        return new ArrayList<>(unfinished.values());
    }

    @Override
    public void abort(Unfinished upload) {
        failIfDown();
        unfinished.remove(upload.upload());
    }

    /** Turns a bit of an object. */
    void damage(String key, int position) {
        Objects.requireNonNull(objects.get(key))[position] ^= 1;
    }

    @Override
    public void close() {
        // Another broker goes on with it.
    }
}
