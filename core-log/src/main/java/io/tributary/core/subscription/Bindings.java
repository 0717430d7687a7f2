package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Filter;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import io.tributary.core.routing.BindingScope;
import io.tributary.core.routing.RouteTable;
import io.tributary.core.subscription.state.BoundRange;
import io.tributary.core.subscription.state.CursorState;
import io.tributary.core.subscription.state.PartitionKey;
import io.tributary.core.subscription.state.SourceStart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A subscription's bindings, and the sources that they make and change. */
final class Bindings {
    private final SubscriptionName name;
    private final Namespace namespace;
    private final RouteTable routes;
    private final Topics topics;
    private final Worker worker;
    private final Intake intake;
    private final boolean counted;
    private volatile List<Binding> current = List.of();

    /**
     * None yet.
     *
     * @param counted whether the number of what waits must be known
     */
    Bindings(SubscriptionName name, Topics topics, RouteTable routes, Worker worker, Intake intake, boolean counted) {
        this.counted = counted;
        this.name = name;
        this.namespace = name.namespace();
        this.routes = routes;
        this.topics = topics;
        this.worker = worker;
        this.intake = intake;
    }

    /** Those in force; on any thread. */
    List<Binding> current() {
        return current;
    }

    /** Fails with TOPIC_NOT_FOUND unless the topic that the binding names is there. */
    void checkTopic(Binding binding) {
        if (binding.topic() != null && topics.find(binding.topic()) == null) {
            throw new BrokerException(ErrorCode.TOPIC_NOT_FOUND, "there is no topic '" + binding.topic() + "' to bind to");
        }
    }

    static ToLongFunction<Partition> from(StartPosition start) {
        return start == StartPosition.EARLIEST ? Partition::logStartOffset : Partition::highWatermark;
    }

    /** The end of those that are not named. */
    static ToLongFunction<Partition> from(Map<PartitionId, Long> offsets) {
        return partition -> Math.max(partition.logStartOffset(),
            Math.min(partition.highWatermark(), offsets.getOrDefault(partition.id(), Long.MAX_VALUE)));
    }

    /** Puts a new binding in force. */
    void add(Binding binding, ToLongFunction<Partition> from) {
        List<Binding> more = new ArrayList<>(current);
        more.add(binding);
        for (Topic topic : reached(binding)) {
            cover(binding, topic, from);
        }
        replace(more);
        intake.fallBehind();
    }

    /** Ends a binding. What was published before it still takes. */
    void remove(Binding binding) {
        List<Binding> fewer = new ArrayList<>(current);
        fewer.remove(binding);
        replace(fewer);
        for (Source source : intake.sources()) {
            source.coverage.end(binding, source.partition.highWatermark());
        }
        intake.bindingEnded();
    }

    /**
     * Begins anew in these partitions. Returns the sources that are removed, some of which have successors of the same key and number; what
     * was taken from them is to be forgotten.
     */
    List<Source> seek(Map<PartitionId, Long> offsets) {
        ToLongFunction<Partition> place = from(offsets);
        List<Source> gone = intake.remove(source -> {
            boolean sought = offsets.containsKey(source.partition.id());
            if (sought) {
                source.skipped(place.applyAsLong(source.partition));
            }
            return sought;
        });
        Map<PartitionKey, List<Source>> byPartition = new LinkedHashMap<>();
        gone.forEach(source -> byPartition.computeIfAbsent(source.key, first -> new ArrayList<>()).add(source));
        byPartition.forEach((key, sources) -> {
            Source one = sources.get(0);
            long offset = place.applyAsLong(one.partition);
            List<BoundRange> before = sources.stream().flatMap(source -> source.coverage.ranges().stream()).distinct().toList();
            Set<Binding> open = before.stream().filter(BoundRange::isOpen).map(BoundRange::binding).collect(Collectors.toSet());
            List<BoundRange> ranges = new ArrayList<>();
            open.forEach(binding -> ranges.add(new BoundRange(binding, offset, BoundRange.OPEN)));
            // Of bindings that have ended, what they took stays theirs.
            before.stream().filter(range -> !open.contains(range.binding())).forEach(ranges::add);
            Source successor = intake.add(new SourceStart(key, Source.MAIN, one.topic, one.partition, BoundRange.OPEN, List.of(),
                ranges, CursorState.startingAt(offset)), worker.feed(key, one.partition));
            successor.countFromHere();
            successor.touch();
        });
        return gone;
    }

