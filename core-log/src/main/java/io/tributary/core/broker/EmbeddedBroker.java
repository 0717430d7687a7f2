package io.tributary.core.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.core.access.StoredAccess;
import io.tributary.core.api.Broker;
import io.tributary.core.api.Publisher;
import io.tributary.core.api.Schedule;
import io.tributary.core.api.StateTable;
import io.tributary.core.api.Subscriptions;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.api.Transactions;
import io.tributary.core.api.retained.RetainedValues;
import io.tributary.core.api.stream.StreamSubscriptions;
import io.tributary.core.log.LogThread;
import io.tributary.core.log.PartitionLog;
import io.tributary.core.metadata.MetadataStore;
import io.tributary.core.metadata.rocksdb.RocksMetadataStore;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.PartitionId;
import io.tributary.core.retained.RetainedLogs;
import io.tributary.core.routing.FullSubscriptions;
import io.tributary.core.routing.RouteTable;
import io.tributary.core.schedule.LogSchedule;
import io.tributary.core.security.Access;
import io.tributary.core.state.StateTables;
import io.tributary.core.stats.MovingRates;
import io.tributary.core.store.SegmentStore;
import io.tributary.core.store.memory.MemorySegmentStore;
import io.tributary.core.store.object.TierStatus;
import io.tributary.core.store.object.TieredSegmentStore;
import io.tributary.core.subscription.QueueSubscriptions;
import io.tributary.core.subscription.loop.Clocks;
import io.tributary.core.subscription.policy.SubscriptionLimits;
import io.tributary.core.transaction.TransactionCoordinator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A broker with everything in this process and beneath one data directory. */
public final class EmbeddedBroker implements Broker, AutoCloseable {
    private static final int READ_THREADS = 4;
    private static final int DISPATCH_THREADS = Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors()));
    /** Topics in memory may take this part of the heap. */
    private static final int MEMORY_TOPICS_SHARE = 4;
    private static final String SUBSCRIPTION_STATE = "subscriptions";
    private static final String TRANSACTION_STATE = "transactions";
    private static final String CLUSTER_ID_KEY = "cluster/id";
    private static final int CLUSTER_ID_BYTES = 16;

    private final BrokerConfig config;
    private final DataDirLock lock;
    private final ExecutorService reads = Executors.newFixedThreadPool(READ_THREADS, task -> daemon(task, "tributary-read"));
    private final ExecutorService changer = Executors.newSingleThreadExecutor(task -> daemon(task, "tributary-topics"));
    private final ScheduledExecutorService retention =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "tributary-retention"));
    private final List<LogThread> threads = new ArrayList<>();
    private final MetadataStore metadata;
    private final Access access;
    private final SegmentStore files;
    private final SegmentStore memory;
    private final TopicCatalogue topics;
    private final LogPublisher atOnce;
    private final Publisher publisher;
    private final LogSchedule schedule;
    private final RetainedLogs retained;
    private final IdBlocks ids;
    private final StateTables tables;
    private final QueueSubscriptions subscriptions;
    private final StreamSubscriptions streams = new KeptStreams();
    private final Transactions transactions;
    private final Compactor compactor;
    private final String clusterId;
    private boolean closed;

    private EmbeddedBroker(BrokerConfig config, DataDirLock lock, Deque<Runnable> undo) {
        undo.push(() -> List.of(reads, changer, retention).forEach(ExecutorService::shutdownNow));
        this.config = config;
        this.lock = lock;
        this.metadata = new RocksMetadataStore(config.dataDir().resolve("metadata"));
        undo.push(metadata::close);
        this.access = new StoredAccess(metadata);
        this.clusterId = loadClusterId();
        this.files = DurableStore.open(config, clusterId);
        undo.push(files::halt);
        this.memory = new MemorySegmentStore(Runtime.getRuntime().maxMemory() / MEMORY_TOPICS_SHARE);
        LogThread.Settings settings = new LogThread.Settings(config.maxInFlightBytes() / config.logThreads(),
            config.tailCacheBytes() / config.logThreads(), config.maxSegmentAge().toMillis(), config.clock(), reads);
        for (int i = 0; i < config.logThreads(); i++) {
            LogThread thread = new LogThread("tributary-log-" + i, settings);
            threads.add(thread);
            undo.push(thread::halt);
        }
        this.topics = new TopicCatalogue(metadata, new TopicCatalogue.Stores(files, memory), threads, config, changer);
        this.ids = new IdBlocks(metadata);
        RouteTable routes = new RouteTable();
        FullSubscriptions full = new FullSubscriptions();
        this.atOnce = new LogPublisher(topics, routes::routes, full, config.clock());
        topics.load();
        this.tables = new StateTables(topics, atOnce);
        this.subscriptions = openSubscriptions(routes, full);
        TransactionCoordinator coordinator = openTransactions();
        // After the subscriptions, which are to see what is fired, and the transactions that were cut off, which it would wait for.
        this.schedule = new LogSchedule(topics, atOnce, config.dataDir().resolve("schedule"), config.clock(), ids::next);
        undo.push(schedule::halt);
        this.retained = new RetainedLogs(topics, atOnce, config.dataDir().resolve("retained"), reads, config.clock());
        undo.push(retained::halt);
        retained.recover(topics.all());
        this.publisher = new SchedulingPublisher(atOnce, schedule, retained, config.clock());
        this.transactions = new SchedulingTransactions(coordinator, schedule, config.clock());
        threads.forEach(thread -> thread.setConsumedFloor(this::consumedBefore));
        long every = config.retentionEvery().toMillis();
        this.compactor = new Compactor(topics::all, every);
        ScheduledFuture<?> unused = retention.scheduleWithFixedDelay(this::retain, every, every, TimeUnit.MILLISECONDS);
        ScheduledFuture<?> unusedToo = retention.scheduleAtFixedRate(this::sampleRates, MovingRates.PERIOD_NANOS, MovingRates.PERIOD_NANOS,
            TimeUnit.NANOSECONDS);
    }

    /** Opens a broker; blocks until everything is recovered. Fails with STORAGE_FAILURE, also when another process uses the directory. */
    public static EmbeddedBroker open(BrokerConfig config) {
        DataDirLock lock = DataDirLock.acquire(config.dataDir());
        Deque<Runnable> undo = new ArrayDeque<>();
        try {
            return new EmbeddedBroker(config, lock, undo);
        } catch (RuntimeException failure) {
            undo.forEach(Runnable::run);
            lock.close();
            throw BrokerException.of(failure);
        }
    }

    private long consumedBefore(PartitionId partition, long highWatermark) {
        LogTopic topic = topics.find(partition.topic());
        return topic == null || partition.partition() >= topic.logs().size() ? 0
            : Math.min(highWatermark, subscriptions.consumedFloor(topic, partition.partition()));
    }

    private void retain() {
        for (LogTopic topic : topics.all()) {
            topic.logs().forEach(PartitionLog::retain);
        }
    }

    private void sampleRates() {
        topics.all().forEach(topic -> topic.logs().forEach(PartitionLog::sampleRates));
        subscriptions.sampleRates();
    }

    private String loadClusterId() {
        MetadataStore.Entry entry = metadata.get(CLUSTER_ID_KEY).toCompletableFuture().join();
        if (entry != null) {
            return new String(entry.value(), US_ASCII);
        }
        UUID uuid = UUID.randomUUID();
        byte[] bytes = ByteBuffer.allocate(CLUSTER_ID_BYTES).putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits()).array();
        String made = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        metadata.put(CLUSTER_ID_KEY, made.getBytes(US_ASCII), MetadataStore.ABSENT)
            .toCompletableFuture().join();
        return made;
    }

    private QueueSubscriptions openSubscriptions(RouteTable routes, FullSubscriptions full) {
        StateTable state = tables.open(SUBSCRIPTION_STATE).toCompletableFuture().join();
        QueueSubscriptions opened = new QueueSubscriptions(new QueueSubscriptions.Surroundings(topics, routes, atOnce, full),
            new QueueSubscriptions.DurableStores(metadata, state), SubscriptionLimits.DEFAULT, DISPATCH_THREADS,
            new Clocks(System::nanoTime, config.clock()::millis));
        opened.recover().toCompletableFuture().join();
        topics.addListener(new TopicListener() {
            @Override
            public void topicGrew(Topic topic) {
                opened.topicGrew(topic);
            }

            @Override
            public CompletionStage<Void> topicDeleted(Topic topic) {
                return opened.topicDeleted(topic);
            }
        });
        return opened;
    }

    private TransactionCoordinator openTransactions() {
        StateTable state = tables.open(TRANSACTION_STATE).toCompletableFuture().join();
        TransactionCoordinator opened = new TransactionCoordinator(state, topics, atOnce, subscriptions.acknowledgements(), ids::next,
            config.clock());
        opened.recover().toCompletableFuture().join();
        return opened;
    }

    @Override
    public Transactions transactions() {
        return transactions;
    }

    @Override
    public Topics topics() {
        return topics;
    }

    @Override
    public Publisher publisher() {
        return publisher;
    }

    @Override
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    @Override
    public StreamSubscriptions streams() {
        return streams;
    }

    @Override
    public RetainedValues retained() {
        return retained;
    }

    @Override
    public Schedule schedule() {
        return schedule;
    }

    @Override
    public Access access() {
        return access;
    }

    @Override
    public CompletionStage<StateTable> stateTable(String name) {
        return tables.open(name);
    }

    @Override
    public CompletionStage<Long> nextId() {
        return ids.next();
    }

    @Override
    public String clusterId() {
        return clusterId;
    }

    /** What the second tier does; null when there is none. */
    public @Nullable TierStatus tierStatus() {
        return files instanceof TieredSegmentStore tiered ? tiered.status() : null;
    }

    @Override
    public int nodeId() {
        return config.nodeId();
    }

    /** Commits what was appended, makes a checkpoint and lets go of the directory. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        schedule.close();
        subscriptions.close();
        compactor.close();
        shutDown(retention);
        shutDown(changer);
        for (LogTopic topic : topics.all()) {
            topic.logs().forEach(PartitionLog::takeSnapshot);
        }
        threads.forEach(LogThread::close);
        shutDown(reads);
        retained.close();
        files.close();
        memory.close();
        metadata.close();
        lock.close();
    }

    /** Stops as a crash would, as far as that can be done within a process: nothing is committed, flushed or answered any more. */
    public synchronized void halt() {
        if (closed) {
            return;
        }
        closed = true;
        schedule.halt();
        subscriptions.halt();
        compactor.close();
        retention.shutdownNow();
        changer.shutdownNow();
        threads.forEach(LogThread::halt);
        files.halt();
        memory.halt();
        shutDown(changer);
        shutDown(reads);
        retained.halt();
        metadata.close();
        lock.close();
    }

    private static void shutDown(ExecutorService executor) {
        executor.shutdown();
        boolean interrupted = false;
        while (!executor.isTerminated()) {
            try {
                executor.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
