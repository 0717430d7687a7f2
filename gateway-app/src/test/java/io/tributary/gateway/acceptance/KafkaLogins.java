package io.tributary.gateway.acceptance;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's clients with a login, for tests of who may do what. */
final class KafkaLogins {
    private static final long PATIENCE_SECONDS = 60;

    private KafkaLogins() {
    }

    static Map<String, Object> login(int port, String mechanism, String name, String password) {
        String module = mechanism.equals("PLAIN") ? PlainLoginModule.class.getName() : ScramLoginModule.class.getName();
        return Map.of("bootstrap.servers", "127.0.0.1:" + port, "security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", mechanism,
            "sasl.jaas.config", module + " required username=\"" + name + "\" password=\"" + password + "\";");
    }

    static Map<String, Object> with(Map<String, Object> settings, Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putAll(more);
        return all;
    }

    /** Fails with the exception of Kafka's client. */
    static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** How many nodes there are; a call that anybody may make who is let in. */
    static int nodes(Map<String, Object> settings) throws Exception {
        try (Admin admin = Admin.create(settings)) {
            return get(admin.describeCluster().nodes()).size();
        }
    }

    /** Without idempotence, for which a right of its own is asked, so that it is not clear which refusal comes first. */
    static void produce(Map<String, Object> settings, String topic) throws Exception {
        Map<String, Object> plain = with(settings, Map.of("enable.idempotence", "false"));
        try (Producer<String, String> producer = new KafkaProducer<>(plain, new StringSerializer(), new StringSerializer())) {
            get(producer.send(new ProducerRecord<>(topic, "k", "v")));
        }
    }
}
