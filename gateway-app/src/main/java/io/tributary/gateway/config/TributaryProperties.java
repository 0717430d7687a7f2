package io.tributary.gateway.config;

import io.tributary.core.model.Retention;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.store.object.TierSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Everything under {@code tributary}; a key that is not here is refused.
 *
 * @param dataDir        where everything is kept; relative to the directory the server is started in
 * @param bindAddress    the address that all ports listen on, HTTP's included
 * @param advertisedHost the host that clients are sent to (Kafka's metadata); null for the address they came to
 */
@ConfigurationProperties(prefix = "tributary", ignoreUnknownFields = false)
public record TributaryProperties(
        @DefaultValue("./data") Path dataDir,
        @DefaultValue("0.0.0.0") String bindAddress,
        @Nullable String advertisedHost,
        @DefaultValue KafkaProperties kafka,
        @DefaultValue Amqp amqp,
        @DefaultValue Mqtt mqtt,
        @DefaultValue Http http,
        @DefaultValue Log log,
        @DefaultValue Topics topics,
        @DefaultValue Tier tier,
        @DefaultValue Net net,
        @DefaultValue Metrics metrics,
        @DefaultValue TlsProperties tls,
        @DefaultValue SecurityProperties security) {
    private static final int MAX_PORT = 65_535;

    /** Refuses an empty address. */
    public TributaryProperties {
        require(!bindAddress.isBlank(), "tributary.bind-address is empty");
        require(advertisedHost == null || !advertisedHost.isBlank(), "tributary.advertised-host is empty");
    }

    /** Whether a port is opened, and which; 0 for any free one. */
    public record Amqp(@DefaultValue("true") boolean enabled, @DefaultValue("5672") int port,
                       @DefaultValue List<ListenerProperties> listeners) {
        public Amqp {
            ListenerProperties.check("amqp", listeners, false);
            requirePort("tributary.amqp.port", port);
        }
    }

    /** Whether a port is opened, and which; 0 for any free one. */
    public record Mqtt(@DefaultValue("true") boolean enabled, @DefaultValue("1883") int port,
                       @DefaultValue List<ListenerProperties> listeners) {
        public Mqtt {
            ListenerProperties.check("mqtt", listeners, false);
            requirePort("tributary.mqtt.port", port);
        }
    }

    /**
     * Bounds of the HTTP API; the port is {@code server.port}.
     *
     * @param maxBodySize     of a request
     * @param maxResponseSize of the records in one answer, roughly: it may pass this by one record
     * @param maxWait         how long a poll may wait
     */
    public record Http(@DefaultValue("4MB") DataSize maxBodySize, @DefaultValue("8MB") DataSize maxResponseSize,
                       @DefaultValue("60s") Duration maxWait) {
        public Http {
            requireSize("tributary.http.max-body-size", maxBodySize, DataSize.ofMegabytes(256));
            requireSize("tributary.http.max-response-size", maxResponseSize, DataSize.ofMegabytes(256));
            require(!maxWait.isNegative() && maxWait.compareTo(Duration.ofHours(1)) <= 0,
                "tributary.http.max-wait is " + maxWait + "; it may be 0 s to 1 h");
        }
    }

    /**
     * The log.
     *
     * @param durability what an acknowledged record has survived
     */
    public record Log(@DefaultValue("fsync") Durability durability) {
        /** The disk's cache flushed, or the system's page cache only. */
        public enum Durability { FSYNC, OS }
    }

    /**
     * What topics are made with, unless who makes one says otherwise.
     *
     * @param autoCreate    whether they are made by use
     * @param partitions    how many a topic has that is made by use
     * @param delayHeaders  whether records of a topic may ask to wait by a Kafka record header
     * @param retention     how long records are kept; -1 for ever
     * @param retentionSize how much of a partition is kept; -1 for all
     * @param segmentSize   at which a segment is sealed
     * @param segmentAge    at which a segment is sealed, when the next record comes
     * @param maxBatchSize  the largest record batch taken
     */
    public record Topics(@DefaultValue("true") boolean autoCreate, @DefaultValue("1") int partitions,
                         @DefaultValue("false") boolean delayHeaders, @DefaultValue("7d") Duration retention,
                         @DefaultValue("-1") DataSize retentionSize, @DefaultValue("64MB") DataSize segmentSize,
                         @DefaultValue("7d") Duration segmentAge,
                         @DefaultValue("1048588") DataSize maxBatchSize) {
        private static final int MAX_PARTITIONS = 1_000;
        private static final Duration FOR_EVER = Duration.ofMillis(-1);
        private static final DataSize ALL = DataSize.ofBytes(-1);

        public Topics {
            require(partitions >= 1 && partitions <= MAX_PARTITIONS,
                "tributary.topics.partitions is " + partitions + "; it may be 1 to " + MAX_PARTITIONS);
            if (!retention.equals(FOR_EVER)) {
                Bounds.time("tributary.topics.retention", retention, Duration.ofMillis(1), Duration.ofDays(36_500));
            }
            if (!retentionSize.equals(ALL)) {
                Bounds.size("tributary.topics.retention-size", retentionSize, DataSize.ofBytes(1), DataSize.ofTerabytes(1 << 20));
            }
            Bounds.size("tributary.topics.segment-size", segmentSize, DataSize.ofKilobytes(16), DataSize.ofGigabytes(1));
            Bounds.time("tributary.topics.segment-age", segmentAge, Duration.ofMillis(1), Duration.ofDays(3_650));
            Bounds.size("tributary.topics.max-batch-size", maxBatchSize, DataSize.ofKilobytes(1), DataSize.ofMegabytes(100));
        }

        /** As the broker takes them. */
        public TopicConfig defaults() {
            TopicConfig made = TopicConfig.ofPartitions(partitions);
            return made.withRecords(made.records().withDelayHeaders(delayHeaders))
                .withRetention(new Retention(Retention.Kind.TIME_AND_SIZE, retention.toMillis(), retentionSize.toBytes()))
                .withSegmentBytes((int) segmentSize.toBytes())
                .withSegmentMs(segmentAge.toMillis())
                .withMaxBatchBytes((int) maxBatchSize.toBytes());
        }
    }

    /**
     * The object store for sealed segments of topics that ask for it.
     *
     * @param bucket    null for no object store
     * @param endpoint  of a store other than AWS
     * @param region    null for what the environment says, and with an endpoint for us-east-1
     * @param prefix    what the keys begin with
     * @param pathStyle whether the bucket is in the requests' path; null for: with an endpoint
     * @param accessKey null, with the secret, for the AWS SDK's default chain
     * @param cacheSize of files for what is read back
     * @param partSize  what is larger is stored in parts of this size
     * @param transfers how many uploads and how many reads there are at a time
     */
    public record Tier(@Nullable String bucket, @Nullable URI endpoint, @Nullable String region, @DefaultValue("") String prefix,
                       @Nullable Boolean pathStyle, @Nullable String accessKey, @Nullable String secretKey,
                       @DefaultValue("4GB") DataSize cacheSize, @DefaultValue("8MB") DataSize partSize,
                       @DefaultValue("4") int transfers) {
        public Tier {
            require(bucket == null || !bucket.isBlank(), "tributary.tier.bucket is empty");
            require(endpoint == null || endpoint.getHost() != null, "tributary.tier.endpoint is " + endpoint + "; it must be a URL");
            require((accessKey == null) == (secretKey == null), "tributary.tier.access-key and secret-key go together");
            require(cacheSize.toBytes() >= TierSettings.MIN_CACHE_BYTES,
                "tributary.tier.cache-size is " + cacheSize + "; it must be at least 64MB");
            require(partSize.toBytes() >= TierSettings.MIN_PART_BYTES && partSize.toBytes() <= TierSettings.MAX_PART_BYTES,
                "tributary.tier.part-size is " + partSize + "; it may be 5MB to 1GB");
            require(transfers >= 1 && transfers <= TierSettings.MAX_TRANSFERS,
                "tributary.tier.transfers is " + transfers + "; it may be 1 to " + TierSettings.MAX_TRANSFERS);
        }

        /** As the broker takes it; null without a bucket. */
        public @Nullable TierSettings settings() {
            if (bucket == null) {
                return null;
            }
            return new TierSettings(endpoint, region, bucket, prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/",
                pathStyle == null ? endpoint != null : pathStyle,
                accessKey == null || secretKey == null ? null : new TierSettings.Credentials(accessKey, secretKey), cacheSize.toBytes(),
                (int) partSize.toBytes(), transfers);
        }

        @Override
        public String toString() {
            return "Tier[" + bucket + " at " + endpoint + "]";
        }
    }

    /**
     * Connections.
     *
     * @param maxConnections           of each protocol at a time; those above are closed at once
     * @param maxConnectionsPerAddress of these from one IP address
     * @param drainTimeout             how long sessions may take to end when the server stops
     * @param ioThreads                event loops for Kafka, AMQP and MQTT; 0 for one per processor
     * @param trustedProxies           addresses and networks from which connections begin with a PROXY header
     */
    public record Net(@DefaultValue("20000") int maxConnections, @DefaultValue("20000") int maxConnectionsPerAddress,
                      @DefaultValue("10s") Duration drainTimeout,
                      @DefaultValue("0") int ioThreads, @DefaultValue List<String> trustedProxies) {
        private static final int MAX_THREADS = 1_024;

        public Net {
            require(maxConnections >= 1, "tributary.net.max-connections is " + maxConnections + "; it must be at least 1");
            require(maxConnectionsPerAddress >= 1,
                "tributary.net.max-connections-per-address is " + maxConnectionsPerAddress + "; it must be at least 1");
            require(!drainTimeout.isNegative() && drainTimeout.compareTo(Duration.ofMinutes(10)) <= 0,
                "tributary.net.drain-timeout is " + drainTimeout + "; it may be 0 s to 10 min");
            require(ioThreads >= 0 && ioThreads <= MAX_THREADS,
                "tributary.net.io-threads is " + ioThreads + "; it may be 0 to " + MAX_THREADS);
            if (ioThreads == 0) {
                ioThreads = Math.max(2, Runtime.getRuntime().availableProcessors());
            }
        }
    }

    /**
     * What is shown of the broker's counts.
     *
     * @param maxNames how many topics, and how many subscriptions, are shown one by one: the largest
     */
    public record Metrics(@DefaultValue("1000") int maxNames) {
        private static final int MOST = 100_000;

        public Metrics {
            require(maxNames >= 0 && maxNames <= MOST, "tributary.metrics.max-names is " + maxNames + "; it may be 0 to " + MOST);
        }
    }

    static void requirePort(String key, int port) {
        require(port >= 0 && port <= MAX_PORT, key + " is " + port + "; a port is 0 (any free one) to " + MAX_PORT);
    }

    private static void requireSize(String key, DataSize size, DataSize max) {
        require(size.toBytes() >= 1 && size.compareTo(max) <= 0, key + " is " + size + "; it may be 1B to " + max);
    }

    static void require(boolean holds, String message) {
        if (!holds) {
            throw new ConfigurationException(message);
        }
    }
}
