package io.tributary.bench.run;

import io.tributary.bench.micro.Batches;
import io.tributary.core.api.LogRead;
import io.tributary.core.api.LogSlice;
import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Topic;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.model.Headers;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * How fast the partition log alone takes and gives records, without a protocol or a network, beside sequential writes of the same sizes by
 * the same process. Prints a Markdown table.
 */
public final class LogThroughput {
    private static final int KIB = 1024;
    private static final int BATCH_RECORDS = 62;
    private static final int FETCH_BYTES = 1 << 20;
    private static final int[] PARTITIONS = {1, 100, 10_000};
    /** Under way at a time: of single records, and of batches. */
    private static final int RECORDS_UNDER_WAY = 8_192;
    private static final int BATCHES_UNDER_WAY = 256;
    private static final double BYTES_PER_MB = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Path directory;
    private final int seconds;
    private final byte[] value = new byte[KIB];
    private final ByteBuffer batch;

    private LogThroughput(Path directory, int seconds) {
        this.directory = directory;
        this.seconds = seconds;
        new Random(1).nextBytes(value);
        this.batch = Batches.of(BATCH_RECORDS, KIB);
    }

    /** Arguments: the number of rounds, 3 when absent, and the seconds of each measurement, 5 when absent. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        Path target = Files.createDirectories(Path.of("target"));
        new LogThroughput(target, seconds).run(rounds, System.out);
    }

    /** One row of the table. */
    private static final class Row {
        final List<Double> append = new ArrayList<>();
        final List<Double> disk = new ArrayList<>();
        final List<Double> read = new ArrayList<>();
    }

    private void run(int rounds, PrintStream out) throws IOException, InterruptedException {
        out.println("| durability | appended | partitions | append MB/s | the disk, same size, MB/s | ratio | fetched, MB/s |");
        out.println("|---|---|---|---|---|---|---|");
        for (BrokerConfig.Durability durability : BrokerConfig.Durability.values()) {
            for (boolean batches : new boolean[] {true, false}) {
                for (int partitions : PARTITIONS) {
                    Row row = new Row();
                    for (int round = 0; round < rounds; round++) {
                        measure(durability, batches, partitions, row);
                    }
                    out.printf(Locale.ROOT, "| %s | %s | %,d | %s | %s | %s | %s |%n", durability.name().toLowerCase(Locale.ROOT),
                        batches ? "batches of 64 KiB" : "records of 1 KiB", partitions, Spread.of(row.append), Spread.of(row.disk),
                        Spread.ofRatios(row.append, row.disk), Spread.of(row.read));
                }
            }
        }
    }

    private void measure(BrokerConfig.Durability durability, boolean batches, int partitions, Row row)
            throws IOException, InterruptedException {
        int size = batches ? batch.remaining() : KIB;
        row.disk.add(DiskLimit.writesPerSecond(directory, size, durability == BrokerConfig.Durability.FSYNC) * size / BYTES_PER_MB);
        Path data = Files.createTempDirectory(directory, "log");
        try (EmbeddedBroker broker = EmbeddedBroker.open(BrokerConfig.of(data).withDurability(durability))) {
            TopicName name = TopicName.of("bench");
            Topic topic = broker.topics().create(name, TopicConfig.ofPartitions(partitions)).toCompletableFuture().join();
            append(broker, topic, batches, TimeUnit.SECONDS.toNanos(1));
            row.append.add(append(broker, topic, batches, TimeUnit.SECONDS.toNanos(seconds)));
            row.read.add(read(topic));
        } finally {
            ManyPartitions.delete(data);
        }
    }

    /** Appends in turn to all partitions; counts what was durable within the time and what it took to get the rest durable. */
    private double append(EmbeddedBroker broker, Topic topic, boolean batches, long nanos) throws InterruptedException {
        Semaphore room = new Semaphore(batches ? BATCHES_UNDER_WAY : RECORDS_UNDER_WAY);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Partition> partitions = topic.partitions();
        int permits = room.availablePermits();
        long start = System.nanoTime();
        long bytes = 0;
        for (int next = 0; System.nanoTime() - start < nanos && failure.get() == null; next = (next + 1) % partitions.size()) {
            room.acquire();
            CompletionStage<?> durable;
            if (batches) {
                ByteBuffer copy = Batches.copy(batch);
                bytes += copy.remaining();
                durable = partitions.get(next).append(copy).durable();
            } else {
                bytes += KIB;
                durable = broker.publisher().publish(PublishRequest.of(topic.name(), null, value, Headers.EMPTY).withPartition(next));
            }
            durable.whenComplete((done, thrown) -> {
                if (thrown != null) {
                    failure.compareAndSet(null, thrown);
                }
                room.release();
            });
        }
        room.acquire(permits);
        if (failure.get() != null) {
            throw new BenchFailure("an append failed: " + failure.get());
        }
        return bytes / BYTES_PER_MB / ((System.nanoTime() - start) / NANOS_PER_SECOND);
    }

    /** Fetches everything once, partition by partition, and copies it out as a connection would. */
    private static double read(Topic topic) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(FETCH_BYTES);
        long start = System.nanoTime();
        long bytes = 0;
        for (Partition partition : topic.partitions()) {
            long next = partition.logStartOffset();
            while (next < partition.highWatermark()) {
                LogRead read = partition.read(next, FETCH_BYTES).toCompletableFuture().join();
                for (LogSlice slice : read.slices()) {
                    ByteBuffer copied = copy(slice, target.clear());
                    bytes += copied.remaining();
                    next = endOffset(copied);
                }
            }
        }
        return bytes / BYTES_PER_MB / ((System.nanoTime() - start) / NANOS_PER_SECOND);
    }

    private static ByteBuffer copy(LogSlice slice, ByteBuffer into) throws IOException {
        ByteBuffer target = slice.sizeInBytes() > into.remaining() ? ByteBuffer.allocateDirect(slice.sizeInBytes()) : into;
        if (slice instanceof LogSlice.FileRange range) {
            target.limit(range.length());
            while (target.hasRemaining()) {
                if (range.channel().read(target, range.position() + target.position()) < 0) {
                    throw new IOException("a segment ends early");
                }
            }
        } else if (slice instanceof LogSlice.Memory memory) {
            target.put(memory.bytes().duplicate());
        }
        return target.flip();
    }

    private static long endOffset(ByteBuffer batches) {
        long end = 0;
        for (RecordBatch each : MemoryRecords.readableRecords(batches).batches()) {
            end = each.nextOffset();
        }
        return end;
    }
}
