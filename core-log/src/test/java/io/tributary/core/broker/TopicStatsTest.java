package io.tributary.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.TestBroker;
import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.Topic;
import io.tributary.core.api.stats.LogStats;
import io.tributary.core.api.stats.TopicsOverview;
import io.tributary.core.api.stats.TopicsOverview.TopicReport;
import io.tributary.core.model.Headers;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.model.TopicName;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicStatsTest {
    private static final TopicName NAME = TopicName.of("readings");

    private final TestBroker broker = TestBroker.start();

    @AfterEach
    void close() {
        broker.close();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private Topic topic(TopicName name, int partitions) {
        return get(broker.broker().topics().getOrCreate(name, TopicConfig.ofPartitions(partitions)));
    }

    private void publish(TopicName name, int records, int bytes) {
        for (int i = 0; i < records; i++) {
            get(broker.broker().publisher().publish(PublishRequest.of(name, null, new byte[bytes], Headers.EMPTY).withPartition(i % 2)));
        }
    }

    private Topic found() {
        return Objects.requireNonNull(broker.broker().topics().find(NAME));
    }

    @Test
    void countsWhatIsAppendedAndRead() {
        Topic topic = topic(NAME, 2);
        assertThat(topic.stats()).isEqualTo(LogStats.ZERO);
        publish(NAME, 10, 1_000);
        LogStats appended = topic.stats();
        assertThat(appended.appendedRecords()).isEqualTo(10);
        assertThat(appended.records()).isEqualTo(10);
        assertThat(appended.appendedBytes()).isBetween(10_000L, 11_500L).isEqualTo(appended.sizeInBytes());
        assertThat(appended.readBytes()).isZero();
        assertThat(appended.recordsAppended().last10s()).isEqualTo(1.0);
        assertThat(topic.partition(1).stats().appendedRecords()).isEqualTo(5);
        get(topic.partition(0).readRecords(0, 100, 1 << 20));
        get(topic.partition(1).read(0, 1 << 20));
        assertThat(topic.stats().readBytes()).isEqualTo(appended.sizeInBytes());
    }

    @Test
    void countersBeginAnewWithTheProcessAndExtentsStay() {
        topic(NAME, 2);
        publish(NAME, 4, 100);
        long size = found().stats().sizeInBytes();
        broker.restart();
        assertThat(found().stats().records()).isEqualTo(4);
        assertThat(found().stats().sizeInBytes()).isEqualTo(size);
        assertThat(found().stats().appendedRecords()).isZero();
        assertThat(found().stats().appendedBytes()).isZero();
        publish(NAME, 2, 100);
        assertThat(found().stats().appendedRecords()).isEqualTo(2);
        assertThat(found().stats().records()).isEqualTo(6);
    }

    @Test
    void theOverviewNamesTheLargestAndRemembersWhatIsGone() {
        TopicName small = TopicName.of("small");
        topic(NAME, 2);
        topic(small, 2);
        LogStats before = broker.broker().topics().overview(0).total();
        publish(NAME, 6, 5_000);
        publish(small, 2, 2_000);
        TopicsOverview overview = broker.broker().topics().overview(2);
        assertThat(overview.largest()).extracting(TopicReport::name).containsExactly(NAME, small);
        assertThat(overview.largest()).extracting(TopicReport::partitions).containsExactly(2, 2);
        assertThat(overview.topics()).isGreaterThan(2);
        assertThat(overview.total().appendedRecords() - before.appendedRecords()).isEqualTo(8);
        get(broker.broker().topics().delete(NAME));
        TopicsOverview after = broker.broker().topics().overview(1);
        assertThat(after.largest()).extracting(TopicReport::name).containsExactly(small);
        assertThat(after.topics()).isEqualTo(overview.topics() - 1);
        assertThat(after.total().appendedRecords() - before.appendedRecords()).isEqualTo(8);
        assertThat(after.total().sizeInBytes()).isLessThan(overview.total().sizeInBytes());
    }
}
