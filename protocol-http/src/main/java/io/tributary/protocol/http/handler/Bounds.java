package io.tributary.protocol.http.handler;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The API's bounds, and the refusal of what is outside.
 *
 * @param maxBodyBytes     of a request
 * @param maxResponseBytes of the records in one answer
 * @param maxWait          how long a poll may wait
 */
public record Bounds(int maxBodyBytes, int maxResponseBytes, Duration maxWait) {
    static final int MAX_RECORDS = 10_000;
    static final int DEFAULT_LIMIT = 100;
    static final int MAX_PULL = 1_000;
    static final int DEFAULT_PULL = 10;
    static final int MAX_ACKS = 1_000;
    /** Partitions read by one call: the memory for an answer grows with them. */
    static final int MAX_PARTITIONS = 64;

    /** The value, or {@code absent} for null; fails with INVALID_ARGUMENT outside 1 to {@code max}. */
    static int count(String name, @Nullable Integer value, int absent, int max) {
        if (value == null) {
            return absent;
        }
        if (value < 1 || value > max) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, name + " may be 1 to " + max);
        }
        return value;
    }

    /** Identifiers without nulls; fails with INVALID_ARGUMENT when there are none or too many. */
    static List<String> ackIds(@Nullable List<@Nullable String> ackIds) {
        if (ackIds == null || ackIds.isEmpty() || ackIds.size() > MAX_ACKS) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "ackIds must hold 1 to " + MAX_ACKS + " identifiers");
        }
        if (ackIds.stream().anyMatch(Objects::isNull)) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "ackIds holds a null");
        }
        return ackIds.stream().map(Objects::requireNonNull).toList();
    }
}
