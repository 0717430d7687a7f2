package io.tributary.core.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.TestBroker;
import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Registration;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddedBrokerTest {
    private static final TopicName ORDERS = TopicName.of("orders");
    private final TestBroker fixture = TestBroker.start();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void keepsTopicsOverARestart() {
        Topic made = get(fixture.broker().topics().create(ORDERS, TopicConfig.ofPartitions(3)));
        fixture.restart();
        Topic found = fixture.broker().topics().find(ORDERS);
        assertThat(found).isNotNull();
        assertThat(found.id()).isEqualTo(made.id());
        assertThat(found.config()).isEqualTo(made.config());
        assertThat(found.partitions()).hasSize(3);
        assertThat(fixture.broker().topics().list(Namespace.DEFAULT)).filteredOn(topic -> !topic.name().isInternal())
            .containsExactly(found);
        assertThat(fixture.broker().topics().find(made.id())).isSameAs(found);
    }

    @Test
    void tellsOfTopicsThatAreCreatedChangedAndDeletedUntilTheListenerGoes() {
        List<String> told = new CopyOnWriteArrayList<>();
        Topics topics = fixture.broker().topics();
        Registration registration = topics.onChange(name -> {
            Topic topic = topics.find(name);
            told.add(name + " " + (topic == null ? 0 : topic.partitions().size()));
        });
        get(topics.create(ORDERS, TopicConfig.ofPartitions(2)));
        get(topics.update(ORDERS, config -> config.withPartitions(4)));
        get(topics.delete(ORDERS));
        registration.close();
        get(topics.create(ORDERS, TopicConfig.ofPartitions(1)));
        assertThat(told).containsExactly("orders 2", "orders 4", "orders 0");
    }

    @Test
    void refusesASecondTopicOfAName() {
        get(fixture.broker().topics().create(ORDERS, TopicConfig.ofPartitions(1)));
        assertFails(fixture.broker().topics().create(ORDERS, TopicConfig.ofPartitions(1)), ErrorCode.TOPIC_EXISTS);
        assertFails(fixture.broker().topics().delete(TopicName.of("nothing")), ErrorCode.TOPIC_NOT_FOUND);
    }

    @Test
    void addsPartitionsButTakesNoneAway() {
        Topic topic = get(fixture.broker().topics().create(ORDERS, TopicConfig.ofPartitions(2)));
        get(fixture.broker().topics().update(ORDERS, config -> config.withPartitions(4)));
        assertThat(topic.partitions()).hasSize(4);
        assertFails(fixture.broker().topics().update(ORDERS, config -> config.withPartitions(1)), ErrorCode.INVALID_ARGUMENT);
        assertThat(topic.config().partitions()).isEqualTo(4);
    }

    @Test
    void publishesAndReadsBackInOrderAlsoAfterARestart() {
        get(fixture.broker().topics().create(ORDERS, TopicConfig.ofPartitions(1)));
        List<CompletionStage<PublishResult>> results = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            results.add(publish("k" + i, "v" + i));
        }
        for (int i = 0; i < results.size(); i++) {
            assertThat(get(results.get(i)).offset()).isEqualTo(i);
        }
        assertThat(values(readAll())).hasSize(1000).startsWith("v0", "v1").endsWith("v999");
        fixture.restart();
        assertThat(values(readAll())).hasSize(1000).startsWith("v0", "v1").endsWith("v999");
        assertThat(get(publish("k", "after")).offset()).isEqualTo(1000);
        fixture.kill();
        assertThat(values(readAll())).hasSize(1001).endsWith("after");
    }

    @Test
    void forgetsTheRecordsOfADeletedTopic() {
        get(fixture.broker().topics().create(ORDERS, TopicConfig.ofPartitions(1)));
        get(publish("k", "v"));
        Partition old = partition();
        get(fixture.broker().topics().delete(ORDERS));
        assertFails(old.readRecords(0, 1, 1000), ErrorCode.CLOSED);
        assertFails(fixture.broker().publisher().publish(PublishRequest.of(ORDERS, null, null, Headers.EMPTY)),
            ErrorCode.TOPIC_NOT_FOUND);
        get(fixture.broker().topics().create(ORDERS, TopicConfig.ofPartitions(1)));
        assertThat(partition().highWatermark()).isZero();
        fixture.restart();
        assertThat(partition().highWatermark()).isZero();
    }

    @Test
    void keepsNothingOfAMemoryTopicButItsName() {
        get(fixture.broker().topics().create(ORDERS, TopicConfig.ofPartitions(1).withStorage(TopicConfig.Storage.MEMORY)));
        get(publish("k", "v"));
        assertThat(values(readAll())).containsExactly("v");
        fixture.restart();
        assertThat(partition().highWatermark()).isZero();
    }

    @Test
    void givesNoNumberTwice() {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            numbers.add(get(fixture.broker().nextId()));
        }
        fixture.kill();
        numbers.add(get(fixture.broker().nextId()));
        assertThat(numbers).doesNotHaveDuplicates().isSorted().startsWith(0L);
    }

    @Test
    void keepsItsClusterIdentifier() {
        String id = fixture.broker().clusterId();
        assertThat(id).hasSize(22).matches("[A-Za-z0-9_-]+");
        fixture.restart();
        assertThat(fixture.broker().clusterId()).isEqualTo(id);
    }

    @Test
    void refusesADirectoryInUse() {
        assertThatThrownBy(() -> EmbeddedBroker.open(BrokerConfig.of(fixture.directory()))).isInstanceOf(BrokerException.class)
            .hasMessage("the data directory " + fixture.directory() + " is in use by another process");
    }

    @Test
    void makesATopicByUseOnlyWhenAllowed() {
        assertThat(get(fixture.broker().topics().getOrAutoCreate(ORDERS)).config()).isEqualTo(fixture.broker().topics().defaults());
        try (TestBroker strict = TestBroker.start(config -> config.withTopics(false, TopicConfig.ofPartitions(1)))) {
            assertFails(strict.broker().topics().getOrAutoCreate(ORDERS), ErrorCode.TOPIC_NOT_FOUND);
        }
    }

    private CompletionStage<PublishResult> publish(String key, String value) {
        return fixture.broker().publisher().publish(PublishRequest.of(ORDERS, key.getBytes(UTF_8), value.getBytes(UTF_8),
            Headers.builder().add("h", key).build()));
    }

    private Partition partition() {
        Topic topic = fixture.broker().topics().find(ORDERS);
        assertThat(topic).isNotNull();
        return topic.partition(0);
    }

    private List<Record> readAll() {
        List<Record> all = new ArrayList<>();
        for (long next = 0; next < partition().highWatermark(); next = all.get(all.size() - 1).offset() + 1) {
            all.addAll(get(partition().readRecords(next, 300, 1 << 20)));
        }
        return all;
    }

    private static List<String> values(List<Record> records) {
        return records.stream().map(record -> new String(record.value(), UTF_8)).toList();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static void assertFails(CompletionStage<?> stage, ErrorCode code) {
        Consumer<Throwable> isOfCode = failure -> assertThat(BrokerException.of(failure).code()).isEqualTo(code);
        assertThatThrownBy(() -> stage.toCompletableFuture().join()).isInstanceOf(CompletionException.class).satisfies(isOfCode);
    }
}
