package io.tributary.core.subscription.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Against a sorted set. */
class PendingOffsetsPropertyTest {
    /** Close together and far apart, on both sides of where the bitmap's parts meet. */
    @Provide
    Arbitrary<Long> offsets() {
        return Arbitraries.oneOf(Arbitraries.longs().between(0, 200), Arbitraries.longs().between(65_500, 65_600),
            Arbitraries.longs().between(0, 1L << 20), Arbitraries.longs().between((1L << 32) - 50, (1L << 32) + 50));
    }

    @Provide
    Arbitrary<List<Long>> sets() {
        return offsets().list().ofMaxSize(300);
    }

    private static List<Long> list(PendingOffsets offsets) {
        List<Long> all = new ArrayList<>();
        for (long next = offsets.first(); next != PendingOffsets.NONE; next = offsets.firstFrom(next + 1)) {
            all.add(next);
        }
        assertThat(offsets.count()).isEqualTo(all.size());
        return all;
    }

    private static PendingOffsets of(List<Long> elements) {
        PendingOffsets offsets = new PendingOffsets();
        elements.forEach(offsets::add);
        return offsets;
    }

    @Property
    void copiesThoseBeforeAnOffsetAndKeepsItsOwn(@ForAll("sets") List<Long> elements, @ForAll("offsets") long bound) {
        SortedSet<Long> model = new TreeSet<>(elements);
        PendingOffsets offsets = of(elements);
        PendingOffsets copy = offsets.before(bound);
        assertThat(list(copy)).containsExactlyElementsOf(model.headSet(bound));
        copy.add(bound + 1);
        copy.removeBefore(bound);
        assertThat(list(offsets)).containsExactlyElementsOf(model);
        assertThat(list(PendingOffsets.decode(offsets.before(bound).encode()))).containsExactlyElementsOf(model.headSet(bound));
    }

    @Property
    void forgetsRanges(@ForAll("sets") List<Long> elements, @ForAll("offsets") long bound, @ForAll("offsets") long other) {
        SortedSet<Long> model = new TreeSet<>(elements);
        PendingOffsets offsets = of(elements);
        offsets.removeBefore(Math.min(bound, other));
        offsets.removeFrom(Math.max(bound, other));
        assertThat(list(offsets)).containsExactlyElementsOf(model.subSet(Math.min(bound, other), Math.max(bound, other)));
        offsets.add(bound);
        assertThat(offsets.contains(bound)).isTrue();
    }
}
