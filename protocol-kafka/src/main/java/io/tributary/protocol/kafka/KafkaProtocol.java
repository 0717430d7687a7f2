package io.tributary.protocol.kafka;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tributary.core.api.Broker;
import io.tributary.core.api.Topics;
import io.tributary.core.model.Namespace;
import io.tributary.core.protocol.Protocol;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Access;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.coordinator.GroupsView;
import io.tributary.protocol.kafka.coordinator.transaction.Marker;
import io.tributary.protocol.kafka.coordinator.transaction.TransactionCoordinators;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.ApiTable;
import io.tributary.protocol.kafka.handler.cluster.AlterPartitionReassignmentsHandler;
import io.tributary.protocol.kafka.handler.cluster.AlterReplicaLogDirsHandler;
import io.tributary.protocol.kafka.handler.cluster.DescribeLogDirsHandler;
import io.tributary.protocol.kafka.handler.cluster.DescribeQuorumHandler;
import io.tributary.protocol.kafka.handler.cluster.ElectLeadersHandler;
import io.tributary.protocol.kafka.handler.cluster.ListConfigResourcesHandler;
import io.tributary.protocol.kafka.handler.cluster.ListPartitionReassignmentsHandler;
import io.tributary.protocol.kafka.handler.cluster.UpdateFeaturesHandler;
import io.tributary.protocol.kafka.handler.configs.AlterConfigsHandler;
import io.tributary.protocol.kafka.handler.configs.BrokerSettings;
import io.tributary.protocol.kafka.handler.configs.DescribeConfigsHandler;
import io.tributary.protocol.kafka.handler.configs.IncrementalAlterConfigsHandler;
import io.tributary.protocol.kafka.handler.groups.AlterShareGroupOffsetsHandler;
import io.tributary.protocol.kafka.handler.groups.ConsumerGroupDescribeHandler;
import io.tributary.protocol.kafka.handler.groups.ConsumerGroupHeartbeatHandler;
import io.tributary.protocol.kafka.handler.groups.DeleteGroupsHandler;
import io.tributary.protocol.kafka.handler.groups.DeleteShareGroupOffsetsHandler;
import io.tributary.protocol.kafka.handler.groups.DescribeGroupsHandler;
import io.tributary.protocol.kafka.handler.groups.DescribeShareGroupOffsetsHandler;
import io.tributary.protocol.kafka.handler.groups.FindCoordinatorHandler;
import io.tributary.protocol.kafka.handler.groups.HeartbeatHandler;
import io.tributary.protocol.kafka.handler.groups.JoinGroupHandler;
import io.tributary.protocol.kafka.handler.groups.LeaveGroupHandler;
import io.tributary.protocol.kafka.handler.groups.ListGroupsHandler;
import io.tributary.protocol.kafka.handler.groups.OffsetCommitHandler;
import io.tributary.protocol.kafka.handler.groups.OffsetDeleteHandler;
import io.tributary.protocol.kafka.handler.groups.OffsetFetchHandler;
import io.tributary.protocol.kafka.handler.groups.ShareGroupDescribeHandler;
import io.tributary.protocol.kafka.handler.groups.ShareGroupHeartbeatHandler;
import io.tributary.protocol.kafka.handler.groups.StreamsGroupDescribeHandler;
import io.tributary.protocol.kafka.handler.groups.StreamsGroupHeartbeatHandler;
import io.tributary.protocol.kafka.handler.groups.StreamsTopologyUpdateHandler;
import io.tributary.protocol.kafka.handler.groups.SyncGroupHandler;
import io.tributary.protocol.kafka.handler.records.DeleteRecordsHandler;
import io.tributary.protocol.kafka.handler.records.FetchHandler;
import io.tributary.protocol.kafka.handler.records.ListOffsetsHandler;
import io.tributary.protocol.kafka.handler.records.OffsetForLeaderEpochHandler;
import io.tributary.protocol.kafka.handler.records.ProduceHandler;
import io.tributary.protocol.kafka.handler.security.AlterClientQuotasHandler;
import io.tributary.protocol.kafka.handler.security.AlterScramUsersHandler;
import io.tributary.protocol.kafka.handler.security.CreateAclsHandler;
import io.tributary.protocol.kafka.handler.security.DeleteAclsHandler;
import io.tributary.protocol.kafka.handler.security.DescribeAclsHandler;
import io.tributary.protocol.kafka.handler.security.DescribeClientQuotasHandler;
import io.tributary.protocol.kafka.handler.security.DescribeScramUsersHandler;
import io.tributary.protocol.kafka.handler.security.NoDelegationTokens;
import io.tributary.protocol.kafka.handler.security.SaslAuthenticateHandler;
import io.tributary.protocol.kafka.handler.security.SaslHandshakeHandler;
import io.tributary.protocol.kafka.handler.share.ShareAcknowledgeHandler;
import io.tributary.protocol.kafka.handler.share.ShareFetchHandler;
import io.tributary.protocol.kafka.handler.share.ShareSessions;
import io.tributary.protocol.kafka.handler.telemetry.GetTelemetrySubscriptionsHandler;
import io.tributary.protocol.kafka.handler.telemetry.PushTelemetryHandler;
import io.tributary.protocol.kafka.handler.topics.CreatePartitionsHandler;
import io.tributary.protocol.kafka.handler.topics.CreateTopicsHandler;
import io.tributary.protocol.kafka.handler.topics.DeleteTopicsHandler;
import io.tributary.protocol.kafka.handler.topics.DescribeClusterHandler;
import io.tributary.protocol.kafka.handler.topics.DescribeTopicPartitionsHandler;
import io.tributary.protocol.kafka.handler.topics.MetadataHandler;
import io.tributary.protocol.kafka.handler.transactions.AddOffsetsToTxnHandler;
import io.tributary.protocol.kafka.handler.transactions.AddPartitionsToTxnHandler;
import io.tributary.protocol.kafka.handler.transactions.DescribeProducersHandler;
import io.tributary.protocol.kafka.handler.transactions.DescribeTransactionsHandler;
import io.tributary.protocol.kafka.handler.transactions.EndTxnHandler;
import io.tributary.protocol.kafka.handler.transactions.InitProducerIdHandler;
import io.tributary.protocol.kafka.handler.transactions.ListTransactionsHandler;
import io.tributary.protocol.kafka.handler.transactions.TxnOffsetCommitHandler;
import io.tributary.protocol.kafka.handler.transactions.WriteTxnMarkersHandler;
import io.tributary.protocol.kafka.quota.ClientQuotas;
import io.tributary.protocol.kafka.session.KafkaSessions;
import io.tributary.protocol.kafka.session.SessionLimits;
import io.tributary.protocol.kafka.share.ShareSubscriptions;
import io.tributary.protocol.kafka.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.jspecify.annotations.Nullable;

