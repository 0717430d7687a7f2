package io.tributary.protocol.kafka.handler;

import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.server.common.GroupVersion;
import org.apache.kafka.server.common.ShareVersion;
import org.apache.kafka.server.common.StreamsVersion;
import org.apache.kafka.server.common.TransactionVersion;

/** The features that are finalized (KIP-584): those of the release, each at its latest level, which does not change. */
public final class Features {
    /** Nothing was ever changed. */
    static final long EPOCH = 0;

    /**
     * Transactions of version 2 (KIP-890): by this a producer knows that it need not add partitions, and that its epoch rises. The new
     * group protocol (KIP-848), streams groups (KIP-1071), and share groups with dead letters (KIP-1191).
     */
    private static final Map<String, Short> LEVELS = new TreeMap<>(Map.of(
        TransactionVersion.FEATURE_NAME, TransactionVersion.LATEST_PRODUCTION.featureLevel(),
        GroupVersion.FEATURE_NAME, GroupVersion.LATEST_PRODUCTION.featureLevel(),
        StreamsVersion.FEATURE_NAME, StreamsVersion.LATEST_PRODUCTION.featureLevel(),
        ShareVersion.FEATURE_NAME, ShareVersion.SV_2.featureLevel()));

    private Features() {
    }

    /** By name, in the order of the names. */
    public static Map<String, Short> levels() {
        return LEVELS;
    }
}
