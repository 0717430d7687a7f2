package io.tributary.core.state;

import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Publisher;
import io.tributary.core.api.StateTable;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A table over the one partition of its topic. The view is a sorted map in memory: a table is as large as the heap allows.
 *
 * <p>When the log has grown to several times what is alive, {@link TableTrim} writes the live entries again and then moves the log's
 * start to the first of these, so that at any moment the log from its start on gives the whole table.
 */
final class LogStateTable implements StateTable {
    /** What a record costs beside its key and value, roughly; for deciding when to trim. */
    private static final int RECORD_OVERHEAD = 80;

    private final Publisher publisher;
    private final Topic topic;
    private final TableTrim trim;
    /** Guards the view, and makes the order of the log that of the view. */
    private final Object lock = new Object();
    private final TreeMap<String, byte[]> view = new TreeMap<>();
    private long liveBytes;
    private long loggedBytes;

    LogStateTable(Publisher publisher, Topic topic, long minTrimBytes) {
        this.publisher = publisher;
        this.topic = topic;
        trim = new TableTrim(this, minTrimBytes);
    }

    Partition partition() {
        return topic.partition(0);
    }

    @Override
    public CompletionStage<Void> put(String key, byte[] value) {
        return write(key, value);
    }

    @Override
    public CompletionStage<Void> delete(String key) {
        return write(key, null);
    }

    private CompletionStage<Void> write(String key, byte @Nullable [] value) {
        CompletionStage<PublishResult> published;
        byte[] before;
        synchronized (lock) {
            before = replace(key, value);
            published = publish(key, value);
        }
        CompletionStage<Void> done = published.handle((result, failure) -> {
            if (failure != null) {
                undo(key, value, before);
                throw BrokerException.of(failure);
            }
            return null;
        });
        trim.consider();
        return done;
    }

    /** Sends a record on its way to the log. Only with the lock held. */
    private CompletionStage<PublishResult> publish(String key, byte @Nullable [] value) {
        byte[] recordKey = key.getBytes(StandardCharsets.UTF_8);
        loggedBytes += RECORD_OVERHEAD + recordKey.length + (value == null ? 0 : value.length);
        return publisher.publish(PublishRequest.of(topic.name(), recordKey, value, Headers.EMPTY).withPartition(0));
    }

    private void undo(String key, byte @Nullable [] value, byte @Nullable [] before) {
        synchronized (lock) {
            // A later write of the key stands.
            if (view.get(key) == value) {
                replace(key, before);
            }
        }
    }

    private byte @Nullable [] replace(String key, byte @Nullable [] value) {
        byte[] before = value == null ? view.remove(key) : view.put(key, value);
        liveBytes += size(key, value) - size(key, before);
        return before;
    }

    private static long size(String key, byte @Nullable [] value) {
        return value == null ? 0 : RECORD_OVERHEAD + key.length() + value.length;
    }

    @Override
    public byte @Nullable [] get(String key) {
        synchronized (lock) {
            return view.get(key);
        }
    }

    @Override
    public void forEach(String prefix, BiConsumer<String, byte[]> visitor) {
        List<Map.Entry<String, byte[]>> found = new ArrayList<>();
        synchronized (lock) {
            SortedMap<String, byte[]> tail = view.tailMap(prefix);
            for (Map.Entry<String, byte[]> entry : tail.entrySet()) {
                if (!entry.getKey().startsWith(prefix)) {
                    break;
                }
                found.add(Map.entry(entry.getKey(), entry.getValue()));
            }
        }
        found.forEach(entry -> visitor.accept(entry.getKey(), entry.getValue()));
    }

    /** Applies records of the log, while the table is opened. */
    void replay(List<Record> records) {
        synchronized (lock) {
            for (Record record : records) {
                byte[] key = record.key();
                if (key != null) {
                    replace(new String(key, StandardCharsets.UTF_8), record.value());
                    loggedBytes += RECORD_OVERHEAD + record.sizeInBytes();
                }
            }
        }
    }

    long liveBytes() {
        synchronized (lock) {
            return liveBytes;
        }
    }

    long loggedBytes() {
        synchronized (lock) {
            return loggedBytes;
        }
    }

    /** The log's start has moved; {@code bytes} were written before it. */
    void trimmed(long bytes) {
        synchronized (lock) {
            loggedBytes -= bytes;
        }
    }

    /**
     * Writes entries once more, the next {@code max} in the order of keys from {@code after} on, each as it is at this moment.
     *
     * @param after null to begin
     */
    Rewrite rewrite(@Nullable String after, int max) {
        synchronized (lock) {
            List<CompletionStage<PublishResult>> written = new ArrayList<>();
            long loggedBefore = loggedBytes;
            String last = after;
            SortedMap<String, byte[]> rest = after == null ? view : view.tailMap(after, false);
            for (Map.Entry<String, byte[]> entry : rest.entrySet()) {
                if (written.size() == max) {
                    return new Rewrite(written, last, loggedBefore, partition().highWatermark());
                }
                written.add(publish(entry.getKey(), entry.getValue()));
                last = entry.getKey();
            }
            return new Rewrite(written, null, loggedBefore, partition().highWatermark());
        }
    }

    /**
     * What was written once more.
     *
     * @param last          the last key, or null when there are no more
     * @param loggedBefore  the log's bytes before
     * @param highWatermark at that moment; where nothing was alive, nothing before it is
     */
    record Rewrite(List<CompletionStage<PublishResult>> written, @Nullable String last, long loggedBefore, long highWatermark) {
    }
}
