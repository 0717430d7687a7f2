package io.tributary.core.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.jspecify.annotations.Nullable;

class BatchPropertyTest {
    @Property(tries = 300)
    void whatIsBuiltIsValidAndComesBack(@ForAll @Size(min = 1, max = 30) List<@From("records") Record> records) {
        BatchBuilder builder = new BatchBuilder();
        int bound = BatchHeader.SIZE;
        for (Record record : records) {
            builder.add(record.timestamp(), record.key(), record.value(), record.headers());
            bound += BatchBuilder.maxRecordBytes(record.key(), record.value(), record.headers());
            assertThat(builder.sizeInBytes()).isLessThanOrEqualTo(bound);
        }
        ByteBuffer batch = builder.build();
        BatchValidator.validate(batch, batch.limit(), BatchValidator.Allowed.PLAIN);
        BatchHeader.place(batch, 0, 100, 0);
        List<Record> expected = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            Record record = records.get(i);
            expected.add(new Record(100 + i, record.timestamp(), record.key(), record.value(), record.headers()));
        }
        assertThat(TestBatches.decode(batch)).isEqualTo(expected);
        assertThat(readByKafka(batch)).isEqualTo(expected);
    }

    private static List<Record> readByKafka(ByteBuffer batch) {
        MutableRecordBatch stored = MemoryRecords.readableRecords(batch).batches().iterator().next();
        stored.ensureValid();
        List<Record> records = new ArrayList<>();
        for (org.apache.kafka.common.record.internal.Record record : stored) {
            List<Header> headers = new ArrayList<>();
            for (org.apache.kafka.common.header.Header header : record.headers()) {
                headers.add(new Header(header.key(), header.value()));
            }
            records.add(new Record(record.offset(), record.timestamp(), bytes(record.key()), bytes(record.value()), Headers.of(headers)));
        }
        return records;
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Property(tries = 100)
    void everyCompressionIsRead(@ForAll CompressionType codec, @ForAll @Size(min = 1, max = 20) List<String> values) {
        ByteBuffer batch = TestBatches.of(codec, 5, values.toArray(new String[0]));
        BatchValidator.validate(batch, batch.limit(), BatchValidator.Allowed.PLAIN);
        assertThat(TestBatches.decode(batch)).extracting(record -> new String(record.value(), UTF_8))
            .isEqualTo(values.stream().map(value -> new String(value.getBytes(UTF_8), UTF_8)).toList());
    }

    @Provide
    Arbitrary<Record> records() {
        Arbitrary<byte[]> field = Arbitraries.bytes().array(byte[].class).ofMaxSize(200).injectNull(0.2);
        Arbitrary<Header> header = Combinators.combine(Arbitraries.strings().ofMaxLength(8)
            .map(name -> new String(name.getBytes(UTF_8), UTF_8)), field).as(Header::new);
        return Combinators.combine(Arbitraries.longs().between(0, Long.MAX_VALUE / 2), field, field, header.list().ofMaxSize(4))
            .as((timestamp, key, value, headers) -> new Record(0, timestamp, key, value, Headers.of(headers)));
    }
}
