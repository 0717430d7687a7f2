package io.tributary.core.subscription.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.longlong.PeekableLongIterator;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/** The offsets of a partition that were taken and are not settled: a compressed set, of no size while it is empty. */
public final class PendingOffsets {
    /** Stands for no offset. */
    public static final long NONE = -1;

    private @Nullable Roaring64Bitmap bits;
    private long count;

    public void add(long offset) {
        if (bits == null) {
            bits = new Roaring64Bitmap();
        }
        if (!bits.contains(offset)) {
            bits.addLong(offset);
            count++;
        }
    }

    /** Adds one that is after all that were ever added, and so needs no look whether it is there. */
    public void addLast(long offset) {
        if (bits == null) {
            bits = new Roaring64Bitmap();
        }
        bits.addLong(offset);
        count++;
    }

    public boolean remove(long offset) {
        if (bits == null || !bits.contains(offset)) {
            return false;
        }
        bits.removeLong(offset);
        count--;
        if (count == 0) {
            bits = null;
        }
        return true;
    }

    public boolean contains(long offset) {
        return bits != null && bits.contains(offset);
    }

    /** The first one, or {@link #NONE}. */
    public long first() {
        return bits == null ? NONE : bits.first();
    }

    /** The first one at or after {@code offset}, or {@link #NONE}. */
    public long firstFrom(long offset) {
        if (bits == null) {
            return NONE;
        }
        PeekableLongIterator iterator = bits.getLongIteratorFrom(offset);
        return iterator.hasNext() ? iterator.next() : NONE;
    }

    public long count() {
        return count;
    }

    /** Forgets those before {@code offset} and returns their number. */
    public long removeBefore(long offset) {
        long removed = 0;
        for (long first = first(); first != NONE && first < offset; first = first()) {
            remove(first);
            removed++;
        }
        return removed;
    }

    /** Forgets those at or after {@code offset}. */
    public void removeFrom(long offset) {
        for (long next = firstFrom(offset); next != NONE; next = firstFrom(next)) {
            remove(next);
        }
    }

    /** A copy of those before {@code offset}. */
    public PendingOffsets before(long offset) {
        PendingOffsets copy = new PendingOffsets();
        if (bits != null) {
            for (PeekableLongIterator each = bits.getLongIterator(); each.hasNext();) {
                long next = each.next();
                if (next >= offset) {
                    break;
                }
                copy.addLast(next);
            }
        }
        return copy;
    }

    public void clear() {
        bits = null;
        count = 0;
    }

    public byte[] encode() {
        if (bits == null) {
            return new byte[0];
        }
        Roaring64Bitmap copy = bits.clone();
        copy.runOptimize();
        ByteBuffer buffer = ByteBuffer.allocate((int) copy.serializedSizeInBytes());
        try {
            copy.serialize(buffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.array();
    }

    /** The inverse of {@link #encode}. */
    public static PendingOffsets decode(byte[] encoded) {
        PendingOffsets offsets = new PendingOffsets();
        if (encoded.length > 0) {
            Roaring64Bitmap bits = new Roaring64Bitmap();
            try {
                bits.deserialize(ByteBuffer.wrap(encoded));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            offsets.count = bits.getLongCardinality();
            offsets.bits = offsets.count == 0 ? null : bits;
        }
        return offsets;
    }
}
