package io.tributary.core.broker;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Publisher;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.retained.RetainedLogs;
import io.tributary.core.schedule.LogSchedule;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stores what is due at once, and leaves the rest to the schedule, and what is to be retained to those who do that. */
final class SchedulingPublisher implements Publisher {
    private final Publisher atOnce;
    private final LogSchedule schedule;
    private final RetainedLogs retained;
    private final InstantSource clock;

    SchedulingPublisher(Publisher atOnce, LogSchedule schedule, RetainedLogs retained, InstantSource clock) {
        this.atOnce = atOnce;
        this.retained = retained;
        this.schedule = schedule;
        this.clock = clock;
    }

    @Override
    public CompletionStage<PublishResult> publish(PublishRequest request) {
        boolean waits = request.notBefore() > PublishRequest.AT_ONCE && request.notBefore() > clock.millis();
        if (request.retain()) {
            return waits ? CompletableFuture.failedFuture(new BrokerException(ErrorCode.INVALID_ARGUMENT,
                "a record that waits for its time cannot be retained")) : retained.publish(request);
        }
        return waits ? schedule.publish(request) : atOnce.publish(request);
    }
}
