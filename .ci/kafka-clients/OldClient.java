import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * An application of the time of Kafka 2.1, with what had not been deprecated then. It is compiled once, with the oldest client, and runs
 * with each later one. Arguments: bootstrap servers, a name for what it makes.
 */
public final class OldClient {
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 200;
    private static final long PATIENCE_SECONDS = 60;

    private final String servers;
    private final String topic;
    private final String copies;
    private final String group;

    private OldClient(String servers, String name) {
        this.servers = servers;
        this.topic = name;
        this.copies = name + "-copies";
        this.group = name + "-group";
    }

    public static void main(String[] arguments) throws Exception {
        new OldClient(arguments[0], arguments[1]).run();
    }

    private void run() throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", servers);
        try (AdminClient admin = AdminClient.create(settings)) {
            makeTopics(admin);
            Set<String> written = new TreeSet<>();
            produce("plain", written, "acks", "1", "enable.idempotence", "false", "compression.type", "gzip");
            produce("idempotent", written, "acks", "all", "enable.idempotence", "true");
            produceInTransactions(written);
            consumeInTwoSittings(admin, written);
            copyInTransactions(admin, written);
            remove(admin);
        }
    }

    private void makeTopics(AdminClient admin) throws Exception {
        NewTopic first = new NewTopic(topic, 1, (short) 1).configs(Collections.singletonMap("retention.ms", "3600000"));
        await(admin.createTopics(Arrays.asList(first, new NewTopic(copies, 1, (short) 1))).all());
        await(admin.createPartitions(Collections.singletonMap(topic, NewPartitions.increaseTo(PARTITIONS))).all());
        TopicDescription description = await(admin.describeTopics(Collections.singleton(topic)).values().get(topic));
        require(description.partitions().size() == PARTITIONS, "partitions of " + description);
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = await(admin.describeConfigs(Collections.singleton(resource)).all()).get(resource);
        require(config.get("retention.ms").value().equals("3600000"), "retention.ms of " + config);
        require(await(admin.listTopics().names()).contains(copies), "listed topics");
        require(await(admin.describeCluster().nodes()).size() == 1, "nodes");
    }

    private KafkaProducer<String, String> producer(String... settings) {
        return new KafkaProducer<>(settings(settings), new StringSerializer(), new StringSerializer());
    }

    private void send(KafkaProducer<String, String> producer, String kind, Set<String> written) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            ProducerRecord<String, String> record = new ProducerRecord<>(topic, i % PARTITIONS, "key" + i, kind + " " + i);
            record.headers().add("kind", kind.getBytes(StandardCharsets.UTF_8));
            sent.add(producer.send(record));
        }
        producer.flush();
        long[] last = new long[PARTITIONS];
        Arrays.fill(last, -1);
        for (Future<RecordMetadata> each : sent) {
            RecordMetadata stored = await(each);
            long before = last[stored.partition()];
            require(stored.offset() > before, kind + ": offset " + stored.offset() + " after " + before);
            last[stored.partition()] = stored.offset();
        }
        for (int i = 0; written != null && i < RECORDS; i++) {
            written.add(kind + " " + i);
        }
    }

    private void produce(String kind, Set<String> written, String... settings) throws Exception {
        try (KafkaProducer<String, String> producer = producer(settings)) {
            send(producer, kind, written);
        }
    }

    private void produceInTransactions(Set<String> written) throws Exception {
        try (KafkaProducer<String, String> producer = producer("transactional.id", topic + "-writer")) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, "committed", written);
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, "aborted", null);
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, "committed later", written);
            producer.commitTransaction();
        }
    }

    private KafkaConsumer<String, String> consumer(String name, int maxRecords) {
        Map<String, Object> settings = settings("group.id", name, "auto.offset.reset", "earliest", "enable.auto.commit", "false",
            "isolation.level", "read_committed", "max.poll.records", Integer.toString(maxRecords));
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    /** A group stops in the middle, and the next member goes on where its commit was; each record comes once and in order. */
    private void consumeInTwoSittings(AdminClient admin, Set<String> written) throws Exception {
        Set<String> read = new TreeSet<>();
        Map<Integer, Long> positions = new HashMap<>();
        List<TopicPartition> assigned = new ArrayList<>();
        for (int goal : new int[] {written.size() / 2, written.size()}) {
            try (KafkaConsumer<String, String> consumer = consumer(group, 50)) {
                consumer.subscribe(Collections.singleton(topic), new ConsumerRebalanceListener() {
                    @Override
                    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                        // Of no interest here.
                    }

                    @Override
                    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                        assigned.addAll(partitions);
                    }
                });
                long giveUp = giveUp();
                while (read.size() < goal) {
                    require(System.nanoTime() < giveUp, read.size() + " of " + goal + " records came");
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                        Long before = positions.put(record.partition(), record.offset());
                        require(before == null || before < record.offset(), "offset " + record.offset() + " after " + before);
                        require(read.add(record.value()), record.value() + " came twice");
                        String kind = new String(record.headers().lastHeader("kind").value(), StandardCharsets.UTF_8);
                        require(record.value().startsWith(kind), "header " + kind + " of " + record.value());
                    }
                    consumer.commitSync();
                }
            }
        }
        require(read.equals(written), "read " + read.size() + " records, not those that were written");
        require(assigned.size() == 2 * PARTITIONS, "assigned were " + assigned);
        require(await(admin.listConsumerGroups().all()).stream().anyMatch(each -> each.groupId().equals(group)), "listed groups");
        ConsumerGroupDescription description = await(admin.describeConsumerGroups(Collections.singleton(group)).all()).get(group);
        require(description.members().isEmpty(), "members of " + description);
    }

    /** Consume, transform, produce: the offsets go with the transaction. */
    private void copyInTransactions(AdminClient admin, Set<String> written) throws Exception {
        String copier = group + "-copier";
        Set<String> copied = new TreeSet<>();
        Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = consumer(copier, 100);
             KafkaProducer<String, String> producer = producer("transactional.id", topic + "-copier")) {
            producer.initTransactions();
            consumer.subscribe(Collections.singleton(topic));
            long giveUp = giveUp();
            while (copied.size() < written.size()) {
                require(System.nanoTime() < giveUp, copied.size() + " of " + written.size() + " records were copied");
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                producer.beginTransaction();
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    producer.send(new ProducerRecord<>(copies, record.key(), record.value()));
                    offsets.put(new TopicPartition(topic, record.partition()), new OffsetAndMetadata(record.offset() + 1));
                    copied.add(record.value());
                }
                producer.sendOffsetsToTransaction(offsets, copier);
                producer.commitTransaction();
                done.putAll(offsets);
            }
        }
        TopicPartition only = new TopicPartition(copies, 0);
        List<String> read = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer(copier + "-check", 500)) {
            consumer.assign(Collections.singleton(only));
            consumer.seekToBeginning(Collections.singleton(only));
            long giveUp = giveUp();
            long end = consumer.endOffsets(Collections.singleton(only)).get(only);
            while (consumer.position(only) < end) {
                require(System.nanoTime() < giveUp, "position " + consumer.position(only) + " of " + end);
                consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
            }
        }
        // A commit is answered when it is decided; the group hears of it a moment later.
        Map<TopicPartition, OffsetAndMetadata> committed = Collections.emptyMap();
        for (long giveUp = giveUp(); !committed.equals(done);) {
            require(System.nanoTime() < giveUp, "committed are " + committed + ", not " + done);
            committed = await(admin.listConsumerGroupOffsets(copier).partitionsToOffsetAndMetadata());
        }
        require(read.size() == written.size() && copied.equals(written), read.size() + " copies");
    }

    private void remove(AdminClient admin) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        long low = await(admin.deleteRecords(Collections.singletonMap(partition, RecordsToDelete.beforeOffset(10)))
            .lowWatermarks().get(partition)).lowWatermark();
        require(low == 10, "low watermark " + low);
        await(admin.deleteConsumerGroups(Collections.singleton(group)).all());
        await(admin.deleteTopics(Arrays.asList(topic, copies)).all());
        require(!await(admin.listTopics().names()).contains(topic), "the deleted topic is listed");
    }

    private Map<String, Object> settings(String... pairs) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", servers);
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put(pairs[i], pairs[i + 1]);
        }
        return settings;
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static long giveUp() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }
}
