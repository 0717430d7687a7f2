package io.tributary.core.subscription;

import io.tributary.core.api.Partition;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.Publisher;
import io.tributary.core.api.Registration;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.api.stats.TopicsOverview;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Topics in memory, for tests. They outlive the subscriptions of a test that restarts those. */
public final class FakeTopics implements Topics, Publisher {
    private final Map<TopicName, FakeTopic> topics = new ConcurrentSkipListMap<>();
    private final @Nullable Executor readExecutor;
    private @Nullable QueueSubscriptions listener;
    private volatile LongSupplier wallMillis = () -> 0;
    private volatile @Nullable BrokerException publishFailure;

    /**
     * No topics.
     *
     * @param readExecutor where reads run; null for within the call
     */
    public FakeTopics(@Nullable Executor readExecutor) {
        this.readExecutor = readExecutor;
    }

    /** Tells it of changes from now on. */
    public void tell(QueueSubscriptions subscriptions) {
        listener = subscriptions;
    }

    /** What is published gets these times; 0 before. */
    void setClock(LongSupplier millis) {
        wallMillis = millis;
    }

    /** Publishing to topics that are not the broker's own fails in this way, or works again. */
    void failPublishing(@Nullable BrokerException failure) {
        publishFailure = failure;
    }

    /** Makes a topic, or more partitions for one. */
    public FakeTopic topic(String name, int partitions) {
        FakeTopic topic = topics.computeIfAbsent(TopicName.of(name), FakeTopic::new);
        while (topic.partitions.size() < partitions) {
            topic.partitions.add(new FakePartition(new PartitionId(topic.name, topic.partitions.size()), readExecutor));
        }
        if (listener != null) {
            listener.topicGrew(topic);
        }
        return topic;
    }

    /** The first partition of a topic that is there. */
    public FakePartition partition(String topic) {
        return Objects.requireNonNull(topics.get(TopicName.of(topic))).partitions.get(0);
    }

    @Override
    public CompletionStage<Void> delete(TopicName name) {
        FakeTopic topic = Objects.requireNonNull(topics.remove(name));
        topic.partitions.forEach(partition -> partition.failReads(new BrokerException(ErrorCode.CLOSED, "deleted")));
        return listener == null ? CompletableFuture.completedFuture(null) : listener.topicDeleted(topic);
    }

    @Override
    public @Nullable Topic find(TopicName name) {
        return topics.get(name);
    }

    @Override
    public @Nullable Topic find(UUID id) {
        return topics.values().stream().filter(topic -> topic.id.equals(id)).findFirst().orElse(null);
    }

    @Override
    public Collection<Topic> list(Namespace namespace) {
        return topics.values().stream().filter(topic -> topic.name.namespace().equals(namespace)).map(topic -> (Topic) topic).toList();
    }

    @Override
    public Set<Namespace> namespaces() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Topic> getOrCreate(TopicName name, TopicConfig config) {
        return CompletableFuture.completedFuture(topic(name.name(), config.partitions()));
    }

    @Override
    public CompletionStage<PublishResult> publish(PublishRequest request) {
        BrokerException failure = request.topic().isInternal() ? null : publishFailure;
        if (failure == null && find(request.topic()) == null) {
            failure = new BrokerException(ErrorCode.TOPIC_NOT_FOUND, "there is no topic " + request.topic());
        }
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        FakePartition partition = partition(request.topic().name());
        Record record = partition.publish(request.key(), request.value(), request.headers(), wallMillis.getAsLong());
        return CompletableFuture.completedFuture(new PublishResult(0, record.offset(), 0, PublishResult.NOT_COUNTED));
    }

    @Override
    public CompletionStage<Topic> create(TopicName name, TopicConfig config) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Topic> getOrAutoCreate(TopicName name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Topic> update(TopicName name, UnaryOperator<TopicConfig> change) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Registration onChange(Consumer<TopicName> listener) {
        throw new UnsupportedOperationException("subscriptions hear of topics in another way");
    }

    @Override
    public TopicsOverview overview(int most) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TopicConfig defaults() {
        return TopicConfig.ofPartitions(1);
    }

    /** One of them. */
    public static final class FakeTopic implements Topic {
        private final TopicName name;
        private final UUID id = UUID.randomUUID();
        private final List<FakePartition> partitions = new ArrayList<>();

        FakeTopic(TopicName name) {
            this.name = name;
        }

        @Override
        public TopicName name() {
            return name;
        }

        @Override
        public UUID id() {
            return id;
        }

        @Override
        public TopicConfig config() {
            return TopicConfig.ofPartitions(partitions.size());
        }

        @Override
        public List<Partition> partitions() {
            return List.copyOf(partitions);
        }

        @Override
        public FakePartition partition(int number) {
            return partitions.get(number);
        }
    }
}
