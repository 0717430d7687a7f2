package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.Topics;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.FetchRequest;

/** Fetch for consumers, in sessions if they want that (KIP-227). */
public final class FetchHandler extends ApiHandler<FetchRequest> {
    private final TopicLookup lookup;
    private final FetchSessions sessions;
    private final int maxBytes;

    /**
     * Serves Fetch.
     *
     * @param maxBytes    no response has more record bytes than this, unless its first batch is larger
     * @param maxSessions of all clients
     */
    public FetchHandler(Topics topics, int maxBytes, int maxSessions) {
        super(ApiKeys.FETCH, FetchRequest.class);
        this.lookup = new TopicLookup(topics);
        this.maxBytes = maxBytes;
        this.sessions = new FetchSessions(maxSessions, FetchSessions.MAX_PARTITIONS, System::nanoTime);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, FetchRequest request) {
        if (request.isFromFollower()) {
            return refuse(request, new InvalidRequestException("this broker has no followers"));
        }
        FetchSessions.Opened opened = sessions.open(request);
        FetchPlan plan = opened.plan();
        return plan == null
            ? refuse(request, opened.error().exception())
            : new FetchOperation(call, request, plan, lookup, maxBytes).start();
    }

    private static CompletionStage<Reply> refuse(FetchRequest request, RuntimeException cause) {
        return Reply.now(request.getErrorResponse(0, cause).data());
    }
}
