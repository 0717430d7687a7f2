package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.gateway.acceptance.client.Endpoints;
import io.tributary.gateway.acceptance.client.KafkaClients;
import io.tributary.gateway.acceptance.client.Message;
import io.tributary.gateway.acceptance.client.MessageReader;
import io.tributary.gateway.acceptance.client.MessageWriter;
import io.tributary.gateway.acceptance.client.Tongue.Reading;
import io.tributary.gateway.acceptance.client.Tongue.Writing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Well-behaved clients of every protocol, connected all the while that others misbehave; each on a thread of its own. */
final class Bystanders implements AutoCloseable {
    private static final Map<Writing, Reading> PAIRS = Map.of(
        Writing.KAFKA, Reading.KAFKA, Writing.AMQP, Reading.AMQP, Writing.MQTT, Reading.MQTT, Writing.HTTP, Reading.HTTP_PULL);

    private final Map<Writing, AtomicInteger> turns = new EnumMap<>(Writing.class);
    private final Map<Writing, Throwable> failures = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    Bystanders(Endpoints at) throws Exception {
        for (Map.Entry<Writing, Reading> pair : PAIRS.entrySet()) {
            String topic = "bystander-" + pair.getKey();
            KafkaClients.createTopic(at, topic, 1);
            AtomicInteger made = new AtomicInteger();
            turns.put(pair.getKey(), made);
            Thread thread = new Thread(() -> exchange(at, topic, pair, made), topic);
            threads.add(thread);
            thread.start();
        }
    }

    private void exchange(Endpoints at, String topic, Map.Entry<Writing, Reading> pair, AtomicInteger made) {
        try (MessageReader reader = pair.getValue().open(at, topic); MessageWriter writer = pair.getKey().open(at, topic)) {
            while (!stopping) {
                String text = "turn " + made;
                writer.write(List.of(Message.text("k", text)));
                assertThat(reader.read(1)).as("%s", pair).extracting(Message::bodyText).containsExactly(text);
                made.incrementAndGet();
            }
        } catch (Throwable e) {
            failures.put(pair.getKey(), e);
        }
    }

    /** Waits until every bystander has made some more turns; fails if one has not. */
    void awaitTurns() {
        Map<AtomicInteger, Integer> goals = new HashMap<>();
        turns.values().forEach(made -> goals.put(made, made.get() + 3));
        await("turns of every bystander").atMost(Duration.ofSeconds(60)).until(() ->
            !failures.isEmpty() || goals.entrySet().stream().allMatch(each -> each.getKey().get() >= each.getValue()));
        assertThat(failures).isEmpty();
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
