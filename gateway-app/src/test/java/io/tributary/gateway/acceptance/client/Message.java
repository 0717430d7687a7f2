package io.tributary.gateway.acceptance.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What every protocol must carry.
 *
 * @param subject null for a record without a key
 * @param headers the client's own, beside content type and correlation identifier
 */
public record Message(@Nullable String subject, byte[] body, @Nullable String contentType, @Nullable String correlationId,
                      Map<String, String> headers) {
    public Message {
        headers = new TreeMap<>(headers);
    }

    /** A text without metadata. */
    public static Message text(@Nullable String subject, String body) {
        return of(subject, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes without metadata. */
    public static Message of(@Nullable String subject, byte[] body) {
        return new Message(subject, body, null, null, Map.of());
    }

    /** This message with all the metadata that the matrix asks for. */
    public Message withMetadata(String type, String correlation, Map<String, String> own) {
        return new Message(subject, body, type, correlation, own);
    }

    public String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Message m && Objects.equals(subject, m.subject) && Arrays.equals(body, m.body)
            && Objects.equals(contentType, m.contentType) && Objects.equals(correlationId, m.correlationId) && headers.equals(m.headers);
    }

    @Override
    public int hashCode() {
        return Objects.hash(subject, Arrays.hashCode(body), contentType, correlationId, headers);
    }

    @Override
    public String toString() {
        String shown = body.length > 60 ? body.length + " bytes" : bodyText();
        return "Message[" + subject + ", " + shown + ", " + contentType + ", " + correlationId + ", " + headers + "]";
    }
}
