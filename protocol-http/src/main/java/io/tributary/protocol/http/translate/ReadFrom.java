package io.tributary.protocol.http.translate;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** From where a topic is to be read. */
public sealed interface ReadFrom {
    /** The first record kept. */
    record Earliest() implements ReadFrom {
    }

    /** What comes next. */
    record Latest() implements ReadFrom {
    }

    /** The first record whose timestamp is at or after this, in milliseconds since the epoch. */
    record Time(long timestampMs) implements ReadFrom {
    }

    /** Exact offsets by partition; partitions that are not named begin where {@code others} says. */
    record Offsets(SortedMap<Integer, Long> byPartition, ReadFrom others) implements ReadFrom {
    }

    /**
     * Reads the parameters {@code offset} and {@code from}, of which one may be given.
     *
     * @param offset     a number, which needs one partition, or {@code partition:offset} pairs divided by commas
     * @param partitions those that are read
     */
    static ReadFrom parse(@Nullable String offset, @Nullable String from, List<Integer> partitions, ReadFrom absent) {
        if (offset != null && from != null) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "give offset or from, not both");
        }
        if (offset != null) {
            return offset.indexOf(':') < 0 ? single(offset, partitions) : pairs(offset, partitions, absent);
        }
        if (from == null) {
            return absent;
        }
        return switch (from) {
            case "earliest" -> new Earliest();
            case "latest" -> new Latest();
            default -> new Time(TimeText.instantMs("from", from));
        };
    }

    private static ReadFrom single(String offset, List<Integer> partitions) {
        if (partitions.size() != 1) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT,
                "the topic has several partitions; give partition too, or offset=0:12,1:40");
        }
        SortedMap<Integer, Long> offsets = new TreeMap<>();
        offsets.put(partitions.get(0), number(offset));
        return new Offsets(offsets, new Earliest());
    }

    /** Offsets written as {@link #write} does. */
    static Offsets pairs(String text, List<Integer> partitions, ReadFrom others) {
        SortedMap<Integer, Long> offsets = new TreeMap<>();
        for (String pair : text.split(",", -1)) {
            int colon = pair.indexOf(':');
            long partition = colon < 0 ? -1 : number(pair.substring(0, colon));
            if (partition < 0 || partition > Integer.MAX_VALUE || !partitions.contains((int) partition)) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT,
                    "offset '" + abbreviate(pair) + "' names no partition that is read; write offset=0:12,1:40");
            }
            offsets.put((int) partition, number(pair.substring(colon + 1)));
        }
        return new Offsets(offsets, others);
    }

    /** Positions as one text, {@code 0:12,1:40}. */
    static String write(SortedMap<Integer, Long> positions) {
        StringBuilder text = new StringBuilder();
        positions.forEach((partition, offset) -> {
            if (text.length() > 0) {
                text.append(',');
            }
            text.append(partition).append(':').append(offset);
        });
        return text.toString();
    }

    private static long number(String text) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException none) {
            // Refused below.
        }
        throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "'" + abbreviate(text) + "' is no offset");
    }

    private static String abbreviate(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
