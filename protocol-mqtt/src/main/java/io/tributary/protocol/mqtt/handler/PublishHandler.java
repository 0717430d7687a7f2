package io.tributary.protocol.mqtt.handler;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.tributary.core.api.Topics;
import io.tributary.core.model.Address;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Resource;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.ClientSession;
import io.tributary.protocol.mqtt.session.InboundAcks.Ack;
import io.tributary.protocol.mqtt.session.LiveSession;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import io.tributary.protocol.mqtt.translate.DelayedTopic;
import io.tributary.protocol.mqtt.translate.ErrorMapping;
import io.tributary.protocol.mqtt.translate.InboundTranslation;
import io.tributary.protocol.mqtt.translate.MqttHeaders;
import io.tributary.protocol.mqtt.translate.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** PUBLISH from a client (MQTT 5.0 section 3.3). */
final class PublishHandler {
    private PublishHandler() {
    }

    static void handle(LiveSession live, MqttPublishMessage message) {
        int qos = message.fixedHeader().qosLevel().value();
        int packetId = qos == 0 ? 0 : message.variableHeader().packetId();
        MqttProperties properties = message.variableHeader().properties();
        String path = path(live, message.variableHeader().topicName(), properties);
        if (path == null) {
            live.connection().disconnect(Reason.TOPIC_ALIAS_INVALID, "an alias that is out of bounds or was not set");
            return;
        }
        if (qos > live.services().limits().maxQos()) {
            live.connection().disconnect(Reason.QOS_NOT_SUPPORTED, "QoS " + qos);
            return;
        }
        ClientSession session = live.session();
        boolean known = qos == 2 && session.inbound().containsKey(packetId);
        if (qos > 0 && !known && live.request().level() == ConnectRequest.LEVEL_5
            && live.acks().unacknowledged() + session.inbound().size() >= live.services().limits().receiveMaximum()) {
            live.connection().disconnect(Reason.RECEIVE_MAXIMUM_EXCEEDED, "more publications under way than the receive maximum");
            return;
        }
        boolean retain = message.fixedHeader().isRetain();
        byte[] payload = ByteBufUtil.getBytes(message.payload());
        Publication publication = new Publication(path, payload, qos, retain, headers(session, properties, qos, retain));
        Ack ack = live.acks().add(packetId, qos, payload.length + path.length());
        if (DelayedTopic.isOne(path)) {
            delay(live, publication, packetId, ack);
        } else {
            prepare(live, publication, packetId, ack);
        }
    }

    private static void delay(LiveSession live, Publication publication, int packetId, Ack ack) {
        DelayedTopic topic = DelayedTopic.parse(publication.path(), System.currentTimeMillis());
        if (topic == null) {
            refuse(live, publication, ack, Reason.TOPIC_NAME_INVALID, "no $delayed/{seconds}/{topic}");
        } else if (publication.retain()) {
            // What is retained is kept beside the topic, at once.
            refuse(live, publication, ack, Reason.IMPLEMENTATION_SPECIFIC_ERROR, "a delayed message cannot be retained");
        } else {
            prepare(live, new Publication(topic.path(), publication.payload(), publication.qos(), false, publication.headers(),
                topic.notBefore()), packetId, ack);
        }
    }

    private static @Nullable String path(LiveSession live, String name, MqttProperties properties) {
        if (properties.getProperty(MqttProperties.TOPIC_ALIAS) == null) {
            return name;
        }
        return live.aliases().resolve(name, (int) InboundTranslation.unsigned(properties, MqttProperties.TOPIC_ALIAS, 0));
    }

    private static Headers headers(ClientSession session, MqttProperties properties, int qos, boolean retain) {
        Headers headers = InboundTranslation.headers(properties, qos, retain);
        return session.hasNoLocal() ? with(headers, Header.of(MqttHeaders.PUBLISHER, session.key().clientId())) : headers;
    }

    private static Headers with(Headers headers, Header added) {
        List<Header> list = new ArrayList<>(headers.asList());
        list.add(added);
        return Headers.of(list);
    }

    /** Checks what may be published, and waits until the topic is there. */
    private static void prepare(LiveSession live, Publication publication, int packetId, Ack ack) {
        if (publication.path().startsWith("$")) {
            refuse(live, publication, ack, Reason.TOPIC_NAME_INVALID, "topics that begin with $ are the server's");
            return;
        }
        Address address = Address.parse(live.session().key().namespace(), publication.path());
        if (!live.mayWrite(address.topic())) {
            refuse(live, publication, ack, Reason.NOT_AUTHORIZED, "may not publish to " + address.topic().name());
            return;
        }
        Topics topics = live.services().broker().topics();
        if (topics.find(address.topic()) != null) {
            publish(live, address, publication, packetId, ack);
            return;
        }
        if (!live.services().authorizer().allows(live.principal(), Operation.CREATE, Resource.topic(address.topic().name()))) {
            refuse(live, publication, ack, Reason.NOT_AUTHORIZED, "may not create " + address.topic().name());
            return;
        }
        live.connection().hold(topics.getOrAutoCreate(address.topic()), (topic, failure) -> {
            if (failure != null) {
                BrokerException cause = BrokerException.of(failure);
                refuse(live, publication, ack, ErrorMapping.publish(cause.code()), cause.getMessage());
            } else {
                publish(live, address, publication, packetId, ack);
            }
        });
    }

    /** QoS 0 has no answer: the connection ends instead of losing messages without a word. */
    private static void refuse(LiveSession live, Publication publication, Ack ack, Reason reason, @Nullable String why) {
        if (publication.qos() == 0) {
            live.connection().disconnect(reason, why);
        } else {
            ack.complete(reason, why);
        }
    }

    private static void publish(LiveSession live, Address address, Publication publication, int packetId, Ack ack) {
        if (publication.qos() == 2) {
            ExactlyOnceHandler.publish(live, address, publication, packetId, ack);
            return;
        }
        store(live, address, publication).whenComplete((reason, failure) -> ack.complete(reason, null));
    }

    /** Completes, never exceptionally, with what the client is told. */
    static CompletionStage<Reason> store(LiveSession live, Address address, Publication publication) {
        return live.services().publications().store(address, publication, live.orderingHint())
            .handle((ok, failure) -> failure == null ? Reason.SUCCESS : ErrorMapping.publish(code(failure)));
    }

    private static ErrorCode code(Throwable failure) {
        return BrokerException.of(failure).code();
    }

    static CompletableFuture<Reason> failed(Throwable failure) {
        return CompletableFuture.completedFuture(ErrorMapping.publish(code(failure)));
    }
}
