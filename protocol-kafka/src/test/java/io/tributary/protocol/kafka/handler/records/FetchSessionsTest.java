package io.tributary.protocol.kafka.handler.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.protocol.kafka.codec.StoredRecords;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
    private static final short VERSION = 13;
    private static final Uuid TOPIC = new Uuid(1, 1);

    private final AtomicLong nanos = new AtomicLong();
    private final FetchSessions sessions = new FetchSessions(2, 10, nanos::get);

    private static FetchRequest request(int session, int epoch, int partitions) {
        FetchRequestData data = new FetchRequestData().setSessionId(session).setSessionEpoch(epoch);
        if (partitions > 0) {
            FetchTopic topic = new FetchTopic().setTopicId(TOPIC);
            for (int i = 0; i < partitions; i++) {
                topic.partitions().add(new FetchPartition().setPartition(i));
            }
            data.topics().add(topic);
        }
        return new FetchRequest(data, VERSION);
    }

    private static PartitionData empty() {
        return new PartitionData().setRecords(StoredRecords.EMPTY);
    }

    private int begin(int partitions) {
        FetchPlan plan = Objects.requireNonNull(sessions.open(request(FetchMetadata.INVALID_SESSION_ID, 0, partitions)).plan());
        plan.wanted().forEach(wanted -> plan.tells(wanted, empty()));
        return plan.sessionId();
    }

    private Errors go(int session, int epoch, int partitions) {
        return sessions.open(request(session, epoch, partitions)).error();
    }

    @Test
    void givesNoMoreSessionsThanThereIsRoomFor() {
        int first = begin(1);
        assertThat(List.of(first, begin(1))).allMatch(id -> id > 0);
        assertThat(begin(1)).as("both are in use").isZero();
        nanos.addAndGet(FetchSessions.EVICTION_NANOS);
        assertThat(go(first, 1, 0)).isEqualTo(Errors.NONE);
        assertThat(begin(1)).as("the second has not been used for a while").isPositive();
        assertThat(go(first, 2, 0)).isEqualTo(Errors.NONE);
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void remembersNoMorePartitionsThanThereIsRoomFor() {
        assertThat(begin(11)).isZero();
        int session = begin(6);
        assertThat(session).isPositive();
        assertThat(begin(5)).isZero();
        assertThat(begin(4)).isPositive();
        FetchPlan grown = Objects.requireNonNull(sessions.open(request(session, 1, 7)).plan());
        assertThat(grown.wanted()).as("it is served once more").hasSize(7);
        assertThat(grown.sessionId()).as("then it has ended").isZero();
        assertThat(go(session, 2, 0)).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(begin(6)).as("its room is free").isPositive();
    }

    @Test
    void givesNoSessionToAClientThatWantsNone() {
        FetchPlan plan = Objects.requireNonNull(
            sessions.open(request(FetchMetadata.INVALID_SESSION_ID, FetchMetadata.FINAL_EPOCH, 3)).plan());
        assertThat(plan.wanted()).hasSize(3);
        assertThat(plan.sessionId()).isZero();
        assertThat(sessions.size()).isZero();
    }
}
