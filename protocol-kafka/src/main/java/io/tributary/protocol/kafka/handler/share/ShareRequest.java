package io.tributary.protocol.kafka.handler.share;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.share.ShareSubscriptions;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/** What ShareFetch and ShareAcknowledge have in common. */
final class ShareRequest {
    /** Clients take a UUID. */
    private static final int LONGEST_MEMBER = 256;

    private ShareRequest() {
    }

    /** The session that a request names. Fails with INVALID_GROUP_ID, INVALID_REQUEST or GROUP_AUTHORIZATION_FAILED. */
    static ShareSession.Key key(Call call, @Nullable String group, @Nullable String member) {
        if (group == null || group.isEmpty()) {
            throw new InvalidGroupIdException("a share session is a group's");
        }
        if (!call.caller().mayOnGroup(Operation.READ, group)) {
            throw GroupAuthorizationException.forGroupId(group);
        }
        ShareSubscriptions.check(call.namespace(), group);
        if (member == null || member.isEmpty() || member.length() > LONGEST_MEMBER) {
            throw new InvalidRequestException("a member's identifier has 1 to " + LONGEST_MEMBER + " characters");
        }
        return new ShareSession.Key(call.namespace(), group, member);
    }
}
