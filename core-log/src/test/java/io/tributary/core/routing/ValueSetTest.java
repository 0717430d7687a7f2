package io.tributary.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ValueSetTest {
    private final ValueSet<Integer> set = new ValueSet<>();
    private final Set<Integer> expected = new HashSet<>();

    private void check() {
        List<Integer> values = new ArrayList<>();
        set.forEach(values::add);
        assertThat(values).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(set.size()).isEqualTo(expected.size());
        assertThat(set.hasValues()).isEqualTo(!expected.isEmpty());
    }

    @Test
    void holdsEachValueOnceThroughAllItsForms() {
        for (int round = 0; round < 2; round++) {
            for (int value = 0; value < 30; value++) {
                assertThat(set.remove(value)).isFalse();
                assertThat(set.add(value)).isTrue();
                assertThat(set.add(value)).isFalse();
                expected.add(value);
                check();
            }
            for (int value = 29; value >= 0; value--) {
                assertThat(set.remove(value)).isTrue();
                assertThat(set.remove(value)).isFalse();
                expected.remove(value);
                check();
            }
        }
    }
}
