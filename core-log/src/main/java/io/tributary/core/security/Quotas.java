package io.tributary.core.security;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The quotas of users and clients that are kept with the metadata. Read from memory, changed durably. Safe on any thread. */
public interface Quotas {
    /**
     * Whom a quota is for; at least one of the two.
     *
     * @param user     null when the quota does not ask for it
     * @param clientId null when the quota does not ask for it
     */
    record Entity(@Nullable Part user, @Nullable Part clientId) {
    }

    /**
     * One side of an entity.
     *
     * @param name null for all that have no quota of their own
     */
    record Part(@Nullable String name) {
        public static final Part OTHERS = new Part(null);
    }

    /** Each entity's quotas by their name: a snapshot; as long as nothing changes, the same object. */
    Map<Entity, Map<String, Double>> all();

    /** Sets an entity's quotas to new values, and removes those that are null. Fails with INVALID_ARGUMENT or LIMIT_EXCEEDED. */
    CompletionStage<Void> change(Entity entity, Map<String, @Nullable Double> changes);
}
