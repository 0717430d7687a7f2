package io.tributary.protocol.kafka.handler.records;

import io.tributary.core.api.Topics;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.FetchSessionIdNotFoundException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;

/** Fetch for consumers. Every answer is a full one: no fetch session is ever made (KIP-227 lets a broker decline with session 0). */
public final class FetchHandler extends ApiHandler<FetchRequest> {
    private final TopicLookup lookup;
    private final int maxBytes;

    /**
     * Serves Fetch.
     *
     * @param maxBytes no response has more record bytes than this, unless its first batch is larger
     */
    public FetchHandler(Topics topics, int maxBytes) {
        super(ApiKeys.FETCH, FetchRequest.class);
        this.lookup = new TopicLookup(topics);
        this.maxBytes = maxBytes;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, FetchRequest request) {
        if (request.isFromFollower()) {
            return refuse(request, new InvalidRequestException("this broker has no followers"));
        }
        if (request.metadata().sessionId() != FetchMetadata.INVALID_SESSION_ID) {
            return refuse(request, new FetchSessionIdNotFoundException("no such fetch session"));
        }
        return new FetchOperation(call, request, lookup, maxBytes).start();
    }

    private static CompletionStage<Reply> refuse(FetchRequest request, RuntimeException cause) {
        return Reply.now(request.getErrorResponse(0, cause).data());
    }
}
