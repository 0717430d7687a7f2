package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tributary.core.api.Topic;
import io.tributary.core.batch.TestBatches;
import io.tributary.core.model.TopicName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What kafka-transactions.sh and the admin client do with transactions (KIP-664). */
class TransactionAdminIT {
    private static KafkaFixture fixture;
    private static Admin admin;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture();
        admin = fixture.admin();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static KafkaProducer<String, String> open(String id, String topic) {
        KafkaProducer<String, String> producer = fixture.producer(Map.of("transactional.id", id));
        producer.initTransactions();
        producer.beginTransaction();
        get(producer.send(new ProducerRecord<>(topic, 0, "k", "v")));
        return producer;
    }

    private static Collection<String> list(ListTransactionsOptions options) {
        return get(admin.listTransactions(options).all()).stream().map(TransactionListing::transactionalId).toList();
    }

    private static TransactionState state(String id) {
        return get(admin.describeTransactions(List.of(id)).description(id)).state();
    }

    @Test
    void transactionsAreListedByStateProducerAgeAndName() {
        fixture.createTopic("listed", 1);
        KafkaProducer<String, String> ended = open("list-ended", "listed");
        ended.commitTransaction();
        KafkaProducer<String, String> open = open("list-open", "listed");
        await().until(() -> state("list-ended") == TransactionState.COMPLETE_COMMIT);
        assertThat(list(new ListTransactionsOptions())).contains("list-ended", "list-open");
        assertThat(list(new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING)))).contains("list-open")
            .doesNotContain("list-ended");
        long producer = get(admin.describeTransactions(List.of("list-ended")).description("list-ended")).producerId();
        assertThat(list(new ListTransactionsOptions().filterProducerIds(Set.of(producer)))).containsExactly("list-ended");
        assertThat(list(new ListTransactionsOptions().filterOnDuration(3_600_000)))
            .doesNotContain("list-open", "list-ended");
        await().until(() -> list(new ListTransactionsOptions().filterOnDuration(1)).contains("list-open"));
        assertThat(list(new ListTransactionsOptions().filterOnTransactionalIdPattern("list-o.*"))).containsExactly("list-open");
        assertThatThrownBy(() -> list(new ListTransactionsOptions().filterOnTransactionalIdPattern("(")))
            .isInstanceOf(InvalidRegularExpression.class);
        open.abortTransaction();
    }

    @Test
    void aTransactionIsDescribedWithItsProducerAndPartitions() {
        fixture.createTopic("described", 2);
        KafkaProducer<String, String> producer = open("describe", "described");
        get(producer.send(new ProducerRecord<>("described", 1, "k", "v")));
        TransactionDescription description = get(admin.describeTransactions(List.of("describe")).description("describe"));
        assertThat(description.state()).isEqualTo(TransactionState.ONGOING);
        assertThat(description.topicPartitions())
            .containsExactlyInAnyOrder(new TopicPartition("described", 0), new TopicPartition("described", 1));
        assertThat(description.transactionStartTimeMs()).isPresent();
        assertThat(description.transactionTimeoutMs()).isEqualTo(60_000);
        TopicPartition partition = new TopicPartition("described", 1);
        List<ProducerState> producers = get(admin.describeProducers(List.of(partition)).partitionResult(partition)).activeProducers();
        assertThat(producers).hasSize(1);
        assertThat(producers.get(0).producerId()).isEqualTo(description.producerId());
        assertThat(producers.get(0).producerEpoch()).isEqualTo(description.producerEpoch());
        assertThat(producers.get(0).currentTransactionStartOffset()).hasValue(0);
        assertThat(producers.get(0).lastSequence()).isZero();
        producer.commitTransaction();
        await().untilAsserted(() -> assertThat(get(admin.describeProducers(List.of(partition)).partitionResult(partition))
            .activeProducers().get(0).currentTransactionStartOffset()).isEmpty());
        assertThatThrownBy(() -> get(admin.describeTransactions(List.of("unheard of")).description("unheard of")))
            .isInstanceOf(TransactionalIdNotFoundException.class);
    }

    @Test
    void aProducerIsFencedByTheAdmin() {
        fixture.createTopic("fencing", 1);
        KafkaProducer<String, String> producer = open("fence", "fencing");
        get(admin.fenceProducers(List.of("fence")).all());
        assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        // A transaction that is fenced away has been aborted before the new epoch was given.
        assertThat(state("fence")).isEqualTo(TransactionState.EMPTY);
    }

    @Test
    @OwnBroker("records that no coordinator knows of")
    void aTransactionThatNoCoordinatorKnowsOfIsFoundAndAborted() {
        fixture.createTopic("hanging", 1);
        TopicPartition partition = new TopicPartition("hanging", 0);
        Topic topic = fixture.broker().broker().topics().find(TopicName.of("hanging"));
        assertThat(topic).isNotNull();
        get(topic.partition(0).appendInTransaction(TestBatches.transactional(99_000, 3, 0, List.of(Map.entry("k", "v")))).durable()
            .toCompletableFuture());
        assertThat(topic.partition(0).lastStableOffset()).isZero();
        ProducerState hanging = get(admin.describeProducers(List.of(partition)).partitionResult(partition)).activeProducers().get(0);
        assertThat(hanging.currentTransactionStartOffset()).hasValue(0);
        get(admin.abortTransaction(new AbortTransactionSpec(partition, hanging.producerId(), (short) hanging.producerEpoch(),
            hanging.coordinatorEpoch().orElse(0))).all());
        await().until(() -> topic.partition(0).lastStableOffset() == 2);
        assertThat(get(admin.describeProducers(List.of(partition)).partitionResult(partition)).activeProducers().get(0)
            .currentTransactionStartOffset()).isEmpty();
    }

    @Test
    void theTopicOfTransactionsIsThereToBeReadOnly() {
        fixture.createTopic("state", 1);
        open("state", "state").commitTransaction();
        assertThat(get(admin.listTopics(new ListTopicsOptions().listInternal(true)).names()))
            .contains("__transaction_state").noneMatch("__transactions"::equals);
        assertThat(get(admin.listTopics().names())).doesNotContain("__transaction_state");
        try (KafkaProducer<String, String> producer = fixture.producer(Map.of())) {
            assertThatThrownBy(() -> get(producer.send(new ProducerRecord<>("__transaction_state", "k", "v"))))
                .isInstanceOf(KafkaException.class);
        }
    }
}
