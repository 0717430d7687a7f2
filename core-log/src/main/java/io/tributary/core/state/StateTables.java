package io.tributary.core.state;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Publisher;
import io.tributary.core.api.StateTable;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The state tables of a broker, each opened once. */
public final class StateTables {
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,100}");
    private static final int SEGMENT_BYTES = 4 << 20;
    private static final long MIN_TRIM_BYTES = 4 << 20;
    private static final int READ_RECORDS = 4096;
    private static final int READ_BYTES = 1 << 20;

    private final Topics topics;
    private final Publisher publisher;
    private final long minTrimBytes;
    private final ConcurrentHashMap<String, CompletableFuture<StateTable>> tables = new ConcurrentHashMap<>();

    public StateTables(Topics topics, Publisher publisher) {
        this(topics, publisher, MIN_TRIM_BYTES);
    }

    StateTables(Topics topics, Publisher publisher, long minTrimBytes) {
        this.topics = topics;
        this.publisher = publisher;
        this.minTrimBytes = minTrimBytes;
    }

    /** The table of this name, as {@link io.tributary.core.api.Broker#stateTable}. */
    public CompletionStage<StateTable> open(String name) {
        if (!NAME.matcher(name).matches()) {
            return CompletableFuture.failedFuture(
                new BrokerException(ErrorCode.INVALID_ARGUMENT, "a state table's name is 1 to 100 of [a-z0-9._-]"));
        }
        CompletableFuture<StateTable> opening = new CompletableFuture<>();
        CompletableFuture<StateTable> known = tables.putIfAbsent(name, opening);
        if (known != null) {
            return known;
        }
        TopicName topicName = new TopicName(Namespace.DEFAULT, "__" + name);
        TopicConfig config = TopicConfig.ofPartitions(1).withRetention(Retention.FOREVER).withSegmentBytes(SEGMENT_BYTES);
        topics.getOrCreate(topicName, config).thenCompose(this::load).whenComplete((table, failure) -> {
            if (failure == null) {
                opening.complete(table);
            } else {
                // Whoever asks next tries again.
                tables.remove(name, opening);
                opening.completeExceptionally(BrokerException.of(failure));
            }
        });
        return opening;
    }

    private CompletionStage<LogStateTable> load(Topic topic) {
        LogStateTable table = new LogStateTable(publisher, topic, minTrimBytes);
        CompletableFuture<LogStateTable> loaded = new CompletableFuture<>();
        Partition partition = topic.partition(0);
        load(table, partition.logStartOffset(), partition.highWatermark(), loaded);
        return loaded;
    }

    private static void load(LogStateTable table, long from, long to, CompletableFuture<LogStateTable> loaded) {
        long offset = from;
        while (offset < to) {
            long at = offset;
            CompletionStage<Long> read = table.partition().readRecords(at, READ_RECORDS, READ_BYTES).thenApply(records -> {
                table.replay(records);
                return records.isEmpty() ? to : records.get(records.size() - 1).offset() + 1;
            });
            CompletableFuture<Long> found = read.toCompletableFuture();
            if (!found.isDone() || found.isCompletedExceptionally()) {
                read.whenComplete((next, failure) -> {
                    if (failure == null) {
                        load(table, next, to, loaded);
                    } else {
                        loaded.completeExceptionally(failure);
                    }
                });
                return;
            }
            offset = found.join();
        }
        loaded.complete(table);
    }
}
