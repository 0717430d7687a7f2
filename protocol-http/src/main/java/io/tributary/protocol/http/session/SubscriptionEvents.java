package io.tributary.protocol.http.session;

import io.tributary.core.api.Delivery;
import io.tributary.core.api.Settlement;
import io.tributary.core.model.BrokerException;
import io.tributary.protocol.http.codec.EventText;
import io.tributary.protocol.http.codec.Json;
import io.tributary.protocol.http.translate.RecordTranslation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;

/**
 * A subscription as an event stream, with a consumer of its own. With automatic acknowledgement a message counts as done once it has
 * gone to the socket; else the client acknowledges by a call, and no more than a number of messages is outstanding.
 */
public final class SubscriptionEvents {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final int MAX_PIECE = 100;
    private static final int MAX_PIECE_BYTES = 256 * 1024;

    private final AttachedConsumer consumer;
    private final ClientConnection connection;
    private final boolean automatic;
    private final int prefetch;
    private final Duration ackDeadline;
    private final Wakeup settled;
    /** Pulled and not yet turned into events, when messages are so large that a pull makes several pieces. */
    private final List<Delivery> waiting = new ArrayList<>();
    /** Turned into events; gone to the socket when the next piece is asked for. */
    private List<Delivery> sent = List.of();

    /**
     * A stream.
     *
     * @param prefetch how many messages may be outstanding; with automatic acknowledgement how many are taken at a time
     */
    public SubscriptionEvents(AttachedConsumer consumer, ClientConnection connection, boolean automatic, int prefetch,
                              Duration ackDeadline) {
        this.consumer = consumer;
        this.connection = connection;
        this.automatic = automatic;
        this.prefetch = prefetch;
        this.ackDeadline = ackDeadline;
        this.settled = new Wakeup(connection.executor());
        consumer.onSettled(settled::signal);
    }

    /** The next events, or a sign of life; fails when the subscription has ended. */
    public Mono<byte[]> next() {
        CompletionStage<Integer> settling = automatic && !sent.isEmpty() ? consumer.settle(sent, Settlement.ACK) : null;
        sent = List.of();
        return settling == null ? piece() : connection.on(settling).then(Mono.defer(this::piece));
    }

    private Mono<byte[]> piece() {
        BrokerException cancellation = consumer.cancellation();
        if (cancellation != null) {
            return Mono.error(cancellation);
        }
        if (!waiting.isEmpty()) {
            return Mono.just(events());
        }
        int room = automatic ? Math.min(prefetch, MAX_PIECE) : Math.min(prefetch - consumer.outstanding(), MAX_PIECE);
        if (room <= 0) {
            return waitForRoom();
        }
        return connection.on(consumer.pull(room, KEEP_ALIVE, ackDeadline)).map(deliveries -> {
            if (deliveries.isEmpty()) {
                return EventText.KEEP_ALIVE;
            }
            waiting.addAll(deliveries);
            return events();
        });
    }

    private Mono<byte[]> waitForRoom() {
        return settled.next().timeout(consumer.untilNextDeadline(KEEP_ALIVE), Mono.just(false))
            .flatMap(woken -> woken ? piece() : Mono.just(EventText.KEEP_ALIVE));
    }

    private byte[] events() {
        EventText text = new EventText();
        List<Delivery> taken = new ArrayList<>();
        for (SubscriptionConsumers.Pulled pulled : SubscriptionConsumers.name(consumer, waiting)) {
            if (text.size() >= MAX_PIECE_BYTES) {
                break;
            }
            text.add(null, null, Json.write(RecordTranslation.toJson(pulled.delivery(), automatic ? null : pulled.ackId())));
            taken.add(pulled.delivery());
        }
        waiting.subList(0, taken.size()).clear();
        sent = taken;
        return text.toBytes();
    }
}
