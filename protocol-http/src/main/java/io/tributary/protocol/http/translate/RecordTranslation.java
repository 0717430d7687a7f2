package io.tributary.protocol.http.translate;

import io.tributary.core.api.Delivery;
import io.tributary.core.api.ScheduledRecord;
import io.tributary.core.model.Header;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Record;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.http.codec.HeaderValue;
import io.tributary.protocol.http.codec.MessageJson;
import io.tributary.protocol.http.codec.RecordJson;
import io.tributary.protocol.http.codec.ScheduledJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stored records as JSON; HTTP shows every header under the name that it is stored under. */
public final class RecordTranslation {
    private RecordTranslation() {
    }

    public static RecordJson toJson(TopicName topic, int partition, Record record) {
        return new RecordJson(topic.name(), partition, record.offset(), record.timestamp(), record.key(), record.value(),
            values(record.headers()));
    }

    /** A record that waits. */
    public static ScheduledJson toJson(ScheduledRecord record) {
        return new ScheduledJson(record.id(), record.dueMs(), record.topic().name(), record.key(), record.value(),
            values(record.headers()));
    }

    static List<HeaderValue> values(Headers headers) {
        List<HeaderValue> values = new ArrayList<>(headers.size());
        for (Header header : headers) {
            values.add(new HeaderValue(header.name(), header.value()));
        }
        return values;
    }

    /** A delivery, with the identifier that acknowledges it if it is to be acknowledged. */
    public static MessageJson toJson(Delivery delivery, @Nullable String ackId) {
        return new MessageJson(ackId, delivery.deliveryCount(), delivery.redelivered(),
            toJson(delivery.topic(), delivery.partition(), delivery.record()));
    }
}
