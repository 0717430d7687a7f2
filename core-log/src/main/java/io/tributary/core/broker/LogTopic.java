package io.tributary.core.broker;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.log.PartitionLog;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.util.List;
import java.util.UUID;

/** A topic whose partitions are all on this node. Changed by the catalogue alone. */
final class LogTopic implements Topic {
    private final TopicName name;
    private final UUID id;
    private volatile TopicConfig config;
    private volatile List<PartitionLog> logs = List.of();

    LogTopic(TopicEntry entry) {
        this.name = entry.name();
        this.id = entry.id();
        this.config = entry.config();
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
        return config;
    }

    void setConfig(TopicConfig now) {
        config = now;
    }

    void setLogs(List<PartitionLog> now) {
        logs = List.copyOf(now);
    }

    List<PartitionLog> logs() {
        return logs;
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<Partition> partitions() {
        // The list is immutable, so that it is a list of what its elements are.
        return (List<Partition>) (List<?>) logs;
    }

    @Override
    public PartitionLog partition(int number) {
        List<PartitionLog> now = logs;
        if (number < 0 || number >= now.size()) {
            throw new BrokerException(ErrorCode.PARTITION_NOT_FOUND, name + " has no partition " + number);
        }
        return now.get(number);
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
