package io.tributary.protocol.kafka.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Collects requests out of pieces: a 4-byte size, then that many bytes, which begin with the 2-byte API key (Kafka protocol guide,
 * "Request and Response Headers").
 *
 * <p>A frame gets memory of its own, since the log keeps the record batches in it after the connection has read on. The memory grows
 * with what has arrived, so that a claimed size alone costs nothing; a connection that has just sent as much gets it at once, up to
 * {@value #MOST_AT_ONCE} bytes, so that a producer's requests are not copied while they grow.
 */
public final class FrameAssembler {
    private static final int SIZE_LENGTH = 4;
    private static final int API_KEY_LENGTH = 2;
    private static final int PREFIX_LENGTH = SIZE_LENGTH + API_KEY_LENGTH;
    private static final int FIRST_ALLOCATION = 16 << 10;
    private static final int GROWTH = 4;
    private static final int MOST_AT_ONCE = 1 << 20;

    private final IntUnaryOperator limitByApiKey;
    private final IntPredicate mayTake;
    private final byte[] prefix = new byte[PREFIX_LENGTH];
    private int prefixLength;
    private byte @Nullable [] frame;
    private int frameSize;
    private int filled;
    /** What the last frame had, and the next one gets at once. */
    private int atOnce = FIRST_ALLOCATION;

    /**
     * Takes the limits.
     *
     * @param limitByApiKey the largest frame, in bytes, for an API key; negative for a key that is not served
     * @param mayTake       asked before so many more bytes of memory are taken for a frame; when it says no, nothing more is taken of the
     *                      input, and it is asked again by the next call
     */
    public FrameAssembler(IntUnaryOperator limitByApiKey, IntPredicate mayTake) {
        this.limitByApiKey = limitByApiKey;
        this.mayTake = mayTake;
    }

    /**
     * Takes bytes up to the end of the next frame.
     *
     * @return a whole frame without its size, or null when all bytes were taken and more are needed, or memory may not be taken
     * @throws MalformedRequestException for a size that is negative, too small or over the limit of the API, and for an unknown API key
     */
    public @Nullable ByteBuffer next(ByteBuf in) {
        byte[] current = frame;
        if (current == null) {
            current = begin(in);
            if (current == null) {
                return null;
            }
        }
        return fill(in, current);
    }

    private @Nullable ByteBuffer fill(ByteBuf in, byte[] begun) {
        byte[] current = begun;
        int count = Math.min(in.readableBytes(), frameSize - filled);
        if (filled + count > current.length) {
            int capacity = capacityFor(filled + count, current.length);
            if (!mayTake.test(capacity - current.length)) {
                return null;
            }
            current = Arrays.copyOf(current, capacity);
        }
        in.readBytes(current, filled, count);
        filled += count;
        if (filled < frameSize) {
            frame = current;
            return null;
        }
        frame = null;
        prefixLength = 0;
        atOnce = Math.min(Math.max(frameSize, FIRST_ALLOCATION), MOST_AT_ONCE);
        return ByteBuffer.wrap(current, 0, frameSize);
    }

    /**
     * Takes bytes up to the end of the next SASL token, which has a size before it and no header (SaslHandshake of version 0).
     *
     * @return a whole token, or null when all bytes were taken and more are needed, or memory may not be taken
     * @throws MalformedRequestException for a size that is negative or over the limit
     */
    public @Nullable ByteBuffer nextToken(ByteBuf in, int limit) {
        byte[] current = frame;
        if (current == null) {
            int count = Math.min(in.readableBytes(), SIZE_LENGTH - prefixLength);
            in.readBytes(prefix, prefixLength, count);
            prefixLength += count;
            if (prefixLength < SIZE_LENGTH) {
                return null;
            }
            frameSize = ByteBuffer.wrap(prefix).getInt();
            if (frameSize < 0 || frameSize > limit) {
                throw new MalformedRequestException("a SASL token of " + frameSize + " bytes; the limit is " + limit);
            }
            int capacity = capacityFor(Math.min(in.readableBytes(), frameSize), 0);
            if (!mayTake.test(capacity)) {
                return null;
            }
            filled = 0;
            current = new byte[capacity];
        }
        return fill(in, current);
    }

    /** Whether a frame has begun and is not complete. */
    public boolean isMidFrame() {
        return prefixLength > 0;
    }

    /** The size of the frame that has begun; 0 while that is not known. */
    public int sizeBegun() {
        return frame == null ? 0 : frameSize;
    }

    private byte @Nullable [] begin(ByteBuf in) {
        int count = Math.min(in.readableBytes(), PREFIX_LENGTH - prefixLength);
        in.readBytes(prefix, prefixLength, count);
        prefixLength += count;
        if (prefixLength >= SIZE_LENGTH) {
            frameSize = ByteBuffer.wrap(prefix).getInt();
            if (frameSize < API_KEY_LENGTH) {
                throw new MalformedRequestException("request size " + frameSize);
            }
        }
        if (prefixLength < PREFIX_LENGTH) {
            return null;
        }
        short apiKey = ByteBuffer.wrap(prefix).getShort(SIZE_LENGTH);
        int limit = limitByApiKey.applyAsInt(apiKey);
        if (limit < 0) {
            throw new MalformedRequestException("API key " + apiKey + " is not served");
        }
        if (frameSize > limit) {
            throw new MalformedRequestException(
                "request of " + frameSize + " bytes is over the limit of " + limit + " for API key " + apiKey);
        }
        int capacity = capacityFor(API_KEY_LENGTH + in.readableBytes(), 0);
        if (!mayTake.test(capacity)) {
            return null;
        }
        byte[] fresh = new byte[capacity];
        System.arraycopy(prefix, SIZE_LENGTH, fresh, 0, API_KEY_LENGTH);
        filled = API_KEY_LENGTH;
        return fresh;
    }

    private int capacityFor(int needed, int current) {
        long grown = Math.max(Math.max(needed, atOnce), (long) current * GROWTH);
        return (int) Math.min(frameSize, grown);
    }
}
