package io.tributary.protocol.http.translate;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Subject;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.http.codec.PublishJson;
import io.tributary.protocol.http.codec.PublishedJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a client publishes, as the core's requests. Everything is checked before the first record is stored. */
public final class PublishTranslation {
    private PublishTranslation() {
    }

    /** One record whose value is the request's body. */
    public static PublishRequest single(TopicName topic, @Nullable String key, @Nullable Integer partition, Headers headers, byte[] body) {
        return PublishRequest.of(topic, Subject.toKey(key), body, headers).withPartition(partition(partition));
    }

    /**
     * A batch. Fails with INVALID_ARGUMENT, which tells the record's place in the batch.
     *
     * @param notBefore of records that tell no time of their own
     */
    public static List<PublishRequest> batch(TopicName topic, PublishJson body, int maxRecords, long notBefore) {
        List<PublishJson.@Nullable Entry> entries = body.records();
        if (entries == null || entries.isEmpty()) {
            throw invalid("records is missing or empty");
        }
        if (entries.size() > maxRecords) {
            throw invalid("more than " + maxRecords + " records in one request");
        }
        long nowMs = System.currentTimeMillis();
        List<PublishRequest> requests = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            String place = "records[" + i + "]";
            PublishJson.Entry entry = entries.get(i);
            if (entry == null) {
                throw invalid(place + " is null");
            }
            byte[] key = bytes(place + ".key", entry.key(), entry.keyBase64());
            byte[] value = bytes(place + ".value", entry.value(), entry.valueBase64());
            Long timestamp = entry.timestamp();
            if (timestamp != null && timestamp < 0) {
                throw invalid(place + ".timestamp is negative");
            }
            requests.add(PublishRequest.of(topic, key, value, headers(place, entry.headers()))
                .withPartition(partition(entry.partition()))
                .withTimestamp(timestamp == null ? PublishRequest.NOW : timestamp)
                .withNotBefore(entry.delay() == null && entry.notBefore() == null ? notBefore
                    : DueTime.of(entry.delay(), entry.notBefore(), place + ".", nowMs)));
        }
        return requests;
    }

    /** Where a record was stored, or that it waits, for the answer. */
    public static PublishedJson.Place toJson(PublishResult result) {
        return result.isWaiting() ? new PublishedJson.Place(null, null, null, result.scheduleId(), result.timestamp())
            : new PublishedJson.Place(result.partition(), result.offset(), result.timestamp(), null, null);
    }

    private static int partition(@Nullable Integer partition) {
        if (partition == null) {
            return PublishRequest.ANY_PARTITION;
        }
        if (partition < 0) {
            throw invalid("partition is negative");
        }
        return partition;
    }

    private static byte @Nullable [] bytes(String place, @Nullable String text, @Nullable String base64) {
        if (text != null && base64 != null) {
            throw invalid(place + " is given as text and as Base64");
        }
        return text != null ? text.getBytes(StandardCharsets.UTF_8) : base64 == null ? null : decode(place + "Base64", base64);
    }

    private static byte[] decode(String place, String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException malformed) {
            throw invalid(place + " is not Base64");
        }
    }

    private static Headers headers(String place, @Nullable Map<String, @Nullable JsonNode> json) {
        if (json == null || json.isEmpty()) {
            return Headers.EMPTY;
        }
        Headers.Builder headers = Headers.builder();
        json.forEach((name, value) -> {
            String at = place + ".headers." + name;
            if (value != null && value.isArray()) {
                value.forEach(one -> headers.add(name, headerBytes(at, one)));
            } else {
                headers.add(name, headerBytes(at, value));
            }
        });
        return headers.build();
    }

    private static byte @Nullable [] headerBytes(String place, @Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        if (value.isString()) {
            return value.stringValue().getBytes(StandardCharsets.UTF_8);
        }
        if (value.isObject() && value.size() == 1 && value.has("base64") && Objects.requireNonNull(value.get("base64")).isString()) {
            return decode(place + ".base64", Objects.requireNonNull(value.get("base64")).stringValue());
        }
        throw invalid(place + " must be a string, {\"base64\": \"...\"}, null, or an array of these");
    }

    private static BrokerException invalid(String message) {
        return new BrokerException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
