package io.tributary.protocol.kafka.handler.security;

import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.DelegationTokenDisabledException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.CreateDelegationTokenRequest;
import org.apache.kafka.common.requests.DescribeDelegationTokenRequest;
import org.apache.kafka.common.requests.ExpireDelegationTokenRequest;
import org.apache.kafka.common.requests.RenewDelegationTokenRequest;

/**
 * The APIs of delegation tokens (KIP-48): all answer DELEGATION_TOKEN_AUTH_DISABLED, as Kafka does without a secret for them.
 *
 * @param <R> Kafka's class of the request
 */
public final class NoDelegationTokens<R extends AbstractRequest> extends ApiHandler<R> {
    private NoDelegationTokens(ApiKeys api, Class<R> requestType) {
        super(api, requestType);
    }

    /** One for each of the four. */
    public static List<ApiHandler<?>> handlers() {
        return List.of(new NoDelegationTokens<>(ApiKeys.CREATE_DELEGATION_TOKEN, CreateDelegationTokenRequest.class),
            new NoDelegationTokens<>(ApiKeys.RENEW_DELEGATION_TOKEN, RenewDelegationTokenRequest.class),
            new NoDelegationTokens<>(ApiKeys.EXPIRE_DELEGATION_TOKEN, ExpireDelegationTokenRequest.class),
            new NoDelegationTokens<>(ApiKeys.DESCRIBE_DELEGATION_TOKEN, DescribeDelegationTokenRequest.class));
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, R request) {
        return CompletableFuture.failedFuture(new DelegationTokenDisabledException("Delegation Token feature is not enabled."));
    }
}
