package io.tributary.protocol.kafka.telemetry;

import io.tributary.core.api.StateTable;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.protocol.kafka.translate.StoredConfigs;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.message.PushTelemetryResponseData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.requests.GetTelemetrySubscriptionsRequest;
import org.apache.kafka.common.requests.GetTelemetrySubscriptionsResponse;
import org.apache.kafka.common.requests.PushTelemetryRequest;
import org.apache.kafka.common.requests.PushTelemetryResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.ClientMetricsManager;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.server.metrics.ClientTelemetryExporterPlugin;
import org.apache.kafka.server.telemetry.ClientTelemetryExporter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The telemetry of a namespace's clients. Kafka's own class knows the clients, what each is asked for and when it may push again; the
 * subscriptions that it goes by are kept in a state table. Safe on any thread.
 *
 * <p>Everything runs on one thread of the namespace: the patterns of subscriptions are regular expressions of Java, which an administrator
 * can make slow, and a payload takes time and memory to unpack. What does not fit into the thread's queue is told to come later.
 */
public final class NamespaceTelemetry {
    private static final Logger LOG = LoggerFactory.getLogger(NamespaceTelemetry.class);
    private static final int MAX_WAITING = 256;
    private static final int MAX_SUBSCRIPTIONS = 1_000;
    private static final int MAX_NAME_LENGTH = 249;

    private final Namespace namespace;
    private final String prefix;
    private final StateTable table;
    private final TelemetryTopic topic;
    private final int maxBytes;
    private final ThreadPoolExecutor thread;
    private final Metrics metrics = new Metrics();
    private final ClientMetricsManager clients;
    /** Whose end is listened to. */
    private final Set<CompletionStage<Void>> connections = ConcurrentHashMap.newKeySet();
    /** What the request under way has brought. Of the thread. */
    private @Nullable PushedMetrics pushed;

