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
    /** So many offsets, as a power of two, are one part of the bitmap. */
    private static final int CONTAINER_BITS = 16;

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
        long before = count;
        if (bits != null) {
            removeRange(bits, bits.first(), offset);
        }
        return before - count;
    }

    /** Forgets those at or after {@code offset}. */
    public void removeFrom(long offset) {
        if (bits != null) {
            removeRange(bits, Math.max(0, offset), bits.last() + 1);
        }
    }

    private void removeRange(Roaring64Bitmap from, long first, long end) {
        if (first < end) {
            from.andNot(part(from, first, end));
            count = from.getLongCardinality();
            bits = count == 0 ? null : from;
        }
    }

    /** A copy of those before {@code offset}; costs what it copies, whatever comes after. */
    public PendingOffsets before(long offset) {
        PendingOffsets copy = new PendingOffsets();
        if (bits != null && bits.first() < offset) {
            copy.bits = part(bits, bits.first(), offset);
            copy.count = copy.bits.getLongCardinality();
        }
        return copy;
    }

    /** Those of a range: one by one where they are fewer than the bitmap's parts that the range would have. */
    private static Roaring64Bitmap part(Roaring64Bitmap bits, long first, long end) {
        Roaring64Bitmap part = new Roaring64Bitmap();
        long last = Math.min(end, bits.last() + 1);
        long limit = last - first >>> CONTAINER_BITS;
        PeekableLongIterator each = bits.getLongIteratorFrom(first);
        long next = first;
        for (long seen = 0; seen <= limit && next < last; seen++) {
            next = each.hasNext() ? each.next() : last;
            if (next < last) {
                part.addLong(next);
            }
        }
        if (next < last) {
            part = new Roaring64Bitmap();
            part.addRange(first, last);
            part.and(bits);
        }
        return part;
    }

    /** Forgets all. */
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
