package io.tributary.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.bench.load.KafkaLoad;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void isShorterWhenQuick() {
        assertThat(Options.parse(List.of("--quick")).rounds()).isEqualTo(1);
        assertThat(Options.parse(List.of()).rounds()).isEqualTo(5);
    }

    @Test
    void takesWhatIsGivenOverWhatIsUsual() {
        Options options = Options.parse(List.of("--quick", "--rounds", "3", "--records", "100"));
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.records()).isEqualTo(100);
    }

    @Test
    void namesWhatItCannotRead() {
        assertThatThrownBy(() -> Options.parse(List.of("--round", "3"))).hasMessageContaining("--round");
        assertThatThrownBy(() -> Options.parse(List.of("--rounds"))).hasMessageContaining("--rounds");
        assertThatThrownBy(() -> Options.parse(List.of("--rounds", "0"))).hasMessageContaining("--rounds");
    }

    @Test
    void selectsSettingsByTheirName() {
        List<Setting> settings = List.of(new Setting("16 KiB", KafkaLoad.class, 1, List.of()),
            new Setting("64 KiB", KafkaLoad.class, 1, List.of()));
        assertThat(Options.parse(List.of("--only", "64")).select(settings)).containsExactly(settings.get(1));
        assertThatThrownBy(() -> Options.parse(List.of("--only", "1 MiB")).select(settings)).hasMessageContaining("16 KiB");
    }

    @Test
    void keepsThePeerWhateverElseIsSelected() {
        Contestant peer = new Contestant("Kafka", "kafka", 0, Map.of());
        Contestant os = new Contestant("Tributary os", "tributary", 0, Map.of());
        Contestant fsync = new Contestant("Tributary fsync", "tributary", 0, Map.of());
        assertThat(Options.parse(List.of("--with", "fsync")).selectContestants(List.of(peer, os, fsync))).containsExactly(peer, fsync);
    }
}
