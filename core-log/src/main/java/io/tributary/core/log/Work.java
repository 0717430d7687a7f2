package io.tributary.core.log;

import io.tributary.core.api.AppendResult;
import io.tributary.core.model.BrokerException;

/** Something to be appended, from the mailbox of a log thread to its completion. Used by the log thread once it is in the mailbox. */
abstract class Work {
    final LogWriter writer;
    /** What it counts against the bytes in flight. */
    final int bytes;
    long baseOffset;
    long lastOffset;
    /** The timestamp that the append gave, if the topic's are those. */
    long appendTime = AppendResult.AS_CREATED;

    Work(LogWriter writer, int bytes) {
        this.writer = writer;
        this.bytes = bytes;
    }

    /** The offsets are assigned and the order is fixed. */
    abstract void onAccepted();

    /** The records are durable and may be read. */
    abstract void onDurable();

    abstract void onFailure(BrokerException failure);
}
