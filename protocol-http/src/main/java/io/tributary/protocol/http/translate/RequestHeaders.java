package io.tributary.protocol.http.translate;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Header;
import io.tributary.core.model.HeaderNames;
import io.tributary.core.model.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/**
 * The headers of a request whose body is a record's value, as the record's. Shared properties keep their name, {@code ce-} attributes
 * too, a client's own header is sent with the prefix {@code Header-}; all others are the transport's and are not stored. Values are kept
 * byte for byte.
 */
public final class RequestHeaders {
    private static final String OWN_PREFIX = "header-";
    private static final String CLOUD_EVENTS_PREFIX = "ce-";
    private static final int MAX_PRIORITY = 255;
    private static final Set<String> SHARED = Set.of(HeaderNames.CONTENT_TYPE, HeaderNames.CONTENT_ENCODING, HeaderNames.CORRELATION_ID,
        HeaderNames.MESSAGE_ID, HeaderNames.REPLY_TO, HeaderNames.EXPIRATION, HeaderNames.PRIORITY);

    private RequestHeaders() {
    }

    /** Fails with INVALID_ARGUMENT when Expiration or Priority is no number in its bounds, or a prefix has no name behind it. */
    public static Headers toRecord(HttpHeaders request) {
        Headers.Builder headers = Headers.builder();
        request.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (SHARED.contains(lower)) {
                values.forEach(value -> headers.add(checked(lower, value)));
            } else if (lower.startsWith(CLOUD_EVENTS_PREFIX)) {
                values.forEach(value -> headers.add(header(lower, value)));
            } else if (lower.startsWith(OWN_PREFIX)) {
                String own = lower.substring(OWN_PREFIX.length());
                if (own.isEmpty()) {
                    throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "the request header 'Header-' has no name behind it");
                }
                values.forEach(value -> headers.add(header(own, value)));
            }
        });
        return headers.build();
    }

    private static Header checked(String name, String value) {
        if (name.equals(HeaderNames.EXPIRATION)) {
            requireNumber(name, value, Long.MAX_VALUE);
        } else if (name.equals(HeaderNames.PRIORITY)) {
            requireNumber(name, value, MAX_PRIORITY);
        }
        return header(name, value);
    }

    private static void requireNumber(String name, String value, long max) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0 && number <= max) {
                return;
            }
        } catch (NumberFormatException none) {
            // Refused below.
        }
        throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "the request header '" + name + "' must be a number from 0 to " + max);
    }

    /** The server reads header bytes as ISO 8859-1; this undoes it, so that UTF-8 stays what it was. */
    private static Header header(String name, String value) {
        return new Header(name, value.getBytes(StandardCharsets.ISO_8859_1));
    }
}
