package io.tributary.core.store;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.util.UUID;

/** One partition's log, by its topic's identifier, so that a topic made again under its name meets nothing of the old one. */
public record LogId(UUID topic, int partition) {
    /** Refuses a negative number with {@link ErrorCode#INVALID_ARGUMENT}. */
    public LogId {
        if (partition < 0) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "negative partition " + partition);
        }
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
