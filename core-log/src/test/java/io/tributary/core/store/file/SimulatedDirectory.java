package io.tributary.core.store.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names that a disk has of a directory, and what was done to them since it was last synced. */
final class SimulatedDirectory {
    /**
     * Removes a name or gives it to a file or directory, or both.
     *
     * @param removed the name that goes
     * @param put     the name that comes
     */
    private record Change(@Nullable String removed, @Nullable String put, @Nullable Object node) {
        void apply(Map<String, Object> names) {
            if (removed != null) {
                names.remove(removed);
            }
            if (put != null && node != null) {
                names.put(put, node);
            }
        }
    }

    final Map<String, Object> durable = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();

    void put(String name, Object node) {
        changes.add(new Change(null, name, node));
    }

    void remove(String name) {
        changes.add(new Change(name, null, null));
    }

    void move(String from, String to, Object node) {
        changes.add(new Change(from, to, node));
    }

    void sync() {
        changes.forEach(change -> change.apply(durable));
        changes.clear();
    }

    /** The first few changes, or any, each only with those that were made to the same names before. */
    Map<String, Object> afterCut(Random random) {
        Map<String, Object> names = new HashMap<>(durable);
        if (random.nextBoolean()) {
            changes.subList(0, random.nextInt(changes.size() + 1)).forEach(change -> change.apply(names));
            return names;
        }
        Set<@Nullable String> lost = new HashSet<>();
        for (Change change : changes) {
            boolean possible = !(lost.contains(change.removed()) || lost.contains(change.put()));
            if (possible && random.nextBoolean()) {
                change.apply(names);
            } else {
                if (change.removed() != null) {
                    lost.add(change.removed());
                }
                if (change.put() != null) {
                    lost.add(change.put());
                }
            }
        }
        return names;
    }
}
