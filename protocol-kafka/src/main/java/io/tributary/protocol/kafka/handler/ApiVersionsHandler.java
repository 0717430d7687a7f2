package io.tributary.protocol.kafka.handler;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;

/**
 * ApiVersions (KIP-35, KIP-511, KIP-1242). A request of an unknown version is answered in version 0 with UNSUPPORTED_VERSION and the
 * versions of ApiVersions itself.
 */
final class ApiVersionsHandler extends ApiHandler<ApiVersionsRequest> {
    private static final int NODE_UNKNOWN = -1;

    /** The first version that can say that a feature's lowest level is 0. */
    private static final short LOWEST_LEVEL_ZERO_MIN_VERSION = 4;

    private final Supplier<ApiVersionCollection> advertised;
    private final String clusterId;
    private final int nodeId;

    ApiVersionsHandler(Supplier<ApiVersionCollection> advertised, String clusterId, int nodeId) {
        super(ApiKeys.API_VERSIONS, ApiVersionsRequest.class);
        this.advertised = advertised;
        this.clusterId = clusterId;
        this.nodeId = nodeId;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ApiVersionsRequest request) {
        if (request.hasUnsupportedRequestVersion()) {
            return Reply.now(request.getErrorResponse(0, Errors.UNSUPPORTED_VERSION.exception()).data());
        }
        if (!request.isValid()) {
            return Reply.now(request.getErrorResponse(0, Errors.INVALID_REQUEST.exception()).data());
        }
        ApiVersionsResponseData response = new ApiVersionsResponseData().setApiKeys(advertised.get());
        addFeatures(response, request.version());
        if (isMeantForAnother(request.data())) {
            response.setErrorCode(Errors.REBOOTSTRAP_REQUIRED.code());
        }
        return Reply.now(response);
    }

    private static void addFeatures(ApiVersionsResponseData response, short version) {
        Features.levels().forEach((name, level) -> addFeature(response, version, name, level));
        response.setFinalizedFeaturesEpoch(Features.EPOCH);
    }

    private static void addFeature(ApiVersionsResponseData response, short version, String name, short level) {
        if (version >= LOWEST_LEVEL_ZERO_MIN_VERSION) {
            response.supportedFeatures().add(new SupportedFeatureKey().setName(name).setMinVersion((short) 0).setMaxVersion(level));
        }
        response.finalizedFeatures().add(
            new FinalizedFeatureKey().setName(name).setMinVersionLevel(level).setMaxVersionLevel(level));
    }

    private boolean isMeantForAnother(ApiVersionsRequestData data) {
        return data.clusterId() != null && !data.clusterId().equals(clusterId)
            || data.nodeId() != NODE_UNKNOWN && data.nodeId() != nodeId;
    }
}
