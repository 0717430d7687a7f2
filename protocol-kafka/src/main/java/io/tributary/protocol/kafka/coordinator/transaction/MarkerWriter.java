package io.tributary.protocol.kafka.coordinator.transaction;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes the markers that end transactions in their partitions. */
final class MarkerWriter {
    private static final Logger LOG = LoggerFactory.getLogger(MarkerWriter.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Topics topics;
    private final Namespace namespace;
    private final GroupOffsets offsets;
    private final CoordinatorThread thread;
    private final InstantSource clock;

    MarkerWriter(Topics topics, Namespace namespace, GroupOffsets offsets, CoordinatorThread thread, InstantSource clock) {
        this.topics = topics;
        this.namespace = namespace;
        this.offsets = offsets;
        this.thread = thread;
        this.clock = clock;
    }

    /** Completes on any thread when every partition that still exists has its marker, durably; never fails, but may never complete. */
    CompletionStage<Void> writeAll(Collection<TopicPartition> partitions, Marker marker) {
        return CompletableFuture.allOf(partitions.stream().map(partition -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            attempt(partition, marker, FIRST_PAUSE, done);
            return done;
        }).toArray(CompletableFuture<?>[]::new));
    }

    private void attempt(TopicPartition partition, Marker marker, Duration pause, CompletableFuture<Void> done) {
        write(partition, marker).whenComplete((written, failure) -> {
            Errors error = failure == null ? Errors.NONE : KafkaErrors.of(failure);
            switch (error) {
                case NONE, UNKNOWN_TOPIC_OR_PARTITION -> done.complete(null);
                case INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED -> {
                    // There is nothing left to be ended: somebody with a later epoch has done it.
                    LOG.warn("{} has no transaction for {} to end: {}", partition, marker, String.valueOf(failure));
                    done.complete(null);
                }
                default -> {
                    // While the broker or the topic comes or goes this is to be expected.
                    boolean passing = error == Errors.NOT_LEADER_OR_FOLLOWER || error == Errors.COORDINATOR_LOAD_IN_PROGRESS;
                    LOG.atLevel(passing ? Level.DEBUG : Level.WARN)
                        .log("a transaction in {} cannot be ended, trying again in {}: {}", partition, pause, String.valueOf(failure));
                    Duration longer = pause.multipliedBy(2);
                    thread.after(pause, () ->
                        attempt(partition, marker, longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE, done));
                }
            }
        });
    }

    /** Writes one marker, and completes when it is durable; fails with UNKNOWN_TOPIC_OR_PARTITION and what appends fail with. */
    CompletionStage<Void> write(TopicPartition name, Marker marker) {
        Partition partition = find(name);
        if (partition == null) {
            return CompletableFuture.failedFuture(Errors.UNKNOWN_TOPIC_OR_PARTITION.exception());
        }
        if (marker.producer().id() < 0 || marker.producer().epoch() < 0) {
            return CompletableFuture.failedFuture(Errors.INVALID_REQUEST.exception("a marker is of a producer"));
        }
        if (isOffsets(name)) {
            return offsets.end(namespace, name, marker);
        }
        return partition.appendAsCoordinator(marker.toBatch(clock.millis()).buffer(), marker.transactionVersion()).durable()
            .<Void>handle((written, failure) -> {
                if (failure == null) {
                    return null;
                }
                BrokerException cause = BrokerException.of(failure);
                boolean deleted = cause.code() == ErrorCode.CLOSED && find(name) != partition;
                throw deleted ? Errors.UNKNOWN_TOPIC_OR_PARTITION.exception() : cause;
            });
    }

    private static boolean isOffsets(TopicPartition name) {
        return name.topic().equals(org.apache.kafka.common.internals.Topic.GROUP_METADATA_TOPIC_NAME);
    }

    private @Nullable Partition find(TopicPartition name) {
        boolean known = TopicName.isLegal(name.topic()) && (!TopicName.isInternal(name.topic()) || isOffsets(name));
        Topic topic = known ? topics.find(new TopicName(namespace, name.topic())) : null;
        List<Partition> partitions = topic == null ? List.of() : topic.partitions();
        return name.partition() >= 0 && name.partition() < partitions.size() ? partitions.get(name.partition()) : null;
    }
}
