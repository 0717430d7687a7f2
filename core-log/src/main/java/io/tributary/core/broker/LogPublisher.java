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
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Publishes to the logs of this node. */
final class LogPublisher implements Publisher {
    private final TopicCatalogue topics;
    private final RouteCounter routes;
    private final InstantSource clock;

    LogPublisher(TopicCatalogue topics, RouteCounter routes, InstantSource clock) {
        this.topics = topics;
        this.routes = routes;
        this.clock = clock;
    }

    @Override
    public CompletionStage<PublishResult> publish(PublishRequest request) {
        LogTopic topic = topics.find(request.topic());
        if (topic == null) {
            return CompletableFuture.failedFuture(
                new BrokerException(ErrorCode.TOPIC_NOT_FOUND, "there is no topic " + request.topic()));
        }
        int partition = partition(request, topic.logs().size());
        PartitionLog log;
        try {
            log = topic.partition(partition);
        } catch (BrokerException notFound) {
            return CompletableFuture.failedFuture(notFound);
        }
        long timestamp = request.timestamp() == PublishRequest.NOW ? clock.millis() : request.timestamp();
        int routed = request.countRoutes() ? routes.count(request.topic(),
            new Record(-1, timestamp, request.key(), request.value(), request.headers())) : PublishResult.NOT_COUNTED;
        return log.publish(new NewRecord(timestamp, request.key(), request.value(), request.headers()),
                request.durability() == PublishRequest.Durability.RELAXED)
            .thenApply(offset -> new PublishResult(partition, offset, timestamp, routed));
    }

    private static int partition(PublishRequest request, int partitions) {
        if (request.partition() != PublishRequest.ANY_PARTITION) {
            return request.partition();
        }
        byte[] key = request.key();
        return key == null ? Math.floorMod(request.orderingHint(), partitions) : KeyHash.partition(key, partitions);
    }
}
