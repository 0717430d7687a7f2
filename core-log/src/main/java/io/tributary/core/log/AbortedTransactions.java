package io.tributary.core.log;

import io.tributary.core.api.AbortedTransaction;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.LogId;
import io.tributary.core.store.SegmentStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The aborted transactions of one log, in memory and in a file beside its segments. The file is there as soon as the log holds a batch of
 * any transaction, and is written anew before a snapshot of the producers is taken: what came behind the snapshot is found again in the
 * log. Changed by the log thread; read by any. Holds about 48 bytes for each that the log still has.
 */
final class AbortedTransactions {
    private static final String FILE = "transactions";
    private static final int ENTRY_BYTES = 4 * Long.BYTES;
    private static final int MAX_ENTRIES = (Integer.MAX_VALUE - Integer.BYTES) / ENTRY_BYTES;

    /**
     * One transaction.
     *
     * @param firstOffset      of its first record
     * @param lastOffset       of the marker that ends it
     * @param lastStableOffset as it was when the marker had been appended: no other that was open then begins before
     */
    record Entry(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {
    }

    /** The first so many of an array whose rest may be written by the log thread. In the order of their ends. */
    private record Entries(@Nullable Entry[] array, int count) {
        static final Entries NONE = new Entries(new Entry[0], 0);

        Entry get(int index) {
            Entry entry = array[index];
            if (entry == null) {
                throw new IllegalStateException("no entry " + index + " of " + count);
            }
            return entry;
        }

        /** The first that ends at or after an offset. */
        int indexOf(long lastOffset) {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (get(middle).lastOffset < lastOffset) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        Entries range(int from, int to) {
            return new Entries(Arrays.copyOfRange(array, from, to), to - from);
        }
    }

    private final LogId log;
    private final SegmentStore store;
    private volatile Entries entries = Entries.NONE;
    private boolean exists;
    private boolean changed;

    /** None yet: what was noted is to be {@link #restore restored}. */
    AbortedTransactions(LogId log, SegmentStore store) {
        this.log = log;
        this.store = store;
        exists = store.readNote(log, FILE) != null;
    }

    /** Whether the log has ever held a batch of a transaction. */
    boolean isInUse() {
        return exists;
    }

    boolean isEmpty() {
        return entries.count == 0;
    }

    /** To be called before the first batch of a transaction is appended; durable on return. */
    void use() {
        if (!exists) {
            write(Entries.NONE);
            exists = true;
        }
    }

    /** What the note holds; null when it does not check. */
    @Nullable List<Entry> noted() {
        ByteBuffer bytes = store.readNote(log, FILE);
        return bytes == null ? List.of() : decode(bytes);
    }

    /** Takes these, by their ends, in the place of all. */
    void restore(List<Entry> all) {
        entries = new Entries(all.toArray(new Entry[0]), all.size());
        changed = true;
    }

    /** Adds one that ends behind all others. */
    void add(Entry entry) {
        Entries now = entries;
        @Nullable Entry[] array = now.array;
        if (now.count == array.length) {
            array = Arrays.copyOf(array, Math.max(8, now.count + (now.count >> 1)));
        }
        array[now.count] = entry;
        entries = new Entries(array, now.count + 1);
        changed = true;
    }

    /** Makes the file hold what is known, without those that end before the log does begin. */
    void flush(long startOffset) {
        Entries now = entries;
        int gone = now.indexOf(startOffset);
        if (gone > now.count / 2) {
            now = now.range(gone, now.count);
            entries = now;
            changed = true;
        }
        if (changed && exists) {
            write(now);
            changed = false;
        }
    }

    /** Forgets, durably, those that ended at these offsets: compaction takes their markers. */
    void remove(Set<Long> lastOffsets) {
        Entries now = entries;
        List<Entry> kept = new ArrayList<>();
        for (int i = 0; i < now.count; i++) {
            Entry entry = now.get(i);
            if (!lastOffsets.contains(entry.lastOffset)) {
                kept.add(entry);
            }
        }
        if (kept.size() < now.count) {
            Entries left = new Entries(kept.toArray(new Entry[0]), kept.size());
            write(left);
            entries = left;
            changed = false;
        }
    }

    /** Those that have records from an offset on and before another, and perhaps some more. */
    List<AbortedTransaction> within(long offset, long endOffset) {
        List<AbortedTransaction> found = new ArrayList<>();
        for (Entry entry : overlapping(offset, endOffset)) {
            found.add(new AbortedTransaction(entry.producerId, entry.firstOffset));
        }
        return found;
    }

    /** Those that end at or after an offset and begin before another. */
    List<Entry> overlapping(long offset, long endOffset) {
        Entries now = entries;
        List<Entry> found = new ArrayList<>();
        for (int i = now.indexOf(offset); i < now.count; i++) {
            Entry entry = now.get(i);
            if (entry.firstOffset < endOffset) {
                found.add(entry);
            }
            if (entry.lastStableOffset >= endOffset) {
                break;
            }
        }
        return found;
    }

    /** Whether a producer's transactional batch at an offset before the last stable one is of an aborted transaction. */
    boolean contains(long producerId, long offset) {
        Entries now = entries;
        for (int i = now.indexOf(offset); i < now.count; i++) {
            Entry entry = now.get(i);
            if (entry.producerId == producerId && entry.firstOffset <= offset) {
                return true;
            }
            if (entry.lastStableOffset > offset) {
                break;
            }
        }
        return false;
    }

    private void write(Entries now) {
        if (now.count > MAX_ENTRIES) {
            throw new BrokerException(ErrorCode.LIMIT_EXCEEDED, now.count + " aborted transactions do not fit into one file");
        }
        store.writeNote(log, FILE, encode(now));
    }

    private static ByteBuffer encode(Entries now) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + now.count * ENTRY_BYTES).position(Integer.BYTES);
        for (int i = 0; i < now.count; i++) {
            Entry entry = now.get(i);
            bytes.putLong(entry.producerId).putLong(entry.firstOffset).putLong(entry.lastOffset).putLong(entry.lastStableOffset);
        }
        return bytes.putInt(0, checksum(bytes)).flip();
    }

    private static @Nullable List<Entry> decode(ByteBuffer bytes) {
        int count = (bytes.limit() - Integer.BYTES) / ENTRY_BYTES;
        if (bytes.limit() != Integer.BYTES + count * ENTRY_BYTES || bytes.getInt(0) != checksum(bytes.position(bytes.limit()))) {
            return null;
        }
        List<Entry> read = new ArrayList<>(count);
        bytes.position(Integer.BYTES);
        for (int i = 0; i < count; i++) {
            read.add(new Entry(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong()));
        }
        return read;
    }

    /** Of everything behind itself, up to the buffer's position. */
    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(Integer.BYTES, bytes.position() - Integer.BYTES));
        return (int) crc.getValue();
    }
}
