package io.tributary.protocol.kafka.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.Namespace;
import io.tributary.core.security.Quotas;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientQuotasTest {
    private static final String RATE = QuotaKind.PRODUCE.configName();

    /** Quotas that the test sets, and a clock that it moves. */
    private static final class Fixture extends Clock implements Quotas {
        private Map<Entity, Map<String, Double>> all = Map.of();
        private long nowMs = 1_000_000;

        @Override
        public Map<Entity, Map<String, Double>> all() {
            return all;
        }

        @Override
        public CompletionStage<Void> change(Entity entity, Map<String, @Nullable Double> changes) {
            throw new UnsupportedOperationException();
        }

        void set(@Nullable Part user, @Nullable Part clientId, double quota) {
            Map<Entity, Map<String, Double>> next = new HashMap<>(all);
            next.put(new Entity(user, clientId), Map.of(RATE, quota));
            all = next;
        }

        @Override
        public long millis() {
            return nowMs;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(nowMs);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final Fixture fixture = new Fixture();
    private final ClientQuotas quotas = new ClientQuotas(namespace -> fixture);

    private static Quotas.Part part(String name) {
        return new Quotas.Part(name);
    }

    /** KIP-55's order of precedence, from the least particular to the most. */
    @Test
    void theMostParticularQuotaCounts() {
        List<Quotas.Entity> order = new ArrayList<>();
        order.add(new Quotas.Entity(null, Quotas.Part.OTHERS));
        order.add(new Quotas.Entity(null, part("c")));
        order.add(new Quotas.Entity(Quotas.Part.OTHERS, null));
        order.add(new Quotas.Entity(Quotas.Part.OTHERS, Quotas.Part.OTHERS));
        order.add(new Quotas.Entity(Quotas.Part.OTHERS, part("c")));
        order.add(new Quotas.Entity(part("u"), null));
        order.add(new Quotas.Entity(part("u"), Quotas.Part.OTHERS));
        order.add(new Quotas.Entity(part("u"), part("c")));
        assertThat(quotas.find(Namespace.DEFAULT, QuotaKind.PRODUCE, "u", "c")).isNull();
        for (int i = 0; i < order.size(); i++) {
            fixture.set(order.get(i).user(), order.get(i).clientId(), i + 1);
            ClientQuotas.Limit limit = quotas.find(Namespace.DEFAULT, QuotaKind.PRODUCE, "u", "c");
            assertThat(limit).isNotNull();
            assertThat(limit.quota()).isEqualTo(i + 1);
        }
        assertThat(quotas.find(Namespace.DEFAULT, QuotaKind.FETCH, "u", "c")).as("of another kind").isNull();
    }

    @Test
    void whoSharesAQuotaSharesItsMeter() {
        fixture.set(part("u"), null, 100);
        fixture.set(Quotas.Part.OTHERS, null, 100);
        ClientQuotas.Limit first = quotas.find(Namespace.DEFAULT, QuotaKind.PRODUCE, "u", "c1");
        ClientQuotas.Limit second = quotas.find(Namespace.DEFAULT, QuotaKind.PRODUCE, "u", "c2");
        ClientQuotas.Limit other = quotas.find(Namespace.DEFAULT, QuotaKind.PRODUCE, "v", "c1");
        assertThat(first).isNotNull();
        assertThat(second).isNotNull();
        assertThat(other).isNotNull();
        assertThat(first.meter()).isSameAs(second.meter()).isNotSameAs(other.meter());
    }

    @Test
    void aClientWaitsUntilItsRateIsTheQuotaAgain() {
        fixture.set(part("u"), null, 1000);
        Throttle throttle = new Throttle(quotas, fixture);
        assertThat(throttle.isFree(Namespace.DEFAULT, "u", null)).isFalse();
        assertThat(throttle.maxFetchBytes()).isEqualTo(Integer.MAX_VALUE);
        assertThat(throttle.bytes(QuotaKind.PRODUCE, 10_000)).as("ten seconds' worth").isZero();
        fixture.nowMs += 10_000;
        assertThat(throttle.bytes(QuotaKind.PRODUCE, 5000)).as("five seconds too much").isEqualTo(5000);
        fixture.nowMs += 5000;
        assertThat(throttle.bytes(QuotaKind.PRODUCE, 0)).isZero();
        fixture.nowMs += 60_000;
        assertThat(throttle.bytes(QuotaKind.PRODUCE, 10_000)).as("all is forgotten").isZero();
    }

    @Test
    void aFetchIsNoLargerThanTheTimeThatIsMeasured() {
        fixture.all = Map.of(new Quotas.Entity(part("u"), null), Map.of(QuotaKind.FETCH.configName(), 1000.0));
        Throttle throttle = new Throttle(quotas, fixture);
        assertThat(throttle.isFree(Namespace.DEFAULT, "v", "c")).isTrue();
        assertThat(throttle.isFree(Namespace.DEFAULT, "u", "c")).isFalse();
        assertThat(throttle.maxFetchBytes()).isEqualTo(10_000);
    }
}
