package io.tributary.protocol.mqtt.handler;

import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.LiveSession;
import io.tributary.protocol.mqtt.session.Packets;
import io.tributary.protocol.mqtt.state.FilterOptions;
import io.tributary.protocol.mqtt.translate.ErrorMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** UNSUBSCRIBE and UNSUBACK (MQTT 5.0 sections 3.10 and 3.11). */
final class UnsubscribeHandler {
    private UnsubscribeHandler() {
    }

    static void handle(LiveSession live, MqttUnsubscribeMessage message) {
        int packetId = message.idAndPropertiesVariableHeader().messageId();
        List<CompletableFuture<Reason>> outcomes = new ArrayList<>();
        for (String text : message.payload().topics()) {
            outcomes.add(unsubscribe(live, text).toCompletableFuture());
        }
        CompletionStage<Void> all = CompletableFuture.allOf(outcomes.toArray(CompletableFuture<?>[]::new));
        live.connection().hold(all.thenComposeAsync(ok -> live.persist(), live.connection().channel().eventLoop()), (ok, failure) -> {
            if (failure != null) {
                live.connection().disconnect(Reason.UNSPECIFIED_ERROR, "the session could not be written down");
                return;
            }
            List<Short> codes = outcomes.stream().map(outcome -> (short) (outcome.join().code() & 0xFF)).toList();
            live.connection().write(new MqttUnsubAckMessage(
                Packets.header(MqttMessageType.UNSUBACK),
                new MqttMessageIdAndPropertiesVariableHeader(packetId, MqttProperties.NO_PROPERTIES), new MqttUnsubAckPayload(codes)));
            live.connection().channel().flush();
        });
    }

    /** Completes, never exceptionally, when nothing more is taken for the filter. */
    private static CompletionStage<Reason> unsubscribe(LiveSession live, String text) {
        FilterOptions options = live.session().remove(text);
        if (options == null) {
            return CompletableFuture.completedFuture(Reason.NO_SUBSCRIPTION_EXISTED);
        }
        CompletionStage<Void> unbound;
        if (options.filter().isSys()) {
            unbound = CompletableFuture.completedFuture(null);
        } else if (options.filter().isShared()) {
            unbound = live.leaveShared(options);
        } else {
            unbound = live.ownSubscription().thenCompose(subscription -> unbind(subscription, options));
        }
        return unbound.handle((ok, failure) -> failure == null ? Reason.SUCCESS
            : ErrorMapping.subscribe(BrokerException.of(failure).code()));
    }

    private static CompletionStage<Void> unbind(Subscription subscription, FilterOptions options) {
        List<Binding> bindings = SubscribeHandler.bindings(subscription, options.filter());
        return CompletableFuture.allOf(bindings.stream().map(binding -> subscription.unbind(binding).toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
    }
}
