package io.tributary.bench.load;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Sends, and tells at the end whether anything failed. */
final class CheckedProducer {
    private final Producer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    CheckedProducer(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** The callback sees what the future would hold. */
    @SuppressWarnings("FutureReturnValueIgnored")
    void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record, (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            }
        });
    }

    /** Returns when everything sent is acknowledged; fails with what failed first. */
    void flush() throws Exception {
        producer.flush();
        check();
    }

    /** Fails with what failed first so far. */
    void check() throws Exception {
        Exception first = failure.get();
        if (first != null) {
            throw first;
        }
    }
}