/** Kafka's protocol as Kafka 4.4 speaks it; docs/protocols/kafka.md lists the APIs. */
public final class KafkaProtocol implements Protocol {
    private static final int DEFAULT_PORT = 9092;
    /** Which part of the heap the requests and unsent responses of all connections may take. */
    private static final int MEMORY_SHARE = 4;
    private static final int ASIDE_THREADS = 2;

    private final KafkaConfig config;
    /** For what would keep an event loop from its other connections: reading and answering large requests. */
    private final ExecutorService aside = aside();
    private volatile @Nullable KafkaSessions sessions;
    private volatile @Nullable GroupCoordinators coordinators;
    private volatile @Nullable TransactionCoordinators transactionCoordinators;
    private volatile @Nullable Telemetry clientTelemetry;
    /** Ends that the groups are seen. */
    private volatile Runnable hide = () -> { };

    public KafkaProtocol(KafkaConfig config) {
        this.config = config;
    }

    private static ExecutorService aside() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(ASIDE_THREADS, ASIDE_THREADS, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("kafka-large", true));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public int defaultPort() {
        return DEFAULT_PORT;
    }

    @Override
    public CompletionStage<ChannelInitializer<Channel>> start(ProtocolContext context) {
        Broker broker = context.broker();
        TransactionCoordinators transactions = new TransactionCoordinators(broker, config.transactions().toSettings(), this::endOffsets);
        GroupCoordinators groups = new GroupCoordinators(broker, config.groups().toKafkaNames(), transactions);
        Telemetry telemetry = new Telemetry(broker, config.telemetry().topic(), config.telemetry().maxBytes());
        ApiTable table = new ApiTable(handlers(broker, groups, transactions, telemetry), broker.clusterId(), broker.nodeId());
        SessionLimits limits = new SessionLimits(config.maxRequestBytes(), config.maxControlRequestBytes(), config.maxInFlightRequests(),
            config.maxInFlightBytes(), Runtime.getRuntime().maxMemory() / MEMORY_SHARE, config.stallTimeout(), config.maxIdle(),
            config.drainTimeout());
        KafkaSessions started = new KafkaSessions(context, table, limits, config.security().toSettings(),
            config.security().principalRules(), new ClientQuotas(broker.access()::quotas), aside);
        coordinators = groups;
        transactionCoordinators = transactions;
        clientTelemetry = telemetry;
        sessions = started;
        GroupsView seen = new GroupsView(groups, broker.topics());
        broker.streams().add(seen);
        hide = () -> broker.streams().remove(seen);
        broker.topics().namespaces().forEach(groups::resume);
        transactions.resume();
        return CompletableFuture.completedFuture(started);
    }

