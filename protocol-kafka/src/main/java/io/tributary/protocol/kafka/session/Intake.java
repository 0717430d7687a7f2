package io.tributary.protocol.kafka.session;

import io.netty.buffer.ByteBuf;
import io.tributary.protocol.kafka.codec.FrameAssembler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What has come on a connection and is not taken yet: bytes, the frame that they make, and a whole frame that waits for memory. The memory
 * of frames is the connections' common one; while there is none nothing goes on here. Belongs to the connection's event loop.
 */
final class Intake {
    /** A client that sends a large request slower than this takes up memory that others need. */
    private static final int MIN_BYTES_PER_SECOND = 32 << 10;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final ArrayDeque<ByteBuf> input = new ArrayDeque<>();
    private final FrameAssembler assembler;
    private final SharedMemory memory;
    private final LongSupplier ticker;
    private final Runnable onRoom;
    private @Nullable ByteBuffer whole;
    private long wanted;
    private long charged;
    private boolean starved;
    private boolean ended;
    private long begunAt;

    /**
     * Nothing has come.
     *
     * @param frameLimit the largest frame for an API key; negative for one that is not served
     * @param known      whether it is known who the client is
     * @param ticker     nanoseconds
     * @param onRoom     called, on any thread, when it is to be tried again after {@link #isStarved}
     */
    Intake(IntUnaryOperator frameLimit, SharedMemory memory, BooleanSupplier known, LongSupplier ticker, Runnable onRoom) {
        this.memory = memory;
        this.ticker = ticker;
        this.onRoom = onRoom;
        this.assembler = new FrameAssembler(frameLimit, bytes -> charge(bytes, known.getAsBoolean()));
    }

    private boolean charge(int bytes, boolean known) {
        if (!memory.hasRoom(bytes, known)) {
            starve();
            return false;
        }
        memory.take(bytes);
        charged += bytes;
        return true;
    }

    private void starve() {
        if (!starved) {
            starved = true;
            memory.awaitRoom(onRoom);
        }
    }

    void add(ByteBuf bytes) {
        if (!assembler.isMidFrame()) {
            begunAt = ticker.getAsLong();
        }
        input.add(bytes);
    }

    /** Whether nothing has come that was not taken. */
    boolean isEmpty() {
        return input.isEmpty() && whole == null;
    }

    /** Whether it waits for memory. */
    boolean isStarved() {
        return starved;
    }

    /** There may be memory again. */
    void retry() {
        starved = false;
    }

    /** The next whole frame, or null when more must come or there is no memory. Fails with MalformedRequestException. */
    @Nullable ByteBuffer nextFrame() {
        return next(-1);
    }

    /** As {@link #nextFrame}, of a bare SASL token up to the limit. */
    @Nullable ByteBuffer nextToken(int limit) {
        return next(limit);
    }

    private @Nullable ByteBuffer next(int tokenLimit) {
        ByteBuffer waited = whole;
        if (waited != null) {
            if (!memory.hasRoom(wanted, true)) {
                starve();
                return null;
            }
            whole = null;
            return waited;
        }
        for (ByteBuf bytes = input.peek(); bytes != null && !starved; bytes = input.peek()) {
            ByteBuffer frame = tokenLimit < 0 ? assembler.next(bytes) : assembler.nextToken(bytes, tokenLimit);
            if (!bytes.isReadable()) {
                input.remove().release();
            }
            if (frame != null) {
                begunAt = ticker.getAsLong();
                return frame;
            }
        }
        return null;
    }

    /** Whether there is memory for what the frame's request takes; if not, the frame is given again later. */
    boolean hasRoomFor(ByteBuffer frame, long bytes) {
        if (memory.hasRoom(bytes, true)) {
            return true;
        }
        whole = frame;
        wanted = bytes;
        starve();
        return false;
    }

    /** The memory of the last frame, which from now on is the caller's to give back. */
    long handOver() {
        long bytes = charged;
        charged = 0;
        return bytes;
    }

    boolean isMidFrame() {
        return assembler.isMidFrame() || whole != null;
    }

    /** Nothing was read meanwhile, through no fault of the client's. */
    void excuse() {
        begunAt = ticker.getAsLong();
    }

    /** Whether a frame has taken longer than its size excuses; when memory is short nothing does. */
    boolean isOverdue(long patienceNanos) {
        if (!isMidFrame()) {
            return false;
        }
        long allowed = patienceNanos
            + (memory.isShort() ? 0 : assembler.sizeBegun() * NANOS_PER_SECOND / MIN_BYTES_PER_SECOND);
        return ticker.getAsLong() - begunAt > allowed;
    }

    /** The connection has ended. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        whole = null;
        for (Iterator<ByteBuf> rest = input.iterator(); rest.hasNext(); rest.remove()) {
            rest.next().release();
        }
        memory.give(handOver());
    }
}
