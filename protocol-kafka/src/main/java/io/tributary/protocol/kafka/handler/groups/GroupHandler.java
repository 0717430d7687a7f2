package io.tributary.protocol.kafka.handler.groups;

import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/**
 * Serves an API of the group coordinator.
 *
 * @param <R> Kafka's class of the request
 */
abstract class GroupHandler<R extends AbstractRequest> extends ApiHandler<R> {
    private final GroupCoordinators coordinators;

    GroupHandler(ApiKeys api, Class<R> requestType, GroupCoordinators coordinators) {
        super(api, requestType);
        this.coordinators = coordinators;
    }

    final CompletionStage<GroupCoordinator> coordinator(Call call) {
        return coordinators.of(call.namespace());
    }

    /** Asks about one group, which the caller must be allowed to read. */
    final CompletionStage<Reply> ask(Call call, String group, Function<GroupCoordinator, CompletionStage<? extends ApiMessage>> question) {
        if (!call.caller().mayOnGroup(Operation.READ, group)) {
            return CompletableFuture.failedFuture(GroupAuthorizationException.forGroupId(group));
        }
        return coordinator(call).thenCompose(question::apply).thenApply(Reply.Message::new);
    }
}
