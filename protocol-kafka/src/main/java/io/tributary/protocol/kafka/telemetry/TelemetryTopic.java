package io.tributary.protocol.kafka.telemetry;

import io.tributary.core.api.Broker;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;

/**
 * Where a namespace's pushes go: each becomes a record, whose value is an OpenTelemetry MetricsData message, whose key is the client
 * instance and whose timestamp is the time of the push. Headers tell of the client by the names that a subscription's {@code match} has.
 */
final class TelemetryTopic {
    /** Room for the record around the payload. */
    private static final int MARGIN_BYTES = 64 << 10;
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String PRINCIPAL = "principal";
    private static final String TERMINATING = "terminating";

    private final Broker broker;
    private final TopicName name;
    private final int maxPayloadBytes;

    TelemetryTopic(Broker broker, TopicName name, int maxPayloadBytes) {
        this.broker = broker;
        this.name = name;
        this.maxPayloadBytes = maxPayloadBytes;
    }

    /** Completes when the push is durable. The topic is made at the first. */
    CompletionStage<?> append(RequestContext client, PushedMetrics pushed) {
        TopicConfig defaults = broker.topics().defaults();
        TopicConfig config = defaults.withMaxBatchBytes(Math.max(defaults.maxBatchBytes(), maxPayloadBytes + MARGIN_BYTES));
        byte[] key = pushed.clientInstanceId().getBytes(StandardCharsets.UTF_8);
        PublishRequest request = PublishRequest.of(name, key, pushed.metrics(), headers(client, pushed));
        return broker.topics().getOrCreate(name, config).thenCompose(topic -> broker.publisher().publish(request));
    }

    private static Headers headers(RequestContext client, PushedMetrics pushed) {
        return Headers.builder()
            .add(HeaderNames.CONTENT_TYPE, PROTOBUF)
            .add(ClientMetricsConfigs.CLIENT_INSTANCE_ID, pushed.clientInstanceId())
            .add(ClientMetricsConfigs.CLIENT_ID, client.clientId() == null ? "" : client.clientId())
            .add(ClientMetricsConfigs.CLIENT_SOFTWARE_NAME, client.clientInformation.softwareName())
            .add(ClientMetricsConfigs.CLIENT_SOFTWARE_VERSION, client.clientInformation.softwareVersion())
            .add(ClientMetricsConfigs.CLIENT_SOURCE_ADDRESS, client.clientAddress().getHostAddress())
            .add(PRINCIPAL, client.principal().getName())
            .add(TERMINATING, Boolean.toString(pushed.terminating()))
            .build();
    }
}
