package io.tributary.bench.load;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * HiveMQ's MQTT 5 client against one server: one publisher and some subscribers of the same topic, as fast as a bounded number of messages
 * under way allows, then at a fixed rate. Another topic goes before.
 *
 * <p>Arguments: {@code port} and {@code pid} of the server, {@code qos}, {@code subscribers}, {@code records} and {@code warm-up}
 * (deliveries), {@code size} (bytes of a payload), {@code rate} (deliveries a second) and {@code seconds} of the last phase.
 */
public final class MqttLoad {
    private static final int UNDER_WAY = 1000;
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final int port;
    private final long pid;
    private final MqttQos qos;
    private final int subscribers;
    private final int size;
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Figures figures = new Figures();

    private MqttLoad(Arguments arguments) {
        port = arguments.number("port");
        pid = arguments.number("pid");
        qos = Objects.requireNonNull(MqttQos.fromCode(arguments.number("qos")));
        subscribers = arguments.number("subscribers");
        size = arguments.number("size");
    }

    /** Prints the figures; ends with an exception when anything was lost or failed. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = new Arguments(args);
        new MqttLoad(arguments).run(arguments);
    }

    private void run(Arguments arguments) throws Exception {
        Mqtt5AsyncClient publisher = connect("publisher");
        flood(publisher, "bench-warm-up", arguments.number("warm-up"));
        ServerUsage.atRest(pid);
        measureThroughput(publisher, arguments.number("records"));
        measureLatency(publisher, arguments.number("rate"), arguments.number("seconds"));
        publisher.disconnect().get();
        figures.print();
    }

    private void measureThroughput(Mqtt5AsyncClient publisher, int deliveries) throws Exception {
        ServerUsage before = ServerUsage.of(pid);
        double clientBefore = ClientCpu.seconds();
        long nanos = flood(publisher, "bench-flood", deliveries);
        double client = ClientCpu.seconds() - clientBefore;
        figures.putPhase("delivered", deliveries / subscribers * subscribers, size, nanos, ServerUsage.atRest(pid).since(before), client);
    }

    /** Publishes until every subscriber has its share; returns the nanoseconds it took. */
    private long flood(Mqtt5AsyncClient publisher, String topic, int deliveries) throws Exception {
        int messages = deliveries / subscribers;
        int window = Math.max(10, UNDER_WAY / subscribers);
        delivered.set(0);
        List<Mqtt5AsyncClient> clients = subscribe(topic, publish -> delivered.incrementAndGet());
        byte[] payload = new byte[size];
        long start = System.nanoTime();
        for (int i = 0; i < messages; i++) {
            awaitDelivered((long) (i - window) * subscribers);
            publish(publisher, topic, payload);
        }
        awaitDelivered((long) messages * subscribers);
        long nanos = System.nanoTime() - start;
        disconnect(clients);
        return nanos;
    }

    /** Publishes by the clock and counts each delivery's time from when its message was due. */
    private void measureLatency(Mqtt5AsyncClient publisher, int rate, int seconds) throws Exception {
        int perSecond = Math.max(1, rate / subscribers);
        int messages = perSecond * seconds;
        int skipped = perSecond * subscribers;
        long[] samples = new long[messages * subscribers];
        delivered.set(0);
        List<Mqtt5AsyncClient> clients = subscribe("bench-latency", publish -> {
            long now = System.nanoTime();
            samples[(int) delivered.getAndIncrement()] = now - ByteBuffer.wrap(publish.getPayloadAsBytes()).getLong();
        });
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long start = System.nanoTime();
        for (int i = 0; i < messages; i++) {
            long due = start + i * interval;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            byte[] payload = new byte[size];
            ByteBuffer.wrap(payload).putLong(due);
            publish(publisher, "bench-latency", payload);
        }
        awaitDelivered(samples.length);
        disconnect(clients);
        long[] measured = new long[samples.length - skipped];
        System.arraycopy(samples, skipped, measured, 0, measured.length);
        figures.putLatency("latency", measured);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a failure is noted, and ends the wait for the deliveries
    private void publish(Mqtt5AsyncClient publisher, String topic, byte[] payload) {
        publisher.publishWith().topic(topic + "/a").qos(qos).payload(payload).send().whenComplete((result, error) -> {
            Throwable cause = error != null ? error : result.getError().orElse(null);
            if (cause != null) {
                failure.compareAndSet(null, cause);
            }
        });
    }

    private void awaitDelivered(long count) {
        long lastProgress = System.nanoTime();
        long before = delivered.get();
        while (delivered.get() < count) {
            LockSupport.parkNanos(PAUSE_NANOS);
            Throwable cause = failure.get();
            if (cause != null) {
                throw new IllegalStateException("a message was not published", cause);
            }
            if (delivered.get() != before) {
                before = delivered.get();
                lastProgress = System.nanoTime();
            } else if (System.nanoTime() - lastProgress > STALL_NANOS) {
                throw new IllegalStateException("only " + before + " of " + count + " messages were delivered");
            }
        }
    }

    private List<Mqtt5AsyncClient> subscribe(String topic, Consumer<Mqtt5Publish> handler) throws Exception {
        List<Mqtt5AsyncClient> clients = new ArrayList<>();
        for (int i = 0; i < subscribers; i++) {
            Mqtt5AsyncClient client = connect(topic + "-subscriber-" + i);
            client.subscribeWith().topicFilter(topic + "/+").qos(qos).callback(handler).send().get();
            clients.add(client);
        }
        return clients;
    }

    private static void disconnect(List<Mqtt5AsyncClient> clients) throws Exception {
        List<CompletableFuture<Void>> ends = clients.stream().map(Mqtt5AsyncClient::disconnect).toList();
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get();
    }

    private Mqtt5AsyncClient connect(String name) throws Exception {
        Mqtt5AsyncClient client = MqttClient.builder().useMqttVersion5().identifier("bench-" + name).serverHost("127.0.0.1")
            .serverPort(port).buildAsync();
        client.connect().get();
        return client;
    }
}
