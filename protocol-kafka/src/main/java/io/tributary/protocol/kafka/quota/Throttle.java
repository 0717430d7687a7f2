package io.tributary.protocol.kafka.quota;

import io.tributary.core.model.Namespace;
import io.tributary.core.security.Quotas.Entity;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one connection has to wait for its quotas. Looks them up again when any has changed, or the client calls itself by another name. */
public final class Throttle {
    /** Requests are held up for no longer than a window. */
    private static final long MAX_REQUEST_MS = 1000;
    private static final double PERCENT_PER_NANO = 100 / 1e9;

    private final ClientQuotas quotas;
    private final Clock clock;
    private final Map<QuotaKind, ClientQuotas.Limit> limits = new EnumMap<>(QuotaKind.class);
    private @Nullable Map<Entity, Map<String, Double>> lookedUpIn;
    private Namespace namespace = Namespace.DEFAULT;
    private String user = "";
    private String clientId = "";

    public Throttle(ClientQuotas quotas, Clock clock) {
        this.quotas = quotas;
        this.clock = clock;
    }

    /** Whether there is nothing to measure for this client. */
    public boolean isFree(Namespace nowNamespace, String nowUser, @Nullable String nowClientId) {
        Map<Entity, Map<String, Double>> all = quotas.all(nowNamespace);
        if (all.isEmpty()) {
            limits.clear();
            lookedUpIn = all;
            return true;
        }
        String named = nowClientId == null ? "" : nowClientId;
        if (all != lookedUpIn || !namespace.equals(nowNamespace) || !user.equals(nowUser) || !clientId.equals(named)) {
            namespace = nowNamespace;
            user = nowUser;
            clientId = named;
            lookedUpIn = all;
            limits.clear();
            for (QuotaKind kind : QuotaKind.values()) {
                ClientQuotas.Limit limit = quotas.find(namespace, kind, user, clientId);
                if (limit != null) {
                    limits.put(kind, limit);
                }
            }
        }
        return limits.isEmpty();
    }

    /** How many bytes a Fetch may have so that it does not have to be waited for longer than the time that rates are measured over. */
    public int maxFetchBytes() {
        ClientQuotas.Limit limit = limits.get(QuotaKind.FETCH);
        return limit == null ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, Math.max(1, limit.quota() * (RateMeter.WINDOWS - 1)));
    }

    /** Counts bytes; returns for how many milliseconds the client is to wait. */
    public long bytes(QuotaKind kind, long count) {
        return record(kind, (double) count);
    }

    /** Counts the time that an event loop was busy for the client; returns for how many milliseconds the client is to wait. */
    public long busy(long nanos) {
        return Math.min(MAX_REQUEST_MS, record(QuotaKind.REQUEST, nanos * PERCENT_PER_NANO));
    }

    private long record(QuotaKind kind, double amount) {
        ClientQuotas.Limit limit = limits.get(kind);
        return limit == null ? 0 : limit.meter().record(amount, limit.quota(), clock.millis());
    }
}
