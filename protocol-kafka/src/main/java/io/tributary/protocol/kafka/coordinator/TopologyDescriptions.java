package io.tributary.protocol.kafka.coordinator;

import io.tributary.core.api.StateTable;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.coordinator.group.api.streams.StreamsGroupTopologyDescription;
import org.apache.kafka.coordinator.group.api.streams.StreamsGroupTopologyDescriptionPlugin;
import org.apache.kafka.coordinator.group.api.streams.StreamsTopologyDescriptionPermanentFailureException;
import org.apache.kafka.coordinator.group.api.streams.StreamsTopologyDescriptionTransientFailureException;
import org.apache.kafka.coordinator.group.streams.StreamsGroupTopologyDescriptionConverter;
import org.jspecify.annotations.Nullable;

/**
 * Where Kafka's coordinator keeps the descriptions of Streams topologies: a state table. Kafka makes the object by its class's name and
 * hands it the table with its settings. Safe on any thread.
 */
public final class TopologyDescriptions implements StreamsGroupTopologyDescriptionPlugin {
    /** The state table's name. */
    static final String TABLE = "kafka-streams-topologies";
    /** Under which settings the table and the namespace are found. */
    static final String TABLE_SETTING = "tributary.topologies.table";
    static final String NAMESPACE_SETTING = "tributary.topologies.namespace";
    /** A topology's name, its number and its description in the form in which clients send it. */
    private static final byte FORMAT = 1;
    private static final int HEAD_BYTES = 1 + Integer.BYTES;
    private static final int MAX_BYTES = 512 << 10;
    private static final short SENT_VERSION = 0;
    /** Of a group's description, which holds a topology in the same form. */
    private static final short SHOWN_VERSION = 1;

    private @Nullable StateTable table;
    private String prefix = "";

    @Override
    public void configure(Map<String, ?> settings) {
        table = (StateTable) settings.get(TABLE_SETTING);
        prefix = settings.get(NAMESPACE_SETTING) + "/";
    }

    private StateTable table() {
        return Objects.requireNonNull(table, "not configured");
    }

    @Override
    public CompletableFuture<Void> setTopology(String group, int epoch, StreamsGroupTopologyDescription description) {
        byte[] value = encode(epoch, description);
        if (value.length > MAX_BYTES) {
            return CompletableFuture.failedFuture(new StreamsTopologyDescriptionPermanentFailureException(
                "a topology's description has " + MAX_BYTES + " bytes at most, not " + value.length));
        }
        return transiently(table().put(prefix + group, value));
    }

    @Override
    public CompletableFuture<Void> deleteTopology(String group) {
        return table().get(prefix + group) == null ? CompletableFuture.completedFuture(null) : transiently(table().delete(prefix + group));
    }

    @Override
    public CompletableFuture<@Nullable StreamsGroupTopologyDescription> getTopology(String group, int epoch) {
        byte[] value = table().get(prefix + group);
        if (value == null || ByteBuffer.wrap(value).getInt(1) != epoch) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.completedFuture(decode(value));
    }

    static byte[] encode(int epoch, StreamsGroupTopologyDescription description) {
        ByteBuffer body = MessageUtil.toByteBufferAccessor(
            StreamsGroupTopologyDescriptionConverter.toDescribeResponse(description), SHOWN_VERSION).buffer();
        return ByteBuffer.allocate(HEAD_BYTES + body.remaining()).put(FORMAT).putInt(epoch).put(body).array();
    }

    static StreamsGroupTopologyDescription decode(byte[] value) {
        ByteBuffer body = ByteBuffer.wrap(value).position(HEAD_BYTES).slice();
        return StreamsGroupTopologyDescriptionConverter.fromRequest(new TopologyDescription(new ByteBufferAccessor(body), SENT_VERSION));
    }

    /** A write that failed may go well the next time. */
    private static CompletableFuture<Void> transiently(CompletionStage<Void> write) {
        return write.exceptionally(failure -> {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            throw new StreamsTopologyDescriptionTransientFailureException("the description could not be kept", cause);
        }).toCompletableFuture();
    }

    @Override
    public void close() {
        // The table is the broker's.
    }
}
