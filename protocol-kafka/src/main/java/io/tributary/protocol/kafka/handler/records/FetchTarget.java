package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.LogRead;
import io.tributary.core.api.Partition;
import io.tributary.protocol.kafka.codec.StoredRecords;
import io.tributary.protocol.kafka.handler.LeaderEpochs;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.translate.LogSlices;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/** One partition of a Fetch request, and what the last round of reading found in it. */
final class FetchTarget {
    private final WantedPartition wanted;
    private final FetchPartition request;
    private final @Nullable Partition partition;
    private final boolean committedOnly;
    private final Errors refusal;
    private Errors error;
    private @Nullable LogRead read;

    FetchTarget(WantedPartition wanted, TopicLookup.Result topic, IsolationLevel isolation) {
        this.wanted = wanted;
        this.request = wanted.request();
        this.partition = TopicLookup.partition(topic.topic(), request.partition());
        this.committedOnly = isolation == IsolationLevel.READ_COMMITTED;
        if (topic.error() != Errors.NONE) {
            refusal = topic.error();
        } else if (partition == null) {
            refusal = Errors.UNKNOWN_TOPIC_OR_PARTITION;
        } else {
            refusal = LeaderEpochs.check(request.currentLeaderEpoch(), partition);
        }
        error = refusal;
    }

    /** The partition to read from, or null when the request cannot be served. */
    @Nullable Partition readable() {
        return refusal == Errors.NONE ? partition : null;
    }

    WantedPartition wanted() {
        return wanted;
    }

    long offset() {
        return request.fetchOffset();
    }

    int maxBytes() {
        return request.partitionMaxBytes();
    }

    /** Whether there is, or may be, something to read or to tell at the offset. */
    boolean hasNews() {
        if (partition == null) {
            return false;
        }
        long end = committedOnly ? partition.lastStableOffset() : partition.highWatermark();
        return offset() < end || offset() < partition.logStartOffset();
    }

    /** Whether the partition has grown since the last round read it. */
    boolean hasGrown() {
        if (read == null || partition == null) {
            return hasNews();
        }
        return committedOnly ? partition.lastStableOffset() > read.lastStableOffset() : partition.highWatermark() > read.highWatermark();
    }

    boolean failed() {
        return error != Errors.NONE;
    }

    int sizeInBytes() {
        return read == null ? 0 : read.sizeInBytes();
    }

    /** Forgets the last round. */
    void reset() {
        read = null;
        error = refusal;
    }

    void found(LogRead result) {
        read = result;
    }

    void fail(Errors cause) {
        error = cause;
    }

    /** Reads what the client may see. */
    CompletionStage<LogRead> read(Partition from, int limit) {
        return committedOnly ? from.readCommitted(offset(), limit) : from.read(offset(), limit);
    }

    private static AbortedTransaction toKafka(io.tributary.core.api.AbortedTransaction aborted) {
        return new AbortedTransaction().setProducerId(aborted.producerId()).setFirstOffset(aborted.firstOffset());
    }

    /**
     * The partition's part of the response.
     *
     * @param last whether waiting is over, so that an offset past the end, which may be one that is not durable yet, counts as out of range
     */
    PartitionData toResponse(boolean last) {
        PartitionData data = new PartitionData().setPartitionIndex(request.partition()).setRecords(StoredRecords.EMPTY);
        if (!failed() && partition != null && read == null && last && offset() > partition.highWatermark()) {
            error = Errors.OFFSET_OUT_OF_RANGE;
        }
        if (failed() || partition == null) {
            return data.setErrorCode(error.code()).setHighWatermark(FetchResponse.INVALID_HIGH_WATERMARK);
        }
        LogRead result = read;
        if (committedOnly) {
            data.setAbortedTransactions(result == null ? List.of() : result.aborted().stream().map(FetchTarget::toKafka).toList());
        }
        if (result == null) {
            return data.setHighWatermark(partition.highWatermark()).setLastStableOffset(partition.lastStableOffset())
                .setLogStartOffset(partition.logStartOffset());
        }
        return data.setHighWatermark(result.highWatermark()).setLastStableOffset(result.lastStableOffset())
            .setLogStartOffset(result.logStartOffset()).setRecords(LogSlices.toRecords(result.slices()));
    }
}
