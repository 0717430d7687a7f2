package io.tributary.protocol.kafka.coordinator;

import com.yammer.metrics.core.MetricsRegistry;
import io.tributary.core.api.Broker;
import io.tributary.core.api.Registration;
import io.tributary.core.api.StateTable;
import io.tributary.core.api.Topic;
import io.tributary.core.model.Compaction;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.share.ShareSettings;
import io.tributary.protocol.kafka.share.ShareSubscriptions;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntimeMetricsImpl;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs Kafka's group coordinator for one namespace: makes its topic, loads it, tells it of topics, reloads it when the log failed it. */
final class GroupCoordinatorHost {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCoordinatorHost.class);
    /** Small: what is still written is not compacted, and a start reads all of it. */
    private static final int OFFSETS_SEGMENT_BYTES = 8 << 20;
    private static final String METRICS_GROUP = "group-coordinator-metrics";

    private final Broker broker;
    private final Namespace namespace;
    private final Map<String, String> settings;
    private final TransactionCoordinators transactions;
    /** One thread, for all that must not happen at the same time: topics becoming known, elections, loads, the end. */
    private final ExecutorService executor;
    private final Metrics metrics = new Metrics();
    private final GroupCoordinatorMetrics groupMetrics = new GroupCoordinatorMetrics(new MetricsRegistry(), metrics);
    private final TopicImages images;
    private final CompletableFuture<GroupCoordinator> ready = new CompletableFuture<>();
    private final CompletableFuture<GroupConfigs> configs = new CompletableFuture<>();
    private @Nullable GroupCoordinatorService service;
    private @Nullable Registration registration;
    private int epoch;

    GroupCoordinatorHost(Broker broker, Namespace namespace, Map<String, String> settings, TransactionCoordinators transactions) {
        this.broker = broker;
        this.namespace = namespace;
        this.settings = settings;
        this.transactions = transactions;
        this.images = new TopicImages(broker.topics(), broker.nodeId());
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, "kafka-groups-" + namespace);
            thread.setDaemon(true);
            return thread;
        };
        this.executor = Executors.newSingleThreadExecutor(threads);
    }

    /** Completes when groups can be served; state that is still being loaded is told by the coordinator's own error. */
    CompletionStage<GroupCoordinator> start() {
        int partitions = GroupCoordinatorConfig.fromProps(settings).offsetsTopicPartitions();
        TopicConfig config = TopicConfig.ofPartitions(partitions).withCompaction(Compaction.ON).withSegmentBytes(OFFSETS_SEGMENT_BYTES);
        TopicName name = GroupCoordinators.offsetsTopic(namespace);
        CompletionStage<Prerequisites> found =
            broker.topics().getOrCreate(name, config).thenCompose(topic -> broker.stateTable(GroupConfigs.TABLE).thenCombine(
                broker.stateTable(TopologyDescriptions.TABLE), (configured, described) -> new Prerequisites(topic, configured, described)));
        found.thenAcceptAsync(this::run, executor).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.error("the group coordinator of namespace {} does not start", namespace, failure);
                ready.completeExceptionally(failure);
                configs.completeExceptionally(failure);
            }
        });
        return ready;
    }

    /** What must be there before the coordinator can run. */
    private record Prerequisites(Topic topic, StateTable table, StateTable topologies) {
    }

    private void run(Prerequisites found) {
        Topic topic = found.topic();
        OffsetsTopic writer = new OffsetsTopic(topic, transactions, this::reload);
        Map<String, Object> all = new HashMap<>(settings);
        all.put(GroupCoordinatorConfig.STREAMS_GROUP_TOPOLOGY_DESCRIPTION_PLUGIN_CLASS_CONFIG, TopologyDescriptions.class.getName());
        all.put(TopologyDescriptions.TABLE_SETTING, found.topologies());
        all.put(TopologyDescriptions.NAMESPACE_SETTING, namespace);
        GroupCoordinatorConfig config = GroupCoordinatorConfig.fromProps(all);
        ShareGroupConfig shareConfig = ShareGroupConfig.fromProps(settings);
        GroupConfigManager configManager = new GroupConfigManager(config, shareConfig);
        ShareSubscriptions shares = new ShareSubscriptions(broker);
        SubscriptionPersister persister = new SubscriptionPersister(broker.topics(), namespace, shares,
            group -> ShareSettings.of(configManager.groupConfig(group), shareConfig));
        GroupCoordinatorService built = new GroupCoordinatorService.Builder(broker.nodeId(), config)
            .withWriter(writer)
            .withLoader(new OffsetsLoader(() -> writer, executor))
            .withTime(Time.SYSTEM)
            .withTimer(new SystemTimerReaper("kafka-groups-reaper", new SystemTimer("kafka-groups-timer")))
            .withCoordinatorRuntimeMetrics(new CoordinatorRuntimeMetricsImpl(metrics, METRICS_GROUP, false))
            .withGroupCoordinatorMetrics(groupMetrics)
            .withGroupConfigManager(configManager)
            .withPersister(persister)
            .withAuthorizerPlugin(Optional.empty())
            .withPartitionMetadataClient(new EndOffsets(broker.topics(), namespace))
            .build();
        service = built;
        built.startup(writer::partitions);
        GroupConfigs groupConfigs = new GroupConfigs(found.table(), namespace, config, shareConfig, built, shares);
        groupConfigs.load();
        configs.complete(groupConfigs);
        registration = broker.topics().onChange(this::onTopicChange);
        publish(built, broker.topics().list(namespace).stream().map(Topic::name).toList());
        for (int partition = 0; partition < writer.partitions(); partition++) {
            built.onElection(partition, epoch);
        }
        ready.complete(built);
    }

    /** Completes as {@link #start} does. */
    CompletionStage<GroupConfigs> configs() {
        return configs;
    }

    private void onTopicChange(TopicName name) {
        if (name.namespace().equals(namespace)) {
            onExecutor(running -> publish(running, List.of(name)));
        }
    }

    private void publish(GroupCoordinatorService running, Collection<TopicName> names) {
        TopicImages.Update update = images.refresh(names);
        if (update != null) {
            running.onMetadataUpdate(update.delta(), update.image());
        }
    }

    private void reload(int partition) {
        LOG.warn("loading partition {} of the group coordinator's state again", partition);
        onExecutor(running -> {
            epoch += 2;
            running.onResignation(partition, OptionalInt.of(epoch - 1));
            running.onElection(partition, epoch);
        });
    }

    private void onExecutor(Consumer<GroupCoordinatorService> task) {
        try {
            executor.execute(() -> {
                GroupCoordinatorService running = service;
                if (running != null) {
                    task.accept(running);
                }
            });
        } catch (RejectedExecutionException stopping) {
            LOG.debug("the group coordinator is stopping", stopping);
        }
    }

    /** Ends the coordinator; requests under way fail with COORDINATOR_NOT_AVAILABLE. */
    CompletionStage<Void> stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                if (registration != null) {
                    registration.close();
                }
                if (service != null) {
                    service.shutdown();
                    service = null;
                }
                groupMetrics.close();
                metrics.close();
            } finally {
                ready.completeExceptionally(new IllegalStateException("the group coordinator has stopped"));
                configs.completeExceptionally(new IllegalStateException("the group coordinator has stopped"));
                executor.shutdown();
                stopped.complete(null);
            }
        });
        return stopped;
    }
}
