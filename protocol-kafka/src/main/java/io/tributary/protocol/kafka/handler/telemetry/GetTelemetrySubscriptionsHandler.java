package io.tributary.protocol.kafka.handler.telemetry;

import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.telemetry.Telemetry;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.GetTelemetrySubscriptionsRequest;

/** GetTelemetrySubscriptions (KIP-714). Needs no right, as in Kafka. */
public final class GetTelemetrySubscriptionsHandler extends ApiHandler<GetTelemetrySubscriptionsRequest> {
    private final Telemetry telemetry;

    public GetTelemetrySubscriptionsHandler(Telemetry telemetry) {
        super(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS, GetTelemetrySubscriptionsRequest.class);
        this.telemetry = telemetry;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, GetTelemetrySubscriptionsRequest request) {
        return telemetry.of(call.namespace())
            .thenCompose(clients -> clients.subscribe(request, call.context(), call.connectionEnd()))
            .thenApply(response -> new Reply.Message(response.data()));
    }
}