    private CompletionStage<Void> endOffsets(Namespace namespace, TopicPartition partition, Marker marker) {
        GroupCoordinators groups = coordinators;
        if (groups == null) {
            return CompletableFuture.failedFuture(new CoordinatorNotAvailableException("the broker is starting"));
        }
        return groups.of(namespace).thenCompose(group -> group.completeTransaction(partition, marker.producer().id(),
            marker.producer().epoch(), marker.coordinatorEpoch(), marker.result(), marker.transactionVersion()));
    }

    private List<ApiHandler<?>> handlers(Broker broker, GroupCoordinators groups, TransactionCoordinators transactions,
                                         Telemetry telemetry) {
        Topics topics = broker.topics();
        List<ApiHandler<?>> handlers = new ArrayList<>(List.of(
            new ProduceHandler(broker, transactions),
            new FetchHandler(topics, config.fetchMaxBytes(), config.fetchSessions()),
            new ListOffsetsHandler(topics),
            new OffsetForLeaderEpochHandler(topics),
            new DeleteRecordsHandler(topics),
            new InitProducerIdHandler(broker, transactions),
            new AddPartitionsToTxnHandler(transactions, topics),
            new AddOffsetsToTxnHandler(transactions, groups),
            new TxnOffsetCommitHandler(groups, topics),
            new EndTxnHandler(transactions),
            new ListTransactionsHandler(transactions),
            new DescribeTransactionsHandler(transactions),
            new DescribeProducersHandler(topics),
            new WriteTxnMarkersHandler(transactions),
            new MetadataHandler(broker, config.autoCreateTopics(), aside),
            new DescribeTopicPartitionsHandler(broker),
            new DescribeClusterHandler(broker),
            new CreateTopicsHandler(broker),
            new DeleteTopicsHandler(topics),
            new CreatePartitionsHandler(topics, broker.nodeId()),
            new FindCoordinatorHandler(groups, transactions, broker.nodeId()),
            new JoinGroupHandler(groups),
            new SyncGroupHandler(groups),
            new HeartbeatHandler(groups),
            new LeaveGroupHandler(groups),
            new OffsetCommitHandler(groups, topics),
            new OffsetFetchHandler(groups, topics),
            new OffsetDeleteHandler(groups, topics),
            new ListGroupsHandler(groups),
            new DescribeGroupsHandler(groups),
            new DeleteGroupsHandler(groups),
            new ConsumerGroupHeartbeatHandler(groups),
            new ConsumerGroupDescribeHandler(groups),
            new StreamsGroupHeartbeatHandler(groups, broker),
            new StreamsGroupDescribeHandler(groups),
            new StreamsTopologyUpdateHandler(groups),
            new SaslHandshakeHandler(),
            new SaslAuthenticateHandler()));
        handlers.addAll(securityHandlers(broker.access()));
        handlers.addAll(clusterHandlers(broker));
        handlers.addAll(configHandlers(broker, groups, telemetry));
        if (telemetry.isOn()) {
            handlers.add(new GetTelemetrySubscriptionsHandler(telemetry));
            handlers.add(new PushTelemetryHandler(telemetry));
        }
        handlers.addAll(shareHandlers(broker, groups));
        return handlers;
    }

