package io.tributary.protocol.kafka.handler.cluster;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Features;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.UpdateFeaturesRequest;
import org.apache.kafka.common.requests.UpdateFeaturesRequest.FeatureUpdateItem;
import org.apache.kafka.common.requests.UpdateFeaturesResponse;

/**
 * UpdateFeatures (KIP-584, KIP-778): a feature is at the level of the release, and can be set to that one only. The refusals are those of
 * Kafka for what it does not support.
 */
public final class UpdateFeaturesHandler extends ApiHandler<UpdateFeaturesRequest> {
    private static final String FOR_ALL = "The update failed for all features since the following feature had an error: ";
    private static final short FIRST_WITHOUT_RESULTS = 2;

    public UpdateFeaturesHandler() {
        super(ApiKeys.UPDATE_FEATURES, UpdateFeaturesRequest.class);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, UpdateFeaturesRequest request) {
        call.caller().requireOnCluster(Operation.ALTER);
        Set<String> names = new TreeSet<>();
        for (FeatureUpdateItem update : request.featureUpdates()) {
            ApiError error = check(update);
            if (error.isFailure()) {
                return reply(call, new ApiError(error.error(), FOR_ALL + error.message()), Set.of());
            }
            names.add(update.feature());
        }
        return reply(call, ApiError.NONE, names);
    }

    private static CompletionStage<Reply> reply(Call call, ApiError error, Set<String> names) {
        return Reply.now(
            UpdateFeaturesResponse.createWithErrors(error, call.version() < FIRST_WITHOUT_RESULTS ? names : Set.of(), 0).data());
    }

    private static ApiError check(FeatureUpdateItem update) {
        if (update.upgradeType() == UpgradeType.UNKNOWN) {
            return refused(update, "The controller does not support the given upgrade type.");
        }
        Short level = Features.levels().get(update.feature());
        short wanted = update.versionLevel();
        if (wanted < 0) {
            return refused(update, "A feature version cannot be less than 0.");
        }
        if (level == null) {
            return refused(update, "The broker does not support this feature.");
        }
        if (wanted == level) {
            return ApiError.NONE;
        }
        if (wanted > level) {
            return refused(update, "The highest level of this release is " + level + ".");
        }
        return refused(update, update.upgradeType() == UpgradeType.UPGRADE
            ? "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade."
            : "Can't downgrade the version of this feature.");
    }

    private static ApiError refused(FeatureUpdateItem update, String reason) {
        return new ApiError(Errors.INVALID_UPDATE_VERSION,
            String.format("Invalid update version %d for feature %s. %s", update.versionLevel(), update.feature(), reason));
    }
}
