package io.tributary.protocol.kafka.handler.security;

import io.tributary.core.model.Namespace;
import io.tributary.core.security.Access;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Quotas;
import io.tributary.core.security.Quotas.Part;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.quota.QuotaKind;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.AlterClientQuotasRequest;
import org.jspecify.annotations.Nullable;

/** AlterClientQuotas (KIP-546): of users and clients, and of what is enforced; anything else is refused. */
public final class AlterClientQuotasHandler extends ApiHandler<AlterClientQuotasRequest> {
    private static final Set<String> TYPES = Set.of(ClientQuotaEntity.USER, ClientQuotaEntity.CLIENT_ID);

    private final Access access;

    public AlterClientQuotasHandler(Access access) {
        super(ApiKeys.ALTER_CLIENT_QUOTAS, AlterClientQuotasRequest.class);
        this.access = access;
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, AlterClientQuotasRequest request) {
        call.caller().requireOnCluster(Operation.ALTER_CONFIGS);
        List<CompletableFuture<AlterClientQuotasResponseData.EntryData>> results = new ArrayList<>();
        for (EntryData entry : request.data().entries()) {
            results.add(alter(call.namespace(), entry, request.validateOnly())
                .handle((done, failure) -> result(entry, failure)).toCompletableFuture());
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done -> new Reply.Message(
            new AlterClientQuotasResponseData().setEntries(results.stream().map(CompletableFuture::join).toList())));
    }

    private CompletionStage<Void> alter(Namespace namespace, EntryData entry, boolean validateOnly) {
        try {
            Quotas.Entity entity = entity(entry.entity());
            Map<String, @Nullable Double> changes = new LinkedHashMap<>();
            for (OpData change : entry.ops()) {
                if (changes.put(change.key(), change.remove() ? null : value(change)) != null) {
                    throw new InvalidRequestException("the quota " + change.key() + " is there twice");
                }
            }
            return validateOnly ? CompletableFuture.completedFuture(null) : access.quotas(namespace).change(entity, changes);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Quotas.Entity entity(List<EntityData> parts) {
        Map<String, Part> found = new HashMap<>();
        for (EntityData part : parts) {
            if (!TYPES.contains(part.entityType())) {
                throw new InvalidRequestException("there are no quotas for " + part.entityType() + " here, only for user and client-id");
            }
            if (part.entityName() != null && part.entityName().isEmpty()) {
                throw new InvalidRequestException("Empty " + part.entityType() + " not supported");
            }
            if (found.put(part.entityType(), new Part(part.entityName())) != null) {
                throw new InvalidRequestException("Entity type " + part.entityType() + " is there twice");
            }
        }
        if (found.isEmpty()) {
            throw new InvalidRequestException("Invalid empty client quota entity");
        }
        return new Quotas.Entity(found.get(ClientQuotaEntity.USER), found.get(ClientQuotaEntity.CLIENT_ID));
    }

    private static double value(OpData change) {
        QuotaKind kind = QuotaKind.find(change.key());
        if (kind == null) {
            throw new InvalidRequestException("the quota " + change.key() + " is not enforced here, so it is not kept");
        }
        double value = change.value();
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new InvalidRequestException("Quota " + change.key() + " must be greater than 0");
        }
        if (kind.isWhole() && value != Math.rint(value)) {
            throw new InvalidRequestException("Quota " + change.key() + " must be a whole number");
        }
        return value;
    }

    private static AlterClientQuotasResponseData.EntryData result(EntryData entry, @Nullable Throwable failure) {
        AlterClientQuotasResponseData.EntryData result = new AlterClientQuotasResponseData.EntryData().setErrorMessage(null)
            .setEntity(entry.entity().stream().map(part -> new AlterClientQuotasResponseData.EntityData()
                .setEntityType(part.entityType()).setEntityName(part.entityName())).toList());
        return failure == null ? result
            : result.setErrorCode(KafkaErrors.of(failure).code()).setErrorMessage(KafkaErrors.message(failure));
    }
}
