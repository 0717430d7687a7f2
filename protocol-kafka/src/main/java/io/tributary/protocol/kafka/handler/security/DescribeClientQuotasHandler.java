package io.tributary.protocol.kafka.handler.security;

import io.tributary.core.security.Access;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Quotas.Entity;
import io.tributary.core.security.Quotas.Part;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;
import org.apache.kafka.common.requests.DescribeClientQuotasResponse;
import org.jspecify.annotations.Nullable;

/** DescribeClientQuotas (KIP-546). */
public final class DescribeClientQuotasHandler extends ApiHandler<DescribeClientQuotasRequest> {
    private final Access access;

    public DescribeClientQuotasHandler(Access access) {
        super(ApiKeys.DESCRIBE_CLIENT_QUOTAS, DescribeClientQuotasRequest.class);
        this.access = access;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeClientQuotasRequest request) {
        call.caller().requireOnCluster(Operation.DESCRIBE_CONFIGS);
        ClientQuotaFilter filter = request.filter();
        Set<String> types = new HashSet<>();
        for (ClientQuotaFilterComponent component : filter.components()) {
            if (!ClientQuotaEntity.isValidEntityType(component.entityType())) {
                throw new InvalidRequestException("there are no quotas for " + component.entityType());
            }
            if (!types.add(component.entityType())) {
                throw new InvalidRequestException("Entity type " + component.entityType() + " cannot appear more than once in the filter");
            }
        }
        Map<ClientQuotaEntity, Map<String, Double>> found = new HashMap<>();
        access.quotas(call.namespace()).all().forEach((entity, values) -> {
            if (matches(filter, types, entity)) {
                found.put(toKafka(entity), values);
            }
        });
        return Reply.now(DescribeClientQuotasResponse.fromQuotaEntities(found, 0).data());
    }

    private static boolean matches(ClientQuotaFilter filter, Set<String> types, Entity entity) {
        for (ClientQuotaFilterComponent component : filter.components()) {
            Part part = part(entity, component.entityType());
            // Null for any, empty for the default.
            Optional<String> match = component.match();
            if (part == null || match != null && !match.equals(Optional.ofNullable(part.name()))) {
                return false;
            }
        }
        return !filter.strict() || (entity.user() == null || types.contains(ClientQuotaEntity.USER))
            && (entity.clientId() == null || types.contains(ClientQuotaEntity.CLIENT_ID));
    }

    private static @Nullable Part part(Entity entity, String type) {
        return switch (type) {
            case ClientQuotaEntity.USER -> entity.user();
            case ClientQuotaEntity.CLIENT_ID -> entity.clientId();
            default -> null;
        };
    }

    private static ClientQuotaEntity toKafka(Entity entity) {
        Map<String, @Nullable String> entries = new HashMap<>();
        Part user = entity.user();
        Part clientId = entity.clientId();
        if (user != null) {
            entries.put(ClientQuotaEntity.USER, user.name());
        }
        if (clientId != null) {
            entries.put(ClientQuotaEntity.CLIENT_ID, clientId.name());
        }
        return new ClientQuotaEntity(entries);
    }
}