    /** Takes the records of a topic that is new, or has new partitions, from their first on. Returns whether any binding wants them. */
    boolean topicGrew(Topic topic) {
        boolean covered = false;
        for (Binding binding : current) {
            if (BindingScope.reaches(binding, namespace, topic.name())) {
                covered |= cover(binding, topic, partition -> 0);
            }
        }
        if (covered) {
            intake.fallBehind();
        }
        return covered;
    }

    /** Ends the bindings that name a deleted topic. Returns whether there were any. */
    boolean topicDeleted(Topic topic) {
        TopicName name = topic.name();
        Topic successor = topics.find(name);
        if (successor != null && !successor.id().equals(topic.id())) {
            return false;
        }
        List<Binding> left = current.stream().filter(binding -> !name.equals(binding.topic())).toList();
        boolean named = left.size() < current.size();
        if (named) {
            replace(left);
        }
        return named;
    }

    /** Takes over what was written before a restart; partitions that came later are taken from their first record on. */
    void restore(List<Binding> bindings, Collection<SourceStart> starts) {
        replace(bindings);
        for (SourceStart start : starts) {
            intake.add(start, worker.feed(start.key(), start.partition()));
        }
        for (Binding binding : bindings) {
            for (Topic topic : reached(binding)) {
                cover(binding, topic, partition -> 0);
            }
        }
        intake.sources().forEach(Source::countFromHere);
        intake.fallBehind();
    }

    /** Ends all. */
    void clear() {
        replace(List.of());
    }

    private void replace(List<Binding> bindings) {
        current = List.copyOf(bindings);
        routes.replace(name, current);
        intake.setIndexed(counted && !current.isEmpty() || current.stream().anyMatch(binding -> !(binding.filter() instanceof Filter.All)));
    }

    private List<Topic> reached(Binding binding) {
        Optional<List<TopicName>> names = BindingScope.topics(binding, namespace);
        List<Topic> found = new ArrayList<>();
        if (names.isPresent()) {
            for (TopicName name : names.get()) {
                Topic topic = topics.find(name);
                if (topic != null) {
                    found.add(topic);
                }
            }
            return found;
        }
        for (Topic topic : topics.list(namespace)) {
            if (binding.covers(topic.name(), namespace)) {
                found.add(topic);
            }
        }
        return found;
    }

    /** Lets the binding take a topic's partitions where it does not yet. */
    private boolean cover(Binding binding, Topic topic, ToLongFunction<Partition> from) {
        boolean covered = false;
        List<Partition> partitions = topic.partitions();
        for (int number = 0; number < partitions.size(); number++) {
            Partition partition = partitions.get(number);
            PartitionKey key = new PartitionKey(topic.id(), number);
            Source main = intake.find(key, Source.MAIN);
            if (main == null || !main.coverage.isOpen(binding)) {
                cover(binding, topic.name(), key, partition, from.applyAsLong(partition), main);
                covered = true;
            }
        }
        return covered;
    }

    private void cover(Binding binding, TopicName topic, PartitionKey key, Partition partition, long from, @Nullable Source main) {
        if (main == null) {
            intake.add(new SourceStart(key, Source.MAIN, topic, partition, BoundRange.OPEN, List.of(),
                List.of(new BoundRange(binding, from, BoundRange.OPEN)), CursorState.startingAt(from)), worker.feed(key, partition));
            return;
        }
        main.dropBuffer();
        long decided = main.position();
        if (from < decided) {
            // What the main source has passed is looked through again, without what other bindings took of it.
            int number = Source.MAIN + 1;
            while (intake.find(key, number) != null) {
                number++;
            }
            intake.add(new SourceStart(key, number, topic, partition, decided, main.coverage.ranges(),
                List.of(new BoundRange(binding, from, decided)), CursorState.startingAt(from)), worker.feed(key, partition));
        }
        main.coverage.add(new BoundRange(binding, Math.max(from, decided), BoundRange.OPEN));
    }
}
