package io.tributary.bench.micro;

import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.jspecify.annotations.Nullable;

/** A broker on a directory of its own, with a new topic of one partition for every iteration. */
@State(Scope.Benchmark)
public class BrokerState {
    private static final TopicName NAME = TopicName.of("bench");

    /** What an acknowledgement promises. */
    @Param({"OS", "FSYNC"})
    public BrokerConfig.Durability durability = BrokerConfig.Durability.OS;

    private @Nullable Path directory;
    private @Nullable EmbeddedBroker broker;
    private @Nullable Topic topic;

    /** Opens the broker. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        Path data = Files.createTempDirectory(Path.of("target"), "jmh");
        directory = data;
        broker = EmbeddedBroker.open(BrokerConfig.of(data).withDurability(durability));
    }

    /** Begins with an empty log. */
    @Setup(Level.Iteration)
    public void createTopic() {
        topic = broker().topics().create(NAME, TopicConfig.ofPartitions(1)).toCompletableFuture().join();
    }

    /** Gives the disk back what the iteration wrote. */
    @TearDown(Level.Iteration)
    public void deleteTopic() {
        broker().topics().delete(NAME).toCompletableFuture().join();
    }

    /** Ends the broker and deletes its files. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        broker().close();
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(required(directory))) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }

    EmbeddedBroker broker() {
        return required(broker);
    }

    TopicName topicName() {
        return NAME;
    }

    Partition partition() {
        return required(topic).partition(0);
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not set up");
        }
        return value;
    }
}
