package io.tributary.gateway.acceptance;

import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One idempotent Kafka producer that lives through the server's deaths and repeats what was not acknowledged. Runs on a thread of its own;
 * the counters may be read from any.
 */
final class IdempotentLoad implements Runnable, AutoCloseable {
    private static final int IN_FLIGHT = 500;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final Semaphore window = new Semaphore(IN_FLIGHT);
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this, "load-kafka-idempotent");
    private volatile boolean stopping;

    IdempotentLoad(Endpoints at, String topic) {
        this.topic = topic;
        this.producer = KafkaClients.producer(at, Map.of(
            ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200, ProducerConfig.BATCH_SIZE_CONFIG, 1_024));
        thread.start();
    }

    int count() {
        return acknowledged.get();
    }

    @Nullable Exception failure() {
        return failure.get();
    }

    /** Stops sending, waits for every acknowledgement and returns how many records were sent. */
    int finish() throws InterruptedException {
        stopping = true;
        thread.join();
        producer.flush();
        return sent.get();
    }

    @Override
    public void run() {
        while (!stopping && failure.get() == null) {
            window.acquireUninterruptibly();
            byte[] number = Integer.toString(sent.getAndIncrement()).getBytes(StandardCharsets.UTF_8);
            send(number, error -> {
                window.release();
                if (error == null) {
                    acknowledged.incrementAndGet();
                } else {
                    failure.compareAndSet(null, error);
                }
            });
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of it.
    private void send(byte[] number, Consumer<@Nullable Exception> whenDone) {
        producer.send(new ProducerRecord<>(topic, 0, null, number), (metadata, error) -> whenDone.accept(error));
    }

    @Override
    public void close() {
        stopping = true;
        producer.close(Duration.ZERO);
    }
}
