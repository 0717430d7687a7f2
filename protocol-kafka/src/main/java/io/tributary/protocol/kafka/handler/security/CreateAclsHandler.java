package io.tributary.protocol.kafka.handler.security;

import io.tributary.core.security.Access;
import io.tributary.core.security.Acl;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.AclBindings;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.CreateAclsRequest;

/** CreateAcls (KIP-140, KIP-290): those that can be are kept, and each other is told why not. */
public final class CreateAclsHandler extends ApiHandler<CreateAclsRequest> {
    private final Access access;

    public CreateAclsHandler(Access access) {
        super(ApiKeys.CREATE_ACLS, CreateAclsRequest.class);
        this.access = access;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, CreateAclsRequest request) {
        AclRights.require(call.caller(), Operation.ALTER);
        List<AclCreationResult> results = new ArrayList<>();
        List<Acl> added = new ArrayList<>();
        for (AclCreation creation : request.aclCreations()) {
            AclCreationResult result = new AclCreationResult();
            results.add(result);
            try {
                added.add(AclBindings.toCore(CreateAclsRequest.aclBinding(creation)));
            } catch (RuntimeException e) {
                fail(result, e);
            }
        }
        return access.acls(call.namespace()).add(added).handle((done, failure) -> {
            if (failure != null) {
                results.stream().filter(result -> result.errorCode() == 0).forEach(result -> fail(result, failure));
            }
            return new Reply.Message(new CreateAclsResponseData().setResults(results));
        });
    }

    private static void fail(AclCreationResult result, Throwable failure) {
        result.setErrorCode(KafkaErrors.of(failure).code()).setErrorMessage(KafkaErrors.message(failure));
    }
}
