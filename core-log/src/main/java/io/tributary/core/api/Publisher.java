package io.tributary.core.api;

import java.util.concurrent.CompletionStage;

/** Publishes single records; those that meet in a log thread's mailbox are stored as one batch. */
public interface Publisher {
    /**
     * Stores a record. Records of one caller thread to one partition keep their order.
     *
     * <p>Fails with TOPIC_NOT_FOUND, PARTITION_NOT_FOUND, BATCH_TOO_LARGE, BACKLOG_FULL, LIMIT_EXCEEDED (too much waits to be stored: try
     * again), STORAGE_FAILURE or CLOSED; then nothing was stored.
     */
    CompletionStage<PublishResult> publish(PublishRequest request);
}
