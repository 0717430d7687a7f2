package io.tributary.core.broker;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Publisher;
import io.tributary.core.schedule.LogSchedule;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;

/** Stores what is due at once, and leaves the rest to the schedule. */
final class SchedulingPublisher implements Publisher {
    private final Publisher atOnce;
    private final LogSchedule schedule;
    private final InstantSource clock;

    SchedulingPublisher(Publisher atOnce, LogSchedule schedule, InstantSource clock) {
        this.atOnce = atOnce;
        this.schedule = schedule;
        this.clock = clock;
    }

    @Override
    public CompletionStage<PublishResult> publish(PublishRequest request) {
        boolean waits = request.notBefore() > PublishRequest.AT_ONCE && request.notBefore() > clock.millis();
        return waits ? schedule.publish(request) : atOnce.publish(request);
    }
}
