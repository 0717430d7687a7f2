package io.tributary.protocol.kafka;

import static io.tributary.protocol.kafka.KafkaFixture.get;
import static io.tributary.protocol.kafka.KafkaFixture.seen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigType;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Subscriptions to what clients measure, as an administrator makes them. */
@NullUnmarked // what the clients give in maps is there, or the test fails
class ClientMetricsConfigIT {
    private static KafkaFixture fixture;
    private static Admin admin;

    @BeforeAll
    static void start() {
        fixture = new KafkaFixture(KafkaFixture.CONFIG.withTelemetry(new KafkaConfig.Telemetry("client-metrics", 1 << 20)));
        admin = fixture.admin();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static ConfigResource subscription(String name) {
        return new ConfigResource(ConfigResource.Type.CLIENT_METRICS, name);
    }

    private static void alter(String subscription, OpType operation, Map<String, String> configs, boolean validateOnly) {
        Collection<AlterConfigOp> operations = new ArrayList<>();
        configs.forEach((name, value) -> operations.add(new AlterConfigOp(new ConfigEntry(name, value), operation)));
        get(admin.incrementalAlterConfigs(Map.of(subscription(subscription), operations),
            new AlterConfigsOptions().validateOnly(validateOnly)).all());
    }

    private static void set(String subscription, Map<String, String> configs) {
        alter(subscription, OpType.SET, configs, false);
    }

    private static Config describe(String subscription) {
        return get(admin.describeConfigs(List.of(subscription(subscription))).all()).get(subscription(subscription));
    }

    private static Collection<ConfigResource> all() {
        return get(admin.listConfigResources(Set.of(ConfigResource.Type.CLIENT_METRICS), new ListConfigResourcesOptions()).all());
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> set("bad", Map.of("interval.ms", "99"))).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> set("bad", Map.of("interval.ms", "3600001"))).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> set("bad", Map.of("interval.ms", "soon"))).isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set("bad", Map.of("match", "client_colour=red"))).isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set("bad", Map.of("match", "client_id=("))).isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> set("bad", Map.of("retention.ms", "1"))).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> set("", Map.of("metrics", "*"))).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> alter("bad", OpType.APPEND, Map.of("metrics", "a."), false))
            .isInstanceOf(InvalidConfigurationException.class).hasMessageContaining("APPEND");
        alter("tried", OpType.SET, Map.of("metrics", "*"), true);
        assertThat(all()).doesNotContain(subscription("bad"), subscription("tried"));
    }

    @Test
    void aSubscriptionIsMadeShownAndEndedByItsConfigs() {
        set("shown", Map.of("metrics", "org.apache.kafka.", "match", "client_software_name=apache-.*"));
        seen(() -> assertThat(all()).contains(subscription("shown")));
        Config shown = describe("shown");
        assertThat(shown.entries()).extracting(ConfigEntry::name).containsExactlyInAnyOrder("metrics", "interval.ms", "match");
        assertThat(shown.get("metrics").source()).isEqualTo(ConfigSource.DYNAMIC_CLIENT_METRICS_CONFIG);
        assertThat(shown.get("metrics").type()).isEqualTo(ConfigType.LIST);
        assertThat(shown.get("match").value()).isEqualTo("client_software_name=apache-.*");
        assertThat(shown.get("interval.ms").value()).isEqualTo("300000");
        assertThat(shown.get("interval.ms").isDefault()).isTrue();
        assertThat(shown.get("interval.ms").isReadOnly()).isFalse();
        alter("shown", OpType.DELETE, Map.of("metrics", "", "match", ""), false);
        seen(() -> assertThat(all()).doesNotContain(subscription("shown")));
    }

    @Test
    void ofASubscriptionThatIsNotThereTheDefaultsAreShown() {
        assertThat(describe("nowhere").get("metrics").value()).isEmpty();
        assertThat(describe("nowhere").entries()).allMatch(ConfigEntry::isDefault);
        assertThatThrownBy(() -> describe("")).isInstanceOf(InvalidRequestException.class);
    }
}
