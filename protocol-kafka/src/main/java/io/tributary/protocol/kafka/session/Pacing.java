package io.tributary.protocol.kafka.session;

import io.netty.channel.ChannelHandlerContext;
import io.tributary.protocol.kafka.codec.ThrottleTime;
import io.tributary.protocol.kafka.handler.Caller;
import io.tributary.protocol.kafka.quota.QuotaKind;
import io.tributary.protocol.kafka.quota.Throttle;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.RequestContext;
import org.jspecify.annotations.Nullable;

/** Holds a client to its quotas (KIP-219): it is told in the answer how long to wait, and for so long nothing more is taken from it. */
final class Pacing {
    private static final Set<ApiKeys> LOGIN = EnumSet.of(ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);

    private final ChannelHandlerContext ctx;
    private final Throttle throttle;
    private final Runnable resume;
    /** Several answers may each ask for a pause. */
    private int pauses;

    /** Runs {@code resume} on the event loop when a pause is over. */
    Pacing(ChannelHandlerContext ctx, Throttle throttle, Runnable resume) {
        this.ctx = ctx;
        this.throttle = throttle;
        this.resume = resume;
    }

    boolean isPaused() {
        return pauses > 0;
    }

    /** How many bytes a client may fetch at once. */
    int maxFetchBytes(RequestContext request, Caller client) {
        return isFree(client, request) ? Integer.MAX_VALUE : throttle.maxFetchBytes();
    }

    private boolean isFree(Caller client, RequestContext request) {
        return throttle.isFree(client.namespace(), client.principal().name(), request.clientId());
    }

    /**
     * Counts what a request has cost before its answer is written.
     *
     * @param answer null for a request without one
     */
    @SuppressWarnings("FutureReturnValueIgnored") // does nothing when the session has ended before
    void answered(PendingRequest place, @Nullable ApiMessage answer) {
        RequestContext request = place.request().context();
        // A login is not of whom the quota would be for.
        if (LOGIN.contains(request.header.apiKey())
            || isFree(place.call().caller(), request)) {
            return;
        }
        long waitMs = throttle.busy(place.busyNanos());
        if (request.header.apiKey() == ApiKeys.PRODUCE) {
            waitMs = Math.max(waitMs, throttle.bytes(QuotaKind.PRODUCE, place.request().sizeInBytes()));
        } else if (answer instanceof FetchResponseData fetched) {
            waitMs = Math.max(waitMs, throttle.bytes(QuotaKind.FETCH, sizeOf(fetched)));
        } else if (answer instanceof ShareFetchResponseData shared) {
            waitMs = Math.max(waitMs, throttle.bytes(QuotaKind.FETCH, sizeOf(shared)));
        }
        if (waitMs <= 0) {
            return;
        }
        if (answer != null) {
            ThrottleTime.set(answer, (int) waitMs);
        }
        pauses++;
        ctx.executor().schedule(this::goOn, waitMs, TimeUnit.MILLISECONDS);
    }

    private void goOn() {
        pauses--;
        resume.run();
    }

    private static long sizeOf(FetchResponseData response) {
        long size = 0;
        for (FetchResponseData.FetchableTopicResponse topic : response.responses()) {
            for (FetchResponseData.PartitionData partition : topic.partitions()) {
                size += partition.records() == null ? 0 : partition.records().sizeInBytes();
            }
        }
        return size;
    }

    private static long sizeOf(ShareFetchResponseData response) {
        return response.responses().stream().flatMap(topic -> topic.partitions().stream())
            .mapToLong(partition -> partition.records().sizeInBytes()).sum();
    }
}
