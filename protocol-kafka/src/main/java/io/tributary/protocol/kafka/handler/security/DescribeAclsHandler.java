package io.tributary.protocol.kafka.handler.security;

import io.tributary.core.security.Access;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.translate.AclBindings;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DescribeAclsRequest;
import org.apache.kafka.common.requests.DescribeAclsResponse;

/** DescribeAcls (KIP-140, KIP-290). */
public final class DescribeAclsHandler extends ApiHandler<DescribeAclsRequest> {
    private final Access access;

    public DescribeAclsHandler(Access access) {
        super(ApiKeys.DESCRIBE_ACLS, DescribeAclsRequest.class);
        this.access = access;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeAclsRequest request) {
        AclRights.require(call.caller(), Operation.DESCRIBE);
        AclBindingFilter filter = request.filter();
        if (filter.isUnknown()) {
            throw new InvalidRequestException("the filter has an element that is not known: " + filter);
        }
        List<AclBinding> found = access.acls(call.namespace()).all().stream().map(AclBindings::toKafka).filter(filter::matches).toList();
        return Reply.now(new DescribeAclsResponseData().setResources(DescribeAclsResponse.aclsResources(found)));
    }
}
