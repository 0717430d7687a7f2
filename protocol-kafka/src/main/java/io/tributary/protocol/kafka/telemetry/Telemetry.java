package io.tributary.protocol.kafka.telemetry;

import io.tributary.core.api.Broker;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/** Client telemetry, one a namespace, each begun when it is first needed. Safe on any thread. */
public final class Telemetry {
    /** The state table's name. */
    static final String TABLE = "kafka-client-metrics";

    private final Broker broker;
    private final @Nullable String topic;
    private final int maxBytes;
    private final Map<Namespace, CompletionStage<NamespaceTelemetry>> begun = new HashMap<>();
    private boolean stopped;

    /**
     * None yet.
     *
     * @param topic    the name that the topic of pushes has in every namespace; null for no telemetry
     * @param maxBytes of a push, packed and unpacked
     */
    public Telemetry(Broker broker, @Nullable String topic, int maxBytes) {
        this.broker = broker;
        this.topic = topic;
        this.maxBytes = maxBytes;
    }

    public boolean isOn() {
        return topic != null;
    }

    /** The namespace's. Fails with INVALID_REQUEST when there is no telemetry. */
    public synchronized CompletionStage<NamespaceTelemetry> of(Namespace namespace) {
        String name = topic;
        if (name == null) {
            return CompletableFuture.failedFuture(new InvalidRequestException(
                "no telemetry is taken from clients; the broker's setting tributary.kafka.telemetry.topic names the topic for it"));
        }
        if (stopped) {
            return CompletableFuture.failedFuture(new InvalidRequestException("the broker is stopping"));
        }
        CompletionStage<NamespaceTelemetry> found = begun.get(namespace);
        if (found != null && !found.toCompletableFuture().isCompletedExceptionally()) {
            return found;
        }
        CompletionStage<NamespaceTelemetry> made = broker.stateTable(TABLE).thenApply(table -> NamespaceTelemetry.begin(namespace, table,
            new TelemetryTopic(broker, new TopicName(namespace, name), maxBytes), maxBytes));
        begun.put(namespace, made);
        return made;
    }

    /** Ends them all. */
    public synchronized CompletionStage<Void> stop() {
        stopped = true;
        return CompletableFuture.allOf(begun.values().stream()
            .map(each -> each.handle((telemetry, failure) -> telemetry).thenAccept(telemetry -> {
                if (telemetry != null) {
                    telemetry.close();
                }
            }).toCompletableFuture()).toArray(CompletableFuture[]::new));
    }
}
