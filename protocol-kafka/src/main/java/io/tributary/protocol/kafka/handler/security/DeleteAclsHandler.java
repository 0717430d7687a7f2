package io.tributary.protocol.kafka.handler.security;

import io.tributary.core.security.Access;
import io.tributary.core.security.Acl;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.AclBindings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsMatchingAcl;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DeleteAclsRequest;
import org.apache.kafka.common.requests.DeleteAclsResponse;

/** DeleteAcls (KIP-140, KIP-290): what any of the filters finds. */
public final class DeleteAclsHandler extends ApiHandler<DeleteAclsRequest> {
    private final Access access;

    public DeleteAclsHandler(Access access) {
        super(ApiKeys.DELETE_ACLS, DeleteAclsRequest.class);
        this.access = access;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DeleteAclsRequest request) {
        AclRights.require(call.caller(), Operation.ALTER);
        Set<Acl> removed = new HashSet<>();
        List<DeleteAclsFilterResult> results = new ArrayList<>();
        for (AclBindingFilter filter : request.filters()) {
            DeleteAclsFilterResult result = new DeleteAclsFilterResult();
            results.add(result);
            if (filter.isUnknown()) {
                result.setErrorCode(Errors.INVALID_REQUEST.code()).setErrorMessage("the filter has an element that is not known");
                continue;
            }
            List<DeleteAclsMatchingAcl> matching = new ArrayList<>();
            for (Acl acl : access.acls(call.namespace()).all()) {
                AclBinding binding = AclBindings.toKafka(acl);
                if (filter.matches(binding)) {
                    removed.add(acl);
                    matching.add(DeleteAclsResponse.matchingAcl(binding, ApiError.NONE));
                }
            }
            result.setMatchingAcls(matching);
        }
        return access.acls(call.namespace()).remove(removed)
            .thenApply(done -> new Reply.Message(new DeleteAclsResponseData().setFilterResults(results)));
    }
}
