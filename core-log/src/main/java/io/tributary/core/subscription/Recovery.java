package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.model.Binding;
import io.tributary.core.routing.BindingScope;
import io.tributary.core.subscription.state.BoundRange;
import io.tributary.core.subscription.state.CursorState;
import io.tributary.core.subscription.state.Definition;
import io.tributary.core.subscription.state.SourceStart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts together from where a durable subscription goes on: its definition, its last written state, and what the topics have. */
final class Recovery {
    private final Definition definition;
    private final Map<Intake.SourceId, CursorState> states;
    private final Topics topics;
    private final boolean killed;

    /**
     * For one subscription.
     *
     * @param killed more may have been delivered than the states say
     */
    Recovery(Definition definition, Map<Intake.SourceId, CursorState> states, Topics topics, boolean killed) {
        this.definition = definition;
        this.states = new HashMap<>(states);
        this.topics = topics;
        this.killed = killed;
    }

    /** Those whose topics are there. */
    List<Binding> bindings() {
        return definition.bindings().stream().filter(binding -> binding.topic() == null || topics.find(binding.topic()) != null).toList();
    }

    /** Those of the definition, and those of partitions that came after it was written and have a state. */
    List<SourceStart> sources() {
        List<SourceStart> starts = new ArrayList<>();
        for (Definition.SourceDefinition source : definition.sources()) {
            CursorState state = states.remove(new Intake.SourceId(source.key(), source.number()));
            add(starts, source, state);
        }
        states.forEach((id, state) -> {
            Topic topic = topics.find(id.partition().topic());
            if (topic != null && id.number() == Source.MAIN) {
                List<BoundRange> ranges = bindings().stream()
                    .filter(binding -> BindingScope.reaches(binding, definition.name().namespace(), topic.name()))
                    .map(binding -> new BoundRange(binding, 0, BoundRange.OPEN)).toList();
                if (!ranges.isEmpty()) {
                    add(starts, new Definition.SourceDefinition(id.partition(), Source.MAIN, BoundRange.OPEN, ranges, List.of()), state);
                }
            }
        });
        return starts;
    }

    private void add(List<SourceStart> starts, Definition.SourceDefinition source, @Nullable CursorState state) {
        Topic topic = topics.find(source.key().topic());
        if (topic == null || source.key().partition() >= topic.partitions().size()) {
            return;
        }
        Partition partition = topic.partition(source.key().partition());
        long first = source.ranges().stream().mapToLong(BoundRange::from).min().orElse(0);
        CursorState known = state == null ? CursorState.startingAt(first) : state;
        starts.add(new SourceStart(source.key(), source.number(), topic.name(), partition, source.end(), source.exclusions(),
            source.ranges(), known.within(partition.logStartOffset(), partition.highWatermark(), killed)));
    }
}
