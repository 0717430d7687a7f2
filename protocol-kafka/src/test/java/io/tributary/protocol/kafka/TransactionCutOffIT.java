package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.tributary.core.TestBroker;
import io.tributary.core.protocol.Protocol;
import io.tributary.core.protocol.ProtocolContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** The broker is killed after each of the steps of consume, transform and produce; the client goes on, and everything counts once. */
@SuppressWarnings("FutureReturnValueIgnored") // a commit or a flush tells of a send that failed
@OwnBroker("kills")
class TransactionCutOffIT {
    private static final int RECORDS = 4;
    private static final int RECORDS_A_TRANSACTION = 2;
    /** A run that needs more steps than this does not come to its end. */
    private static final int MOST_STEPS = 200;

    private final CutOff cutOff = new CutOff();
    private final AtomicInteger startedAnew = new AtomicInteger();
    private int port;

    /** The protocol on a broker that is cut off. */
    private final class CutOffProtocol implements Protocol {
        private final Protocol kafka = new KafkaProtocol(KafkaFixture.CONFIG);

        @Override
        public String name() {
            return kafka.name();
        }

        @Override
        public int defaultPort() {
            return kafka.defaultPort();
        }

        @Override
        public CompletionStage<ChannelInitializer<Channel>> start(ProtocolContext context) {
            return kafka.start(ProtocolContext.open(cutOff.wrap(context.broker())));
        }

        @Override
        public CompletionStage<Void> stop() {
            return kafka.stop();
        }
    }

    private Map<String, Object> settings(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(more);
        all.put("bootstrap.servers", "127.0.0.1:" + port);
        all.put("reconnect.backoff.max.ms", 100);
        return all;
    }

    private KafkaConsumer<String, String> consumer(Map<String, Object> more) {
        Map<String, Object> all = settings(more);
        all.putAll(Map.of("isolation.level", "read_committed", "enable.auto.commit", "false", "auto.offset.reset", "earliest"));
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    @Test
    void everythingCountsOnceWhereverTheBrokerIsKilled() {
        try (TestBroker broker = TestBroker.start()) {
            List<Protocol> started = new ArrayList<>();
            port = broker.serveAlways(() -> {
                Protocol protocol = new CutOffProtocol();
                started.add(protocol);
                return protocol;
            });
            int steps = 0;
            boolean cut = true;
            while (cut) {
                cut = run(broker, started, steps++);
                assertThat(steps).isLessThan(MOST_STEPS);
            }
            assertThat(steps).as("steps of %s transactions", RECORDS / RECORDS_A_TRANSACTION)
                .isGreaterThan(8 * RECORDS / RECORDS_A_TRANSACTION);
            assertThat(startedAnew).as("the producer of this protocol is never done for by a death of the broker").hasValue(0);
        }
    }

    /** Returns whether the run was long enough to be cut off. */
    private boolean run(TestBroker broker, List<Protocol> started, int steps) {
        String in = "in-" + steps;
        String out = "out-" + steps;
        try (Admin admin = Admin.create(settings(Map.of()))) {
            get(admin.createTopics(List.of(new NewTopic(in, 1, (short) 1), new NewTopic(out, 2, (short) 1))).all());
            try (KafkaProducer<String, String> source = producer(Map.of())) {
                IntStream.range(0, RECORDS).forEach(i -> source.send(new ProducerRecord<>(in, null, Integer.toString(i))));
            }
            cutOff.allow(steps);
            CompletableFuture<Void> done = CompletableFuture.runAsync(() -> transformAll(in, out, "cut-" + steps));
            await().atMost(KafkaFixture.PATIENCE).until(() -> done.isDone() || cutOff.isReached());
            boolean cut = cutOff.isReached();
            if (cut) {
                cutOff.lift();
                Protocol killed = started.get(started.size() - 1);
                broker.kill();
                get(killed.stop().toCompletableFuture());
            }
            get(done);
            cutOff.lift();
            check(admin, out, "cut-" + steps);
            return cut;
        }
    }

    private KafkaProducer<String, String> producer(Map<String, Object> more) {
        return new KafkaProducer<>(settings(more), new StringSerializer(), new StringSerializer());
    }

    /** What an application does: when its producer is done for it begins anew, where the committed offsets tell. */
    private void transformAll(String in, String out, String id) {
        boolean done = false;
        while (!done) {
            try (KafkaProducer<String, String> producer = producer(Map.of("transactional.id", id));
                 KafkaConsumer<String, String> consumer = consumer(Map.of("group.id", id, "max.poll.records", RECORDS_A_TRANSACTION))) {
                producer.initTransactions();
                consumer.assign(List.of(new TopicPartition(in, 0)));
                while (consumer.position(new TopicPartition(in, 0)) < RECORDS) {
                    transformSome(producer, consumer, in, out);
                }
                done = true;
            } catch (KafkaException e) {
                startedAnew.incrementAndGet();
            }
        }
    }

    private static void transformSome(KafkaProducer<String, String> producer, KafkaConsumer<String, String> consumer, String in,
                                      String out) {
        var taken = consumer.poll(Duration.ofSeconds(5));
        if (taken.isEmpty()) {
            return;
        }
        producer.beginTransaction();
        long next = 0;
        for (ConsumerRecord<String, String> record : taken) {
            producer.send(new ProducerRecord<>(out, (int) record.offset() % 2, null, record.value()));
            next = record.offset() + 1;
        }
        producer.sendOffsetsToTransaction(Map.of(new TopicPartition(in, 0), new OffsetAndMetadata(next)), consumer.groupMetadata());
        producer.commitTransaction();
    }

    private void check(Admin admin, String out, String id) {
        List<TopicPartition> partitions = List.of(new TopicPartition(out, 0), new TopicPartition(out, 1));
        List<String> seen = new ArrayList<>();
        try (KafkaConsumer<String, String> reader = consumer(Map.of())) {
            reader.assign(partitions);
            await().atMost(KafkaFixture.PATIENCE).until(() -> get(admin.describeTransactions(List.of(id)).description(id)).state()
                == TransactionState.COMPLETE_COMMIT);
            var ends = reader.endOffsets(partitions);
            partitions.forEach(partition -> assertThat(get(admin.listOffsets(Map.of(partition, OffsetSpec.latest()),
                new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED)).partitionResult(partition)).offset())
                .as("nothing is left open in %s", partition).isEqualTo(Objects.requireNonNull(ends.get(partition))));
            reader.seekToBeginning(partitions);
            while (partitions.stream().anyMatch(partition -> reader.position(partition) < Objects.requireNonNull(ends.get(partition)))) {
                reader.poll(Duration.ofMillis(100)).forEach(record -> seen.add(record.value()));
            }
        }
        assertThat(seen).as("records of %s", out)
            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, RECORDS).mapToObj(Integer::toString).toList());
        assertThat(get(admin.listConsumerGroupOffsets(id).partitionsToOffsetAndMetadata()).values())
            .containsExactly(new OffsetAndMetadata(RECORDS));
    }
}
