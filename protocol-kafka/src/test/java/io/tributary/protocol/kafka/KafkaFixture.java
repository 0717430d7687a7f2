package io.tributary.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.tributary.core.TestBroker;
import io.tributary.core.access.AclAuthorizer;
import io.tributary.core.access.UserAuthenticator;
import io.tributary.core.api.Broker;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.model.Namespace;
import io.tributary.core.protocol.ProtocolContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/** A broker in this process that speaks Kafka, or {@link KafkaPeer Kafka itself}, and Kafka's own clients for it. */
final class KafkaFixture implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    /** As small as the tests need it, so that they start fast. */
    static final KafkaConfig CONFIG = KafkaConfig.DEFAULT.withGroups(new KafkaConfig.Groups(5, 1, Duration.ZERO, Duration.ofSeconds(1),
        Duration.ofMinutes(5), 100, Duration.ofDays(7), 4096)).withTransactions(new KafkaConfig.Transactions(5, Duration.ofMinutes(15),
        Duration.ofMillis(100), Duration.ofDays(7), Duration.ofSeconds(1), 1_000));

    private final @Nullable TestBroker broker;
    private final int port;
    private final List<AutoCloseable> clients = new ArrayList<>();

    KafkaFixture() {
        this(CONFIG);
    }

    KafkaFixture(KafkaConfig config) {
        this(config, UnaryOperator.identity());
    }

    KafkaFixture(KafkaConfig config, UnaryOperator<BrokerConfig> settings) {
        this(config, settings, ProtocolContext::open);
    }

    KafkaFixture(KafkaConfig config, UnaryOperator<BrokerConfig> settings, Function<Broker, ProtocolContext> context) {
        this(() -> new KafkaProtocol(config), settings, context);
    }

    /** With a protocol that the test has a hand on. */
    KafkaFixture(Supplier<KafkaProtocol> protocol) {
        this(protocol, UnaryOperator.identity(), ProtocolContext::open);
    }

    private KafkaFixture(Supplier<KafkaProtocol> protocol, UnaryOperator<BrokerConfig> settings,
                         Function<Broker, ProtocolContext> context) {
        if (KafkaPeer.isTested()) {
            broker = null;
            port = KafkaPeer.port();
        } else {
            TestBroker own = TestBroker.start(settings);
            broker = own;
            port = own.serveAlways(protocol, context);
        }
    }

    /** A broker whose clients must be users, of whom {@code admin} with the password {@code admin-secret} may do everything. */
    static KafkaFixture secured(KafkaConfig config) {
        return secured(config, Map.of());
    }

    /** As {@link #secured(KafkaConfig)}, with an administrator of each of these names in the namespace. */
    static KafkaFixture secured(KafkaConfig config, Map<String, Namespace> namespaces) {
        Map<String, String> configured = new HashMap<>(Map.of("admin", "admin-secret"));
        namespaces.keySet().forEach(name -> configured.put(name, "admin-secret"));
        return new KafkaFixture(config, UnaryOperator.identity(), broker -> new ProtocolContext(broker,
            new UserAuthenticator(configured, namespaces, broker.access().logins(), false, null),
            new AclAuthorizer(broker.access()::acls, configured.keySet(), false), null));
    }

    /** A client's settings by which it logs in. */
    static Map<String, Object> login(String mechanism, String name, String password) {
        String module = mechanism.equals("PLAIN") ? PlainLoginModule.class.getName() : ScramLoginModule.class.getName();
        return Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", mechanism,
            "sasl.jaas.config", module + " required username=\"" + name + "\" password=\"" + password + "\";");
    }

    Admin admin(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", bootstrap());
        return closing(Admin.create(all));
    }

    /** The broker in this process; a test that asks for it is one for {@link OwnBroker}. */
    TestBroker broker() {
        return Objects.requireNonNull(broker, "Kafka has no inside for a test");
    }

    int port() {
        return port;
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    Admin admin() {
        return closing(Admin.create(Map.of("bootstrap.servers", bootstrap())));
    }

    KafkaProducer<String, String> producer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", bootstrap());
        return closing(new KafkaProducer<>(all, new StringSerializer(), new StringSerializer()));
    }

    KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of("auto.offset.reset", "earliest", "enable.auto.commit", "false"));
        all.putAll(settings);
        all.put("bootstrap.servers", bootstrap());
        return closing(new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer()));
    }

    void createTopic(String name, int partitions) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
            get(admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all());
            sees(admin, name);
        }
    }

    /** Waits until Kafka's broker has heard from its controller of a topic that was made. Ours has it when it answers. */
    static void sees(Admin admin, String topic) {
        seen(() -> get(admin.describeTopics(List.of(topic)).allTopicNames()));
    }

    /** An expectation of what an administrator has changed, which Kafka's broker meets when it has heard of it, and ours at once. */
    static void seen(ThrowingRunnable expectation) {
        if (KafkaPeer.isTested()) {
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(expectation);
        } else {
            assertThatCode(expectation::run).doesNotThrowAnyException();
        }
    }

    /** As the administrator sees it. */
    static Uuid topicId(Admin admin, String topic) {
        return Objects.requireNonNull(get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic), topic).topicId();
    }

    /** Polls until there are as many records. */
    static List<ConsumerRecord<String, String>> poll(Consumer<String, String> consumer, int count) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (records.size() < count && System.nanoTime() < giveUp) {
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        return records;
    }

    static <T> T get(Future<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    <C extends AutoCloseable> C closing(C client) {
        clients.add(client);
        return client;
    }

    /** Ends the clients that were made here. */
    void closeClients() {
        for (AutoCloseable client : clients) {
            try {
                client.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        clients.clear();
    }

    @Override
    public void close() {
        closeClients();
        if (broker != null) {
            broker.close();
        }
    }
}
