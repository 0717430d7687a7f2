package io.tributary.protocol.http.session;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Registration;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.protocol.http.translate.ReadFrom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads a topic's partitions from a position in each. A page holds each partition's records in their order, and over partitions the
 * earlier timestamp first. For one reader at a time, on its connection's event loop.
 */
public final class TopicReader {
    private final Topic topic;
    private final ClientConnection connection;
    private final int maxBytes;
    private final SortedMap<Integer, Long> positions;

    /** A record and the partition it is in. */
    public record Positioned(int partition, Record record) {
    }

    private TopicReader(Topic topic, ClientConnection connection, int maxBytes, SortedMap<Integer, Long> positions) {
        this.topic = topic;
        this.connection = connection;
        this.maxBytes = maxBytes;
        this.positions = positions;
    }

    /** A reader that begins where {@code from} says, in the given partitions. */
    public static Mono<TopicReader> open(Topic topic, List<Integer> partitions, ReadFrom from, ClientConnection connection, int maxBytes) {
        return Flux.fromIterable(partitions)
            .flatMapSequential(number -> start(topic.partition(number), from, connection).map(offset -> Map.entry(number, offset)))
            .collect(TreeMap<Integer, Long>::new, (map, entry) -> map.put(entry.getKey(), entry.getValue()))
            .map(positions -> new TopicReader(topic, connection, maxBytes, positions));
    }

    private static Mono<Long> start(Partition partition, ReadFrom from, ClientConnection connection) {
        if (from instanceof ReadFrom.Offsets offsets) {
            Long offset = offsets.byPartition().get(partition.id().partition());
            return offset == null ? start(partition, offsets.others(), connection) : Mono.just(offset);
        }
        if (from instanceof ReadFrom.Time time) {
            return connection.on(partition.lookUpTimestamp(time.timestampMs()))
                .map(found -> found.found() ? found.offset() : partition.highWatermark());
        }
        return Mono.just(from instanceof ReadFrom.Earliest ? partition.logStartOffset() : partition.highWatermark());
    }

    /** The offsets to be read next, by partition. */
    public SortedMap<Integer, Long> positions() {
        return positions;
    }

    /**
     * Moves positions that the log's start has passed up to it; tells each partition that has lost records to its reader, with the
     * offset it stood at.
     */
    public SortedMap<Integer, Long> skipRemoved() {
        SortedMap<Integer, Long> skipped = new TreeMap<>();
        for (Map.Entry<Integer, Long> entry : positions.entrySet()) {
            long start = topic.partition(entry.getKey()).logStartOffset();
            if (entry.getValue() < start) {
                skipped.put(entry.getKey(), entry.getValue());
                entry.setValue(start);
            }
        }
        return skipped;
    }

    /** What is there, and no more than {@code limit} records; empty when nothing is. Fails with OFFSET_OUT_OF_RANGE. */
    public Mono<List<Positioned>> read(int limit) {
        if (positions.size() == 1) {
            int number = positions.firstKey();
            return read(number, limit, maxBytes).map(records -> take(List.of(new Run(number, records)), limit));
        }
        int share = Math.max(1, maxBytes / positions.size());
        return Flux.fromIterable(List.copyOf(positions.keySet()))
            .flatMapSequential(number -> read(number, limit, share).map(records -> new Run(number, records)))
            .collectList()
            .map(runs -> take(runs, limit));
    }

    /** As {@link #read}, and when nothing is there waits for it; empty after the given time. */
    public Mono<List<Positioned>> readOrWait(int limit, Duration wait) {
        if (wait.isZero()) {
            return read(limit);
        }
        long end = System.nanoTime() + wait.toNanos();
        return Mono.using(() -> new Watch(new Wakeup(connection.executor())),
            watch -> Mono.defer(() -> readOrWaitOnce(limit, watch, end)).repeat().filter(Optional::isPresent).map(Optional::get).next(),
            Watch::close);
    }

    /** Empty when it is worth another look. Only the waiting has a time-out: one that cut off a read would lose what was read. */
    private Mono<Optional<List<Positioned>>> readOrWaitOnce(int limit, Watch watch, long end) {
        return read(limit).flatMap(page -> {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!page.isEmpty() || left.isNegative() || left.isZero()) {
                return Mono.just(Optional.of(page));
            }
            return watch.wakeup.next().timeout(left, Mono.just(false))
                .map(woken -> woken ? Optional.<List<Positioned>>empty() : Optional.of(page));
        });
    }

    private Mono<List<Record>> read(int number, int limit, int bytes) {
        return Mono.defer(() -> {
            Partition partition = topic.partition(number);
            CompletionStage<List<Record>> read = partition.readRecords(Objects.requireNonNull(positions.get(number)), limit, bytes);
            return connection.on(read).onErrorMap(failure -> explain(BrokerException.of(failure), partition));
        });
    }

    private BrokerException explain(BrokerException failure, Partition partition) {
        if (failure.code() != ErrorCode.OFFSET_OUT_OF_RANGE) {
            return failure;
        }
        return new BrokerException(ErrorCode.OFFSET_OUT_OF_RANGE, "partition " + partition.id().partition() + " holds the offsets from "
            + partition.logStartOffset() + " to before " + partition.highWatermark());
    }

    /** Merges by timestamp until a bound is reached, and moves the positions past what was taken. */
    private List<Positioned> take(List<Run> runs, int limit) {
        PriorityQueue<Run> heads = new PriorityQueue<>(Comparator.comparingLong(Run::headTimestamp).thenComparingInt(run -> run.partition));
        runs.stream().filter(run -> run.head() != null).forEach(heads::add);
        List<Positioned> page = new ArrayList<>();
        long bytes = 0;
        while (page.size() < limit && (page.isEmpty() || bytes < maxBytes)) {
            Run run = heads.poll();
            if (run == null) {
                break;
            }
            Record record = run.takeHead();
            page.add(new Positioned(run.partition, record));
            positions.put(run.partition, record.offset() + 1);
            bytes += record.sizeInBytes();
            if (run.head() != null) {
                heads.add(run);
            }
        }
        return page;
    }

    /** One partition's records and how many of them were taken. */
    private static final class Run {
        private final int partition;
        private final List<Record> records;
        private int taken;

        Run(int partition, List<Record> records) {
            this.partition = partition;
            this.records = records;
        }

        @Nullable Record head() {
            return taken < records.size() ? records.get(taken) : null;
        }

        long headTimestamp() {
            return records.get(taken).timestamp();
        }

        Record takeHead() {
            return records.get(taken++);
        }
    }

    /** Listens to the partitions for as long as a poll waits. */
    private final class Watch {
        private final Wakeup wakeup;
        private final List<Registration> registrations = new ArrayList<>();

        Watch(Wakeup wakeup) {
            this.wakeup = wakeup;
            for (int number : positions.keySet()) {
                registrations.add(topic.partition(number).onAdvance(wakeup::signal));
            }
        }

        void close() {
            registrations.forEach(Registration::close);
        }
    }
}
