package io.tributary.protocol.mqtt.handler;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Looks a topic's latest records through for one with a certain header. */
final class PublicationSearch {
    private static final int MAX_RECORDS = 1000;
    private static final int MAX_BYTES = 1 << 20;
    /** The server's clock may have been set back meanwhile. */
    private static final long CLOCK_SLACK_MS = 60_000;

    private final Partition partition;
    private final String header;
    private final String value;

    private PublicationSearch(Partition partition, String header, String value) {
        this.partition = partition;
        this.header = header;
        this.value = value;
    }

    /**
     * Whether any record has the header.
     *
     * @param since milliseconds since the epoch; the record is no older
     */
    static CompletionStage<Boolean> find(Topic topic, String header, String value, long since) {
        CompletionStage<Boolean> found = CompletableFuture.completedFuture(false);
        for (Partition partition : topic.partitions()) {
            PublicationSearch search = new PublicationSearch(partition, header, value);
            found = found.thenCompose(yes -> yes ? CompletableFuture.completedFuture(true)
                : partition.lookUpTimestamp(since - CLOCK_SLACK_MS)
                    .thenCompose(at -> at.found() ? search.from(at.offset()) : CompletableFuture.completedFuture(false)));
        }
        return found;
    }

    private CompletionStage<Boolean> from(long offset) {
        if (offset >= partition.highWatermark()) {
            return CompletableFuture.completedFuture(false);
        }
        return partition.readRecords(offset, MAX_RECORDS, MAX_BYTES)
            .exceptionallyCompose(failure -> BrokerException.of(failure).code() == ErrorCode.OFFSET_OUT_OF_RANGE
                ? CompletableFuture.completedFuture(List.of()) : CompletableFuture.failedFuture(failure))
            .thenCompose(records -> {
                for (Record record : records) {
                    if (value.equals(record.headers().text(header))) {
                        return CompletableFuture.completedFuture(true);
                    }
                }
                return records.isEmpty() ? CompletableFuture.completedFuture(false) : from(records.get(records.size() - 1).offset() + 1);
            });
    }
}
