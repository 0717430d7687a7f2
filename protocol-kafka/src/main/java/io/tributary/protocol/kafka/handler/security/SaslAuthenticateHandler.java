package io.tributary.protocol.kafka.handler.security;

import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.sasl.SaslLogin;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslAuthenticateRequest;

/** SaslAuthenticate (KIP-152, KIP-368): a token of the mechanism. A failure is told late, and the connection closed. */
public final class SaslAuthenticateHandler extends ApiHandler<SaslAuthenticateRequest> {
    public SaslAuthenticateHandler() {
        super(ApiKeys.SASL_AUTHENTICATE, SaslAuthenticateRequest.class);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a delay on a loop that has ended is for nobody any more
    protected CompletionStage<Reply> answer(Call call, SaslAuthenticateRequest request) {
        SaslLogin login = call.login();
        CompletionStage<?> taking;
        try {
            taking = login.take(request.data().authBytes());
        } catch (IllegalSaslStateException e) {
            return Reply.now(new SaslAuthenticateResponseData().setErrorCode(Errors.ILLEGAL_SASL_STATE.code())
                .setErrorMessage(e.getMessage()));
        }
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        taking.whenComplete((outcome, failure) -> call.loop().execute(() -> {
            try {
                SaslLogin.Answer answer = login.finish(outcome, failure);
                reply.complete(new Reply.Message(new SaslAuthenticateResponseData().setAuthBytes(answer.challenge())
                    .setSessionLifetimeMs(answer.lifetimeMs())));
            } catch (SaslAuthenticationException e) {
                SaslAuthenticateResponseData refusal = new SaslAuthenticateResponseData()
                    .setErrorCode(Errors.SASL_AUTHENTICATION_FAILED.code()).setErrorMessage(e.getMessage());
                call.loop().schedule(() -> reply.complete(new Reply.Farewell(refusal, "the login failed: " + e.getMessage())),
                    login.settings().failureDelay().toMillis(), TimeUnit.MILLISECONDS);
            }
        }));
        return reply;
    }
}
