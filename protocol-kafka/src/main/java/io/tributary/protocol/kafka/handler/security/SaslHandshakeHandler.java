package io.tributary.protocol.kafka.handler.security;

import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.sasl.SaslLogin;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslHandshakeRequest;

/** SaslHandshake (KIP-43): the mechanism. An unknown one is answered with those that there are, and the connection closed. */
public final class SaslHandshakeHandler extends ApiHandler<SaslHandshakeRequest> {
    public SaslHandshakeHandler() {
        super(ApiKeys.SASL_HANDSHAKE, SaslHandshakeRequest.class);
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, SaslHandshakeRequest request) {
        SaslLogin login = call.login();
        SaslHandshakeResponseData response = new SaslHandshakeResponseData().setMechanisms(login.mechanisms());
        try {
            login.handshake(request.data().mechanism(), call.version());
            return Reply.now(response);
        } catch (IllegalSaslStateException e) {
            return Reply.now(response.setErrorCode(Errors.ILLEGAL_SASL_STATE.code()));
        } catch (UnsupportedSaslMechanismException e) {
            return CompletableFuture.completedFuture(
                new Reply.Farewell(response.setErrorCode(Errors.UNSUPPORTED_SASL_MECHANISM.code()),
                    "the mechanism " + request.data().mechanism() + " is not offered"));
        }
    }
}
