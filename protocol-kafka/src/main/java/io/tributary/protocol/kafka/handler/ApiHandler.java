package io.tributary.protocol.kafka.handler;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;

/**
 * Serves one API in all stable versions that the linked Kafka release reads.
 *
 * @param <R> Kafka's class of the request
 */
public abstract class ApiHandler<R extends AbstractRequest> {
    private final ApiKeys api;
    private final Class<R> requestType;

    protected ApiHandler(ApiKeys api, Class<R> requestType) {
        this.api = api;
        this.requestType = requestType;
    }

    public final ApiKeys api() {
        return api;
    }

    /** The lowest version that ApiVersions names. */
    public short advertisedOldestVersion() {
        return api.oldestVersion();
    }

    /** The highest version served; later ones of the linked release are not stable. */
    public final short latestVersion() {
        return api.latestVersion(false);
    }

    /**
     * Serves a request. A failed stage becomes the API's own error response.
     *
     * @throws ClassCastException for a request of another API
     */
    public final CompletionStage<Reply> handle(Call call, AbstractRequest request) {
        return answer(call, requestType.cast(request));
    }

    /** Validates, authorizes, calls the core, maps the result. */
    protected abstract CompletionStage<Reply> answer(Call call, R request);
}
