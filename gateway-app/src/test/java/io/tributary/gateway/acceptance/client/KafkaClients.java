package io.tributary.gateway.acceptance.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The Java client of Kafka. */
public final class KafkaClients {
    private KafkaClients() {
    }

    public static Admin admin(Endpoints at) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, at.bootstrap()));
    }

    /** Creates a topic and waits for it. */
    public static void createTopic(Endpoints at, String topic, int partitions) throws Exception {
        createTopic(at, topic, partitions, Map.of());
    }

    /** As the other, with configs. */
    public static void createTopic(Endpoints at, String topic, int partitions, Map<String, String> configs) throws Exception {
        try (Admin admin = admin(at)) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs))).all().get(30, TimeUnit.SECONDS);
        }
    }

    /** A producer with the client's defaults (idempotent, acks=all) and what is overridden. */
    public static KafkaProducer<byte[], byte[]> producer(Endpoints at, Map<String, Object> overrides) {
        Map<String, Object> config = new HashMap<>(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, at.bootstrap()));
        config.putAll(overrides);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer of the group, from the earliest record, committing only when asked to. */
    public static KafkaConsumer<byte[], byte[]> consumer(Endpoints at, String group) {
        return new KafkaConsumer<>(Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, at.bootstrap(),
            ConsumerConfig.GROUP_ID_CONFIG, group,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
            // A fetch that waits at the end holds up the one after a seek.
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20,
            ConsumerConfig.METADATA_MAX_AGE_CONFIG, 1_000),
            new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    public static MessageWriter writer(Endpoints at, String topic) {
        KafkaProducer<byte[], byte[]> producer = producer(at, Map.of());
        return new MessageWriter() {
            @Override
            public void write(List<Message> messages) throws Exception {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (Message message : messages) {
                    sent.add(producer.send(record(topic, message)));
                }
                for (Future<RecordMetadata> each : sent) {
                    each.get(30, TimeUnit.SECONDS);
                }
            }

            @Override
            public void close() {
                producer.close(Duration.ofSeconds(5));
            }
        };
    }

    /** A reader whose group has joined and reads from the earliest record. */
    public static MessageReader reader(Endpoints at, String topic) {
        KafkaConsumer<byte[], byte[]> consumer = consumer(at, "reader-" + UUID.randomUUID());
        consumer.subscribe(List.of(topic));
        List<Message> early = new ArrayList<>();
        long deadline = System.nanoTime() + MessageReader.PATIENCE_MS * 1_000_000;
        while (consumer.assignment().isEmpty() && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(100)).forEach(each -> early.add(message(each)));
        }
        return new MessageReader() {
            @Override
            public void poll(List<Message> into, long waitMs) {
                into.addAll(early);
                early.clear();
                consumer.poll(Duration.ofMillis(waitMs)).forEach(each -> into.add(message(each)));
            }

            @Override
            public void close() {
                consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(5)));
            }
        };
    }

    public static ProducerRecord<byte[], byte[]> record(String topic, Message message) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, bytes(message.subject()), message.body());
        if (message.contentType() != null) {
            record.headers().add("content-type", bytes(message.contentType()));
        }
        if (message.correlationId() != null) {
            record.headers().add("correlation-id", bytes(message.correlationId()));
        }
        message.headers().forEach((name, value) -> record.headers().add(name, bytes(value)));
        return record;
    }

    public static Message message(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        String subject = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
        return Metadata.message(subject, record.value() == null ? new byte[0] : record.value(), headers);
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
