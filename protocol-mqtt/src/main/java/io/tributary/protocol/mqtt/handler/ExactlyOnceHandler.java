package io.tributary.protocol.mqtt.handler;

import io.netty.handler.codec.mqtt.MqttMessageType;
import io.tributary.core.api.Topic;
import io.tributary.core.api.retained.RetainedValues;
import io.tributary.core.model.Address;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.ClientSession;
import io.tributary.protocol.mqtt.session.InboundAcks.Ack;
import io.tributary.protocol.mqtt.session.InboundPublication;
import io.tributary.protocol.mqtt.session.LiveSession;
import io.tributary.protocol.mqtt.state.StoredPublication;
import io.tributary.protocol.mqtt.translate.MqttHeaders;
import io.tributary.protocol.mqtt.translate.Publication;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The receiver's side of QoS 2 (MQTT 5.0 section 4.3.3): a message is stored once for its packet identifier, until PUBREL frees that.
 *
 * <p>For a persistent session the identifier is written down before the message is stored, with an id that goes into the record. A client
 * that sends the message again after a crash of the server is answered from the log: if the record with that id is there, the message is
 * not stored again.
 */
final class ExactlyOnceHandler {
    private ExactlyOnceHandler() {
    }

    static void publish(LiveSession live, Address address, Publication publication, int packetId, Ack ack) {
        ClientSession session = live.session();
        InboundPublication known = session.inbound().get(packetId);
        CompletableFuture<Reason> result;
        if (known == null) {
            result = begin(live, address, publication, packetId);
        } else {
            CompletableFuture<Reason> earlier = known.result();
            result = earlier != null ? earlier : resolve(live, address, publication, known);
            known.setResult(result);
        }
        CompletionStage<Reason> outcome = result;
        outcome.whenComplete((reason, failure) -> {
            if (reason.isError()) {
                // PUBREC with an error frees the identifier (MQTT 5.0 section 4.3.3).
                live.connection().channel().eventLoop().execute(() -> forget(session, live, packetId, result));
            }
            ack.complete(reason, null);
        });
    }

    private static void forget(ClientSession session, LiveSession live, int packetId, CompletableFuture<Reason> result) {
        InboundPublication entry = session.inbound().get(packetId);
        if (entry != null && entry.result() == result) {
            session.inbound().remove(packetId);
            if (session.isDurable()) {
                live.services().sessions().deletePublication(session.key(), packetId);
            }
        }
    }

    private static CompletableFuture<Reason> begin(LiveSession live, Address address, Publication publication, int packetId) {
        ClientSession session = live.session();
        StoredPublication identity = new StoredPublication(packetId, ThreadLocalRandom.current().nextLong(), System.currentTimeMillis());
        CompletableFuture<Reason> result = new CompletableFuture<>();
        session.inbound().put(packetId, InboundPublication.begin(identity, result));
        if (!session.isDurable()) {
            PublishHandler.store(live, address, publication).thenAccept(result::complete);
            return result;
        }
        Publication marked = marked(publication, identity);
        CompletionStage<Void> written = live.inOrder(live.services().sessions().putPublication(session.key(), identity));
        written.whenCompleteAsync((ok, failure) -> {
            CompletionStage<Reason> stored = failure == null ? PublishHandler.store(live, address, marked) : PublishHandler.failed(failure);
            stored.thenAccept(result::complete);
        }, live.connection().channel().eventLoop());
        return result;
    }

    /** The client repeats what it sent before the server restarted. */
    private static CompletableFuture<Reason> resolve(LiveSession live, Address address, Publication publication, InboundPublication known) {
        StoredPublication identity = known.identity();
        return isStored(live, address.topic(), identity)
            .thenCompose(stored -> stored ? retain(live, address, marked(publication, identity), identity)
                : PublishHandler.store(live, address, marked(publication, identity)))
            .exceptionallyCompose(PublishHandler::failed)
            .toCompletableFuture();
    }

    /** The crash may have come between the message and its being retained. */
    private static CompletionStage<Reason> retain(LiveSession live, Address address, Publication publication, StoredPublication identity) {
        if (!publication.retain()) {
            return CompletableFuture.completedFuture(Reason.SUCCESS);
        }
        Namespace namespace = address.topic().namespace();
        return isStored(live, new TopicName(namespace, RetainedValues.TOPIC), identity).thenCompose(retained -> retained
            ? CompletableFuture.completedFuture(Reason.SUCCESS)
            : live.services().broker().retained().restore(namespace, publication.path(), publication.payload(), publication.headers())
                .thenApply(restored -> Reason.SUCCESS));
    }

    private static CompletionStage<Boolean> isStored(LiveSession live, TopicName name, StoredPublication identity) {
        Topic topic = live.services().broker().topics().find(name);
        return topic == null ? CompletableFuture.completedFuture(false)
            : PublicationSearch.find(topic, MqttHeaders.PUBLICATION_ID, text(identity), identity.since());
    }

    private static Publication marked(Publication publication, StoredPublication identity) {
        List<Header> headers = new ArrayList<>(publication.headers().asList());
        headers.add(Header.of(MqttHeaders.PUBLICATION_ID, text(identity)));
        return publication.withHeaders(Headers.of(headers));
    }

    private static String text(StoredPublication identity) {
        return HexFormat.of().toHexDigits(identity.id());
    }

    /** PUBREL: the client will not send the message again. PUBCOMP goes out once that is written down. */
    static void release(LiveSession live, int packetId) {
        ClientSession session = live.session();
        InboundPublication entry = session.inbound().remove(packetId);
        if (entry == null) {
            complete(live, packetId, Reason.PACKET_IDENTIFIER_NOT_FOUND);
        } else if (session.isDurable()) {
            live.services().sessions().deletePublication(session.key(), packetId).whenCompleteAsync((ok, failure) -> {
                if (failure == null) {
                    complete(live, packetId, Reason.SUCCESS);
                    live.connection().channel().flush();
                } else {
                    live.connection().disconnect(Reason.UNSPECIFIED_ERROR, "the session could not be written down");
                }
            }, live.connection().channel().eventLoop());
        } else {
            complete(live, packetId, Reason.SUCCESS);
        }
    }

    private static void complete(LiveSession live, int packetId, Reason reason) {
        live.connection().sendReply(MqttMessageType.PUBCOMP, packetId, reason, null);
    }
}