    private List<ApiHandler<?>> shareHandlers(Broker broker, GroupCoordinators groups) {
        ShareSessions sessions = new ShareSessions(new ShareSubscriptions(broker), config.groups().shares().maxSessions());
        return List.of(
            new ShareGroupHeartbeatHandler(groups),
            new ShareGroupDescribeHandler(groups),
            new ShareFetchHandler(groups, sessions, broker.topics(), config.fetchMaxBytes()),
            new ShareAcknowledgeHandler(groups, sessions, broker.topics()),
            new DescribeShareGroupOffsetsHandler(groups),
            new AlterShareGroupOffsetsHandler(groups, broker.topics()),
            new DeleteShareGroupOffsetsHandler(groups, broker.topics()));
    }

    private List<ApiHandler<?>> configHandlers(Broker broker, GroupCoordinators groups, Telemetry telemetry) {
        BrokerSettings settings = new BrokerSettings(config.toKafkaNames(), KafkaConfig.DEFAULT.toKafkaNames());
        return List.of(
            new DescribeConfigsHandler(broker, settings, groups, telemetry),
            new AlterConfigsHandler(broker.topics()),
            new IncrementalAlterConfigsHandler(broker.topics(), groups, telemetry),
            new ListConfigResourcesHandler(broker, groups, telemetry));
    }

    private static List<ApiHandler<?>> clusterHandlers(Broker broker) {
        Topics topics = broker.topics();
        return List.of(
            new DescribeLogDirsHandler(topics),
            new AlterReplicaLogDirsHandler(topics),
            new ElectLeadersHandler(topics),
            new AlterPartitionReassignmentsHandler(topics, broker.nodeId()),
            new ListPartitionReassignmentsHandler(),
            new DescribeQuorumHandler(broker),
            new UpdateFeaturesHandler());
    }

    private static List<ApiHandler<?>> securityHandlers(Access access) {
        List<ApiHandler<?>> handlers = new ArrayList<>(NoDelegationTokens.handlers());
        handlers.add(new DescribeAclsHandler(access));
        handlers.add(new CreateAclsHandler(access));
        handlers.add(new DeleteAclsHandler(access));
        handlers.add(new DescribeScramUsersHandler(access));
        handlers.add(new AlterScramUsersHandler(access));
        handlers.add(new DescribeClientQuotasHandler(access));
        handlers.add(new AlterClientQuotasHandler(access));
        return handlers;
    }

    /** Bytes that requests and unsent responses of all connections take now. */
    long memoryTaken() {
        KafkaSessions running = sessions;
        return running == null ? 0 : running.memoryTaken();
    }

    @Override
    public CompletionStage<Void> stop() {
        KafkaSessions running = sessions;
        GroupCoordinators groups = coordinators;
        TransactionCoordinators transactions = transactionCoordinators;
        Telemetry telemetry = clientTelemetry;
        hide.run();
        if (running == null || groups == null || transactions == null || telemetry == null) {
            return CompletableFuture.completedFuture(null);
        }
        return running.stop().handle((done, failure) -> transactions.stop()).thenCompose(stopping -> stopping)
            .thenCompose(done -> groups.stop()).thenCompose(done -> telemetry.stop())
            .whenComplete((done, failure) -> aside.shutdown());
    }
}
