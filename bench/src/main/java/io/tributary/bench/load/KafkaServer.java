package io.tributary.bench.load;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The server that is measured, and Kafka's own clients of it, with the clients' own defaults but for what a measurement is about. */
final class KafkaServer {
    static final Duration POLL = Duration.ofMillis(200);
    /** For what a busy server does with many topics. */
    static final Duration PATIENCE = Duration.ofMinutes(3);
    /** A controller of Kafka's takes at most 10,000 changes of its metadata in one request. */
    private static final int TOPICS_AT_ONCE = 100;

    private final String bootstrap;
    private final long pid;

    KafkaServer(Arguments arguments) {
        bootstrap = "127.0.0.1:" + arguments.number("port");
        pid = arguments.number("pid");
    }

    long pid() {
        return pid;
    }

    /** A name that no earlier run has used. */
    static String unique(String name) {
        return name + "-" + Long.toHexString(System.nanoTime());
    }

    Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis()));
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer that commits when it is told to. */
    KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A consumer of these partitions from their first record on, which knows where that is. */
    KafkaConsumer<byte[], byte[]> fromBeginning(Collection<TopicPartition> partitions, Map<String, Object> settings) {
        KafkaConsumer<byte[], byte[]> consumer = consumer(settings);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        partitions.forEach(consumer::position);
        return consumer;
    }

    static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count).mapToObj(number -> new TopicPartition(topic, number)).toList();
    }

    /**
     * Makes topics, and returns when every partition of theirs can be written: a broker of Kafka may refuse the first batches of a new
     * partition, and a producer with several in flight then takes long to recover.
     */
    static void createTopics(Admin admin, List<String> topics, int partitions) throws Exception {
        for (int from = 0; from < topics.size(); from += TOPICS_AT_ONCE) {
            List<String> some = topics.subList(from, Math.min(from + TOPICS_AT_ONCE, topics.size()));
            admin.createTopics(some.stream().map(topic -> new NewTopic(topic, partitions, (short) 1)).toList()).all().get();
            Map<TopicPartition, OffsetSpec> all = new HashMap<>();
            some.forEach(topic -> partitions(topic, partitions).forEach(partition -> all.put(partition, OffsetSpec.latest())));
            admin.listOffsets(all).all().get();
        }
    }

    static void deleteTopics(Admin admin, List<String> topics) throws Exception {
        for (int from = 0; from < topics.size(); from += TOPICS_AT_ONCE) {
            admin.deleteTopics(topics.subList(from, Math.min(from + TOPICS_AT_ONCE, topics.size()))).all().get();
        }
    }
}
