package io.tributary.core.broker;

import io.tributary.core.api.Registration;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.api.stats.LogStats;
import io.tributary.core.api.stats.TopicsOverview;
import io.tributary.core.api.stats.TopicsOverview.TopicReport;
import io.tributary.core.log.LogThread;
import io.tributary.core.log.PartitionLog;
import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.PartitionId;
import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.core.store.LogId;
import io.tributary.core.store.SegmentStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics of this node: what the metadata store says, with the logs opened. Changes run one at a time on the changer's thread. */
final class TopicCatalogue implements Topics {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCatalogue.class);
    private static final Comparator<TopicReport> SMALLEST =
        Comparator.comparingLong((TopicReport topic) -> topic.stats().sizeInBytes())
            .thenComparing(TopicReport::name, Comparator.reverseOrder());

    /** Where topics keep their records. */
    record Stores(SegmentStore durable, SegmentStore memory) {
        SegmentStore of(TopicConfig.Storage storage) {
            return storage == TopicConfig.Storage.DURABLE ? durable : memory;
        }
    }

    private final MetadataStore metadata;
    private final Stores stores;
    private final List<LogThread> threads;
    private final BrokerConfig config;
    private final Executor changer;
    private final ConcurrentSkipListMap<TopicName, LogTopic> byName = new ConcurrentSkipListMap<>();
    private final Map<UUID, LogTopic> byId = new ConcurrentHashMap<>();
    private final List<TopicListener> listeners = new CopyOnWriteArrayList<>();
    private final List<ChangeListener> changeListeners = new CopyOnWriteArrayList<>();
    /** Guards that a topic is among those that are there, or in {@link #gone}. */
    private final Object counting = new Object();
    /** What topics that are gone have counted. */
    private LogStats gone = LogStats.ZERO;

    /**
     * An empty catalogue.
     *
     * @param changer one thread, which may block
     */
    TopicCatalogue(MetadataStore metadata, Stores stores, List<LogThread> threads, BrokerConfig config, Executor changer) {
        this.metadata = metadata;
        this.stores = stores;
        this.threads = List.copyOf(threads);
        this.config = config;
        this.changer = changer;
    }

    /** Tells the listener of what changes from now on. */
    void addListener(TopicListener listener) {
        listeners.add(listener);
    }

    /** Takes up the topics as they were left. Blocks. */
    void load() {
        List<TopicEntry> entries = new ArrayList<>();
        for (MetadataStore.Entry entry : metadata.list(TopicEntry.KEY_PREFIX).toCompletableFuture().join()) {
            entries.add(TopicEntry.decode(entry.value()));
        }
        for (TopicConfig.Storage storage : TopicConfig.Storage.values()) {
            List<LogId> logs = new ArrayList<>();
            for (TopicEntry entry : entries) {
                for (int i = 0; entry.config().storage() == storage && i < entry.config().partitions(); i++) {
                    logs.add(new LogId(entry.id(), i));
                }
            }
            Map<LogId, SegmentStore.StoredLog> stored = stores.of(storage).recover(logs);
            entries.stream().filter(entry -> entry.config().storage() == storage).forEach(entry -> publish(open(entry, stored)));
        }
        // Logs that have had transactions read by now which of them are open.
        threads.forEach(thread -> CompletableFuture.runAsync(() -> { }, thread).join());
    }

    /** Refuses what the topic's store cannot do, by itself or for this topic as it is. */
    private void requireTier(TopicConfig wanted, @Nullable LogTopic topic) {
        boolean deletesInOrder = !wanted.compaction().isOn() && wanted.retention().kind() == Retention.Kind.TIME_AND_SIZE;
        SegmentStore store = stores.of(wanted.storage());
        if (wanted.tiering().enabled() && !store.hasSecondTier()) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "this broker has no object store (setting tributary.tier.bucket)");
        }
        if (wanted.tiering().enabled() && !deletesInOrder) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT,
                "a topic in the object store is neither compacted nor kept until consumed");
        }
        if (topic != null && wanted.compaction().isOn() && topic.logs().stream()
                .anyMatch(log -> store.isOffloaded(new LogId(topic.id(), log.id().partition())))) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a part of the topic is in the object store, and cannot be compacted");
        }
    }

    private LogTopic open(TopicEntry entry, Map<LogId, SegmentStore.StoredLog> stored) {
        LogTopic topic = new LogTopic(entry);
        grow(topic, entry.config().partitions(), stored);
        return topic;
    }

    private void grow(LogTopic topic, int partitions, Map<LogId, SegmentStore.StoredLog> stored) {
        List<PartitionLog> logs = new ArrayList<>(topic.logs());
        SegmentStore store = stores.of(topic.config().storage());
        for (int i = logs.size(); i < partitions; i++) {
            LogId log = new LogId(topic.id(), i);
            LogThread thread = threads.get(Math.floorMod(log.hashCode(), threads.size()));
            logs.add(new PartitionLog(new PartitionId(topic.name(), i), log, thread, store,
                stored.getOrDefault(log, SegmentStore.StoredLog.EMPTY), topic::config));
        }
        topic.setLogs(logs);
    }

    private void publish(LogTopic topic) {
        byId.put(topic.id(), topic);
        byName.put(topic.name(), topic);
    }

    @Override
    public CompletionStage<Topic> create(TopicName name, TopicConfig topicConfig) {
        return change(() -> {
            if (byName.containsKey(name)) {
                throw new BrokerException(ErrorCode.TOPIC_EXISTS, "there is a topic " + name + " already");
            }
            return make(name, topicConfig);
        });
    }

    @Override
    public CompletionStage<Topic> getOrCreate(TopicName name, TopicConfig topicConfig) {
        LogTopic known = byName.get(name);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return change(() -> {
            LogTopic made = byName.get(name);
            return made != null ? made : make(name, topicConfig);
        });
    }

    @Override
    public CompletionStage<Topic> getOrAutoCreate(TopicName name) {
        LogTopic known = byName.get(name);
        if (known == null && !config.autoCreateTopics()) {
            return CompletableFuture.failedFuture(notFound(name));
        }
        return known != null ? CompletableFuture.completedFuture(known) : getOrCreate(name, defaults());
    }

    private Topic make(TopicName name, TopicConfig topicConfig) {
        requireTier(topicConfig, null);
        TopicEntry entry = new TopicEntry(name, UUID.randomUUID(), topicConfig);
        await(metadata.put(entry.key(), entry.encode(), MetadataStore.ABSENT));
        LogTopic topic = open(entry, new HashMap<>());
        publish(topic);
        listeners.forEach(listener -> listener.topicGrew(topic));
        tell(name);
        return topic;
    }

    @Override
    public @Nullable LogTopic find(TopicName name) {
        return byName.get(name);
    }

    @Override
    public @Nullable LogTopic find(UUID id) {
        return byId.get(id);
    }

    @Override
    public Collection<Topic> list(Namespace namespace) {
        List<Topic> topics = new ArrayList<>();
        for (LogTopic topic : byName.values()) {
            if (topic.name().namespace().equals(namespace)) {
                topics.add(topic);
            }
        }
        return topics;
    }

    @Override
    public TopicsOverview overview(int most) {
        PriorityQueue<TopicReport> largest = new PriorityQueue<>(SMALLEST);
        LogStats total;
        long count = 0;
        synchronized (counting) {
            total = gone;
            for (LogTopic topic : byName.values()) {
                LogStats stats = topic.stats();
                total = total.plus(stats);
                count++;
                largest.add(new TopicReport(topic.name(), topic.logs().size(), stats));
                if (largest.size() > most) {
                    largest.remove();
                }
            }
        }
        List<TopicReport> reports = new ArrayList<>(largest);
        reports.sort(SMALLEST.reversed());
        return new TopicsOverview(count, total, reports);
    }

    @Override
    public Set<Namespace> namespaces() {
        Set<Namespace> namespaces = new HashSet<>();
        byName.keySet().forEach(name -> namespaces.add(name.namespace()));
        return namespaces;
    }

    /** Every topic of every namespace. */
    Collection<LogTopic> all() {
        return byName.values();
    }

    @Override
    public CompletionStage<Topic> update(TopicName name, UnaryOperator<TopicConfig> operator) {
        return change(() -> {
            LogTopic topic = require(name);
            TopicConfig before = topic.config();
            TopicConfig after = operator.apply(before);
            if (after.partitions() < before.partitions() || after.storage() != before.storage()) {
                throw new BrokerException(ErrorCode.INVALID_ARGUMENT,
                    "a topic's partitions only grow, and its storage does not change");
            }
            requireTier(after, topic);
            TopicEntry entry = new TopicEntry(name, topic.id(), after);
            await(metadata.put(entry.key(), entry.encode(), MetadataStore.ANY_VERSION));
            topic.setConfig(after);
            grow(topic, after.partitions(), new HashMap<>());
            if (after.partitions() > before.partitions()) {
                listeners.forEach(listener -> listener.topicGrew(topic));
            }
            tell(name);
            return topic;
        });
    }

    @Override
    public CompletionStage<Void> delete(TopicName name) {
        return change(() -> {
            LogTopic topic = require(name);
            await(metadata.delete(new TopicEntry(name, topic.id(), topic.config()).key(), MetadataStore.ANY_VERSION));
            synchronized (counting) {
                gone = gone.plus(topic.stats().countersOnly());
                byName.remove(name);
            }
            byId.remove(topic.id());
            listeners.forEach(listener -> await(listener.topicDeleted(topic)));
            BrokerException cause = new BrokerException(ErrorCode.CLOSED, "topic " + name + " was deleted");
            SegmentStore store = stores.of(topic.config().storage());
            for (PartitionLog log : topic.logs()) {
                await(log.delete(cause));
                log.awaitCompaction();
                deleteRecords(store, new LogId(topic.id(), log.id().partition()));
            }
            tell(name);
            return null;
        });
    }

    private static void deleteRecords(SegmentStore store, LogId log) {
        try {
            store.delete(log);
        } catch (BrokerException failure) {
            // The topic is gone from the metadata; what is left of its files goes when the broker is next opened.
            LOG.warn("the records of a deleted topic are still there", failure);
        }
    }

    @Override
    public Registration onChange(Consumer<TopicName> listener) {
        ChangeListener entry = new ChangeListener(listener);
        changeListeners.add(entry);
        return () -> changeListeners.remove(entry);
    }

    /** One registration; told from another of the same action by its identity. */
    private static final class ChangeListener {
        private final Consumer<TopicName> action;

        ChangeListener(Consumer<TopicName> action) {
            this.action = action;
        }
    }

    private void tell(TopicName name) {
        for (ChangeListener listener : changeListeners) {
            try {
                listener.action.accept(name);
            } catch (RuntimeException failure) {
                LOG.error("a listener failed at the change of topic {}", name, failure);
            }
        }
    }

    @Override
    public TopicConfig defaults() {
        return config.topicDefaults();
    }

    private LogTopic require(TopicName name) {
        LogTopic topic = byName.get(name);
        if (topic == null) {
            throw notFound(name);
        }
        return topic;
    }

    private static BrokerException notFound(TopicName name) {
        return new BrokerException(ErrorCode.TOPIC_NOT_FOUND, "there is no topic " + name);
    }

    private <T extends @Nullable Object> CompletionStage<T> change(Supplier<T> change) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            changer.execute(() -> {
                try {
                    result.complete(change.get());
                } catch (RuntimeException failure) {
                    result.completeExceptionally(BrokerException.of(failure));
                }
            });
        } catch (RejectedExecutionException closed) {
            result.completeExceptionally(new BrokerException(ErrorCode.CLOSED, "the broker is stopping", closed));
        }
        return result;
    }

    private static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
