package io.tributary.protocol.http.session;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Topic;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.protocol.http.codec.EventText;
import io.tributary.protocol.http.codec.Json;
import io.tributary.protocol.http.translate.ReadFrom;
import io.tributary.protocol.http.translate.RecordTranslation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import reactor.core.publisher.Mono;

/**
 * A topic as an event stream. Each event's identifier holds the positions after it, so that {@code Last-Event-ID} resumes exactly there.
 */
public final class TopicEvents {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final int MAX_RECORDS = 500;

    private final Broker broker;
    private final Topic topic;
    private final TopicReader reader;
    /** The positions after the last event that was written. */
    private final SortedMap<Integer, Long> written;

    public TopicEvents(Broker broker, Topic topic, TopicReader reader) {
        this.broker = broker;
        this.topic = topic;
        this.reader = reader;
        this.written = new TreeMap<>(reader.positions());
    }

    /** The next events, or a sign of life; fails with TOPIC_NOT_FOUND when the topic is gone. */
    public Mono<byte[]> next() {
        if (isDeleted()) {
            return Mono.error(deleted());
        }
        EventText text = new EventText();
        reader.skipRemoved().forEach((partition, from) -> {
            long to = reader.positions().getOrDefault(partition, from);
            written.put(partition, to);
            text.add(ReadFrom.write(written), "skipped", Json.write(Map.of("partition", partition, "from", from, "to", to)));
        });
        if (text.size() > 0) {
            return Mono.just(text.toBytes());
        }
        return reader.readOrWait(MAX_RECORDS, KEEP_ALIVE).map(page -> page.isEmpty() ? EventText.KEEP_ALIVE : events(page))
            .onErrorResume(this::retentionOvertook, failure -> next())
            .onErrorMap(failure -> isDeleted(), failure -> deleted());
    }

    private boolean isDeleted() {
        return broker.topics().find(topic.id()) == null;
    }

    private static BrokerException deleted() {
        return new BrokerException(ErrorCode.TOPIC_NOT_FOUND, "the topic was deleted");
    }

    /** Retention may remove what was about to be read; the next look at the log's start tells the client. */
    private boolean retentionOvertook(Throwable failure) {
        if (BrokerException.of(failure).code() != ErrorCode.OFFSET_OUT_OF_RANGE) {
            return false;
        }
        return reader.positions().entrySet().stream()
            .anyMatch(entry -> entry.getValue() < topic.partition(entry.getKey()).logStartOffset());
    }

    private byte[] events(List<TopicReader.Positioned> page) {
        EventText text = new EventText();
        for (TopicReader.Positioned one : page) {
            written.put(one.partition(), one.record().offset() + 1);
            text.add(ReadFrom.write(written), null,
                Json.write(RecordTranslation.toJson(topic.name(), one.partition(), one.record())));
        }
        return text.toBytes();
    }
}
