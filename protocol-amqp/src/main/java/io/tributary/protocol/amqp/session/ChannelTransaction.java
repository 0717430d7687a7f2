package io.tributary.protocol.amqp.session;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.TransactionRequest;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ReplyCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a transactional channel has published and settled since the last commit (section 1.9 of the specification: class tx). */
final class ChannelTransaction {
    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_RECORDS = 1 << 20;
    private static final int COST = 512;

    /** A publication; without a request it goes nowhere. */
    private record Publication(Content content, @Nullable PublishRequest request) {
    }

    private record Settled(Unacknowledged.Taken taken, Settlement how) {
    }

    private record Group(DeliverySource source, Settlement how) {
    }

    private final Services services;
    private List<Publication> publications = new ArrayList<>();
    private List<Settled> settled = new ArrayList<>();
    private long bytes;

    ChannelTransaction(Services services) {
        this.services = services;
    }

    /** Fails with PRECONDITION_FAILED when that is more than a transaction may hold. */
    void publish(Content content, @Nullable PublishRequest request) {
        bytes += content.body().length + (long) COST;
        if (bytes > MAX_BYTES || publications.size() == MAX_RECORDS) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "a transaction holds up to " + MAX_BYTES + " bytes");
        }
        publications.add(new Publication(content,
            request == null ? null : request.withDurability(PublishRequest.Durability.DURABLE)));
    }

    void settle(List<Unacknowledged.Taken> taken, Settlement how) {
        taken.forEach(each -> settled.add(new Settled(each, how)));
    }

    /** What a commit has done. */
    interface Outcome {
        /** Each publication that no queue takes. */
        void unroutable(Content content);

        /** Each source of which something is settled for good. */
        void touched(DeliverySource source);
    }

    /** Does everything and begins anew; {@code then} is to be run with what it has done. */
    CompletionStage<Consumer<Outcome>> commit() {
        List<Publication> published = publications;
        List<Settled> ended = settled;
        publications = new ArrayList<>();
        settled = new ArrayList<>();
        bytes = 0;
        Map<Group, List<Long>> groups = new LinkedHashMap<>();
        ended.forEach(each -> groups.computeIfAbsent(new Group(each.taken.source(), each.how), group -> new ArrayList<>())
            .add(each.taken.deliveryId()));
        List<TransactionRequest.Settled> settlements = new ArrayList<>();
        groups.forEach((group, ids) -> {
            Subscription queue = services.broker().subscriptions().find(group.source.queue());
            if (queue != null) {
                settlements.add(new TransactionRequest.Settled(queue, group.source.consumer(), ids, group.how));
            }
        });
        List<PublishRequest> records = new ArrayList<>();
        for (Publication publication : published) {
            if (publication.request != null) {
                records.add(publication.request);
            }
        }
        return services.broker().transactions().commit(new TransactionRequest(records, settlements))
            .thenApply(results -> outcome -> report(published, results, ended, outcome));
    }

    private static void report(List<Publication> published, List<PublishResult> results, List<Settled> ended, Outcome outcome) {
        int next = 0;
        for (Publication publication : published) {
            boolean routed = publication.request != null && results.get(next++).routes() != 0;
            if (!routed) {
                outcome.unroutable(publication.content);
            }
        }
        for (Settled each : ended) {
            each.taken.source().settledInTransaction();
            outcome.touched(each.taken.source());
        }
    }

    /** Forgets the publications; gives what was settled, which is not. */
    List<Unacknowledged.Taken> rollback() {
        List<Unacknowledged.Taken> taken = settled.stream().map(Settled::taken).toList();
        publications = new ArrayList<>();
        settled = new ArrayList<>();
        bytes = 0;
        return taken;
    }
}
