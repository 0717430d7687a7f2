package io.tributary.core.broker;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Publisher;
import io.tributary.core.batch.KeyHash;
import io.tributary.core.log.NewRecord;
import io.tributary.core.log.PartitionLog;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.routing.FullSubscriptions;
import io.tributary.core.transaction.Placement;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Publishes to the logs of this node. */
final class LogPublisher implements Publisher, Placement {
    private final TopicCatalogue topics;
    private final RouteCounter routes;
    private final FullSubscriptions full;
    private final InstantSource clock;

    LogPublisher(TopicCatalogue topics, RouteCounter routes, FullSubscriptions full, InstantSource clock) {
        this.topics = topics;
        this.routes = routes;
        this.full = full;
        this.clock = clock;
    }

    @Override
    public CompletionStage<PublishResult> publish(PublishRequest request) {
        Place place;
        PartitionLog log;
        try {
            place = place(request);
            log = (PartitionLog) place.topic().partition(place.partition());
        } catch (BrokerException notFound) {
            return CompletableFuture.failedFuture(notFound);
        }
        return log.publish(new NewRecord(place.timestamp(), request.key(), request.value(), request.headers()),
                request.durability() == PublishRequest.Durability.RELAXED)
            .thenApply(stored -> new PublishResult(place.partition(), stored.offset(), stored.timestamp(), place.routes()));
    }

    @Override
    public Place place(PublishRequest request) {
        LogTopic topic = topics.find(request.topic());
        if (topic == null) {
            throw new BrokerException(ErrorCode.TOPIC_NOT_FOUND, "there is no topic " + request.topic());
        }
        int partition = topic.partition(partition(request, topic.logs().size())).id().partition();
        long now = clock.millis();
        TopicConfig.RecordRules rules = topic.config().records();
        if (!rules.takes(request.timestamp(), now) && !topic.name().isInternal()) {
            throw new BrokerException(ErrorCode.INVALID_TIMESTAMP, "the timestamp " + request.timestamp() + " is further from now than "
                + topic + " allows");
        }
        long timestamp = request.timestamp() == PublishRequest.NOW || rules.appendTime() ? now : request.timestamp();
        int routed = PublishResult.NOT_COUNTED;
        if (request.countRoutes() || !full.isEmpty()) {
            Record record = new Record(-1, timestamp, request.key(), request.value(), request.headers());
            SubscriptionName stopping = full.findTaking(request.topic(), record);
            if (stopping != null) {
                throw new BrokerException(ErrorCode.BACKLOG_FULL, "subscription '" + stopping + "' is full");
            }
            routed = request.countRoutes() ? routes.count(request.topic(), record) : routed;
        }
        return new Place(topic, partition, timestamp, routed);
    }

    private static int partition(PublishRequest request, int partitions) {
        if (request.partition() != PublishRequest.ANY_PARTITION) {
            return request.partition();
        }
        byte[] key = request.key();
        return key == null ? Math.floorMod(request.orderingHint(), partitions) : KeyHash.partition(key, partitions);
    }
}
