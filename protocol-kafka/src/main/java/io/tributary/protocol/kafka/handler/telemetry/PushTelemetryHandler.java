package io.tributary.protocol.kafka.handler.telemetry;

import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.telemetry.Telemetry;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.PushTelemetryRequest;

/** PushTelemetry (KIP-714). Needs no right, as in Kafka: the record that it becomes is the broker's. */
public final class PushTelemetryHandler extends ApiHandler<PushTelemetryRequest> {
    private final Telemetry telemetry;

    public PushTelemetryHandler(Telemetry telemetry) {
        super(ApiKeys.PUSH_TELEMETRY, PushTelemetryRequest.class);
        this.telemetry = telemetry;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, PushTelemetryRequest request) {
        return telemetry.of(call.namespace())
            .thenCompose(clients -> clients.push(request, call.context(), call.connectionEnd()))
            .thenApply(response -> new Reply.Message(response.data()));
    }
}