    private NamespaceTelemetry(Namespace namespace, StateTable table, TelemetryTopic topic, int maxBytes) {
        this.namespace = namespace;
        this.prefix = namespace + "/";
        this.table = table;
        this.topic = topic;
        this.maxBytes = maxBytes;
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
            Thread made = new Thread(task, "kafka-telemetry-" + namespace);
            made.setDaemon(true);
            return made;
        });
        ClientTelemetryExporterPlugin plugin = new ClientTelemetryExporterPlugin();
        ClientTelemetryExporter exporter = (context, payload) -> pushed = PushedMetrics.of(payload);
        plugin.add(exporter);
        this.clients = new ClientMetricsManager(plugin, maxBytes, Time.SYSTEM, metrics);
    }

    /** With the subscriptions that are kept. */
    static NamespaceTelemetry begin(Namespace namespace, StateTable table, TelemetryTopic topic, int maxBytes) {
        NamespaceTelemetry made = new NamespaceTelemetry(namespace, table, topic, maxBytes);
        table.forEach(made.prefix, (key, value) -> made.tell(key.substring(made.prefix.length()), StoredConfigs.decode(value)));
        return made;
    }

    private void tell(String subscription, Map<String, String> values) {
        Properties properties = new Properties();
        properties.putAll(values);
        clients.updateSubscription(subscription, properties);
    }

    /**
     * What a client is to push, and how often. Fails with THROTTLING_QUOTA_EXCEEDED when too much waits.
     *
     * @param connectionEnd completes when the connection is gone, with which the client is forgotten
     */
    public CompletionStage<GetTelemetrySubscriptionsResponse> subscribe(GetTelemetrySubscriptionsRequest request, RequestContext client,
                                                                        CompletionStage<Void> connectionEnd) {
        watch(client, connectionEnd);
        return onThread(() -> clients.processGetTelemetrySubscriptionRequest(request, client));
    }

    /** Takes a push; completes when it is durable. Parameters and failures as of {@link #subscribe}. */
    public CompletionStage<PushTelemetryResponse> push(PushTelemetryRequest request, RequestContext client,
                                                       CompletionStage<Void> connectionEnd) {
        watch(client, connectionEnd);
        return onThread(() -> take(request, client)).thenCompose(taken -> {
            PushedMetrics brought = taken.metrics();
            return brought == null
                ? CompletableFuture.completedFuture(taken.response())
                : topic.append(client, brought).handle((done, failure) -> failure == null ? taken.response() : failed(failure));
        });
    }

    /** A push, and what it brought unless it was refused or empty. */
    private record Taken(PushTelemetryResponse response, @Nullable PushedMetrics metrics) {
    }

    private Taken take(PushTelemetryRequest request, RequestContext client) {
        ByteBuffer payload = request.data().metrics();
        if (payload != null && request.data().compressionType() == CompressionType.SNAPPY.id && payload.hasRemaining()) {
            try {
                SnappyLengths.check(payload, maxBytes);
            } catch (InvalidRecordException e) {
                return new Taken(response(Errors.INVALID_RECORD), null);
            }
        }
        pushed = null;
        PushTelemetryResponse response = clients.processPushTelemetryRequest(request, client);
        return new Taken(response, pushed);
    }

    /**
     * Any error that a client does not know ends its telemetry for good, so what passes is told as a matter of time.
     */
    private PushTelemetryResponse failed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof BrokerException broker && broker.code() == ErrorCode.BATCH_TOO_LARGE) {
            return response(Errors.TELEMETRY_TOO_LARGE);
        }
        LOG.warn("a push of telemetry in namespace {} could not be kept", namespace, cause);
        return response(Errors.THROTTLING_QUOTA_EXCEEDED);
    }

    private static PushTelemetryResponse response(Errors error) {
        return new PushTelemetryResponse(new PushTelemetryResponseData().setErrorCode(error.code()));
    }

    private void watch(RequestContext client, CompletionStage<Void> connectionEnd) {
        if (connections.add(connectionEnd)) {
            connectionEnd.whenComplete((gone, failure) -> {
                connections.remove(connectionEnd);
                clients.connectionDisconnectListener().onDisconnect(client.connectionId());
            });
        }
    }

    /** The names of the subscriptions. */
    public Set<String> subscriptions() {
        Set<String> names = new TreeSet<>();
        table.forEach(prefix, (key, value) -> names.add(key.substring(prefix.length())));
        return names;
    }

    /** What was set for a subscription, by name; nothing if there is none. */
    public Map<String, String> of(String subscription) {
        byte[] value = table.get(prefix + subscription);
        return value == null ? Map.of() : StoredConfigs.decode(value);
    }

    /**
     * Makes, changes or, with nothing left, ends a subscription. Completes when that is durable and in force.
     *
     * @return fails with INVALID_REQUEST, INVALID_CONFIG, POLICY_VIOLATION or THROTTLING_QUOTA_EXCEEDED, and then changes nothing
     */
    public CompletionStage<Void> change(String subscription, UnaryOperator<Map<String, String>> edit, boolean validateOnly) {
        return onThread(() -> {
            Map<String, String> values = edit.apply(new TreeMap<>(of(subscription)));
            check(subscription, values);
            return values;
        }).thenCompose(values -> validateOnly ? CompletableFuture.completedFuture(null) : keep(subscription, values));
    }

    private CompletionStage<Void> keep(String subscription, Map<String, String> values) {
        CompletionStage<Void> kept = values.isEmpty()
            ? table.delete(prefix + subscription)
            : table.put(prefix + subscription, StoredConfigs.encode(values));
        // What holds is what is in the table then, which may be a later change.
        return kept.thenCompose(done -> onThread(() -> {
            tell(subscription, of(subscription));
            return null;
        }));
    }

    private void check(String subscription, Map<String, String> values) {
        if (subscription.length() > MAX_NAME_LENGTH) {
            throw new InvalidRequestException("the name of a subscription has " + MAX_NAME_LENGTH + " characters at most");
        }
        Properties properties = new Properties();
        properties.putAll(values);
        try {
            ClientMetricsConfigs.validate(subscription, properties);
        } catch (ConfigException e) {
            throw new InvalidConfigurationException(e.getMessage(), e);
        }
        Set<String> others = subscriptions();
        if (!values.isEmpty() && !others.contains(subscription) && others.size() >= MAX_SUBSCRIPTIONS) {
            throw new PolicyViolationException("there are " + MAX_SUBSCRIPTIONS + " subscriptions to client metrics already");
        }
    }

    private <T> CompletionStage<T> onThread(Supplier<@Nullable T> task) {
        try {
            return CompletableFuture.supplyAsync(task, thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new ThrottlingQuotaExceededException("too much telemetry waits to be taken"));
        }
    }

    void close() {
        thread.shutdown();
        try {
            clients.close();
        } catch (Exception e) {
            LOG.warn("the telemetry of namespace {} did not end in order", namespace, e);
        }
        metrics.close();
    }
}
