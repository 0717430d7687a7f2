package io.tributary.bench.load;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Which member of a group has which partitions. Safe on any thread. */
final class Holdings {
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final int partitions;
    private final Map<Object, Set<TopicPartition>> byMember = new HashMap<>();
    private @Nullable RuntimeException failure;

    /** Nobody has any of so many partitions. */
    Holdings(int partitions) {
        this.partitions = partitions;
    }

    synchronized void add(Object member, Iterable<TopicPartition> assigned) {
        Set<TopicPartition> held = byMember.computeIfAbsent(member, key -> new HashSet<>());
        assigned.forEach(held::add);
        notifyAll();
    }

    synchronized void remove(Object member, Iterable<TopicPartition> revoked) {
        Set<TopicPartition> held = byMember.computeIfAbsent(member, key -> new HashSet<>());
        revoked.forEach(held::remove);
    }

    synchronized void fail(RuntimeException cause) {
        failure = cause;
        notifyAll();
    }

    /** Returns when so many members, and no others, have at least a partition each and every partition has one member. */
    synchronized void awaitShared(int members) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_NANOS;
        while (!isShared(members)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (failure != null) {
                throw failure;
            }
            if (left <= 0) {
                throw new IllegalStateException(members + " members have not come to share the partitions: " + byMember);
            }
            wait(left);
        }
    }

    private boolean isShared(int members) {
        Set<TopicPartition> all = new HashSet<>();
        int holders = 0;
        int held = 0;
        for (Set<TopicPartition> some : byMember.values()) {
            holders += some.isEmpty() ? 0 : 1;
            held += some.size();
            all.addAll(some);
        }
        return holders == members && held == partitions && all.size() == partitions;
    }
}
