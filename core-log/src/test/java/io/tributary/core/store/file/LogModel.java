package io.tributary.core.store.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.api.Append;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.log.PartitionLog;
import io.tributary.core.model.Record;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.record.internal.CompressionType;
import org.jspecify.annotations.Nullable;

/** What was appended to a log, what became of it, and so what must and may be found in it. */
final class LogModel {
    private static final long UNKNOWN = -1;
    private static final int KEYS = 4;

    /** A record. Its offset is known once it was acknowledged, or found. */
    private static final class Sent {
        final int number;
        final String key;
        final String value;
        volatile long offset = UNKNOWN;
        boolean found;

        Sent(int number, String key, String value) {
            this.number = number;
            this.key = key;
            this.value = value;
        }
    }

    private final boolean compacted;
    private final Map<String, Sent> sent = new HashMap<>();
    private int nextNumber;
    private long foundStart;
    private long leastStart;
    private long mostStart;

    LogModel(boolean compacted) {
        this.compacted = compacted;
    }

    /** Appends a batch; the stage completes when it is durable, or has failed. */
    CompletionStage<?> append(PartitionLog log, Random random, long timestamp, int maxBytes) {
        List<Map.Entry<String, Optional<String>>> entries = new ArrayList<>();
        List<Sent> batch = new ArrayList<>();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            int number = nextNumber++;
            Sent record = new Sent(number, "k" + random.nextInt(KEYS), number + "-" + filler(random, random.nextInt(maxBytes)));
            batch.add(record);
            sent.put(record.value, record);
            entries.add(Map.entry(record.key, Optional.of(record.value)));
        }
        Append append = log.append(TestBatches.of(CompressionType.NONE, timestamp, entries));
        return append.durable().thenAccept(result -> {
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).offset = result.baseOffset() + i;
            }
        });
    }

    /** Takes note of a value that is appended by itself. */
    String add(String value) {
        String unique = nextNumber + "-" + value;
        sent.put(unique, new Sent(nextNumber++, "k", unique));
        return unique;
    }

    private static String filler(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    /** The log's start may move to an offset from now on. */
    void startMayMove(long offset) {
        mostStart = Math.max(mostStart, offset);
    }

    /** The move was acknowledged. */
    void startMoved(long offset) {
        leastStart = Math.max(leastStart, offset);
    }

    /** What was acknowledged and not found again since may be lost. */
    void mayLoseWhatIsNew() {
        leastStart = foundStart;
        sent.values().stream().filter(record -> !record.found).forEach(record -> record.offset = UNKNOWN);
    }

    /** Everything acknowledged is there, and nothing else than what was appended, in its order. What is found must be found again. */
    void check(PartitionLog log) {
        List<Record> found = StoreFixture.read(log);
        long start = log.logStartOffset();
        assertThat(start).as("the start of %s", log.id()).isBetween(leastStart, mostStart);
        long next = start;
        int number = -1;
        Map<String, Long> lastOfKey = new HashMap<>();
        Map<Long, Record> byOffset = new HashMap<>();
        for (Record record : found) {
            assertThat(record.offset() == next || compacted && record.offset() > next)
                .as("offset %s of %s where %s is next", record.offset(), log.id(), next).isTrue();
            Sent known = sent.get(text(record.value()));
            assertThat(known).as("record %s of %s was appended", record.offset(), log.id()).isNotNull();
            assertThat(text(record.key())).isEqualTo(known.key);
            assertThat(known.number).as("order of %s at offset %s", log.id(), record.offset()).isGreaterThan(number);
            assertThat(known.offset).as("offset of %s in %s", known.number, log.id()).isIn(UNKNOWN, record.offset());
            known.offset = record.offset();
            known.found = true;
            lastOfKey.put(known.key, record.offset());
            byOffset.put(record.offset(), record);
            number = known.number;
            next = record.offset() + 1;
        }
        if (compacted) {
            assertThat(log.highWatermark()).isGreaterThanOrEqualTo(next);
        } else {
            assertThat(log.highWatermark()).as("end of %s", log.id()).isEqualTo(next);
        }
        for (Sent record : sent.values()) {
            boolean replaced = compacted && lastOfKey.getOrDefault(record.key, UNKNOWN) > record.offset;
            assertThat(record.offset < start || replaced || byOffset.containsKey(record.offset))
                .as("record %s, acknowledged at offset %s of %s, is there; the log is from %s to %s", record.number, record.offset,
                    log.id(), start, log.highWatermark()).isTrue();
        }
        sent.values().removeIf(record -> record.offset == UNKNOWN);
        foundStart = start;
        leastStart = start;
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, UTF_8);
    }
}
