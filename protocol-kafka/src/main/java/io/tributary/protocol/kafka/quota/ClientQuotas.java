package io.tributary.protocol.kafka.quota;

import io.tributary.core.model.Namespace;
import io.tributary.core.security.Quotas;
import io.tributary.core.security.Quotas.Entity;
import io.tributary.core.security.Quotas.Part;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the quota that is for a client, and the meter that it shares with all for which the same one counts. */
public final class ClientQuotas {
    private static final int MAX_METERS = 10_000;

    /** What a quota is measured for: all of a user's clients, one of them, or all clients of an identifier. */
    private record Measured(Namespace namespace, QuotaKind kind, @Nullable String user, @Nullable String clientId) {
    }

    /** A quota and what it is measured by. */
    record Limit(RateMeter meter, double quota) {
    }

    private final Function<Namespace, Quotas> quotas;
    /** The least recently used is forgotten, and begins again with nothing measured. */
    private final Map<Measured, RateMeter> meters = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Measured, RateMeter> eldest) {
            return size() > MAX_METERS;
        }
    });

    /** By the quotas of each namespace. */
    public ClientQuotas(Function<Namespace, Quotas> quotas) {
        this.quotas = quotas;
    }

    /** The same object as long as no quota of the namespace changes. */
    Map<Entity, Map<String, Double>> all(Namespace namespace) {
        return quotas.apply(namespace).all();
    }

    /** The limit for a client, by the most particular entity that has one, as Kafka orders them; null without any. */
    @Nullable Limit find(Namespace namespace, QuotaKind kind, String user, String clientId) {
        Map<Entity, Map<String, Double>> all = all(namespace);
        for (Part userPart : new @Nullable Part[] {new Part(user), Part.OTHERS, null}) {
            for (Part clientPart : new @Nullable Part[] {new Part(clientId), Part.OTHERS, null}) {
                Double quota = all.getOrDefault(new Entity(userPart, clientPart), Map.of()).get(kind.configName());
                if (quota != null) {
                    Measured measured = new Measured(namespace, kind, userPart == null ? null : user, clientPart == null ? null : clientId);
                    return new Limit(meters.computeIfAbsent(measured, missing -> new RateMeter()), quota);
                }
            }
        }
        return null;
    }
}
