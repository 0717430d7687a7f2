package io.tributary.protocol.http.translate;

import io.tributary.core.model.ErrorCode;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/** The HTTP status of every error code of the core. */
public final class ErrorMapping {
    private ErrorMapping() {
    }

    /** Total: the compiler asks for every code. */
    public static HttpStatus status(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, INVALID_TOPIC, CORRUPT_BATCH, INVALID_BATCH, INVALID_TIMESTAMP -> HttpStatus.BAD_REQUEST;
            case TOPIC_NOT_FOUND, PARTITION_NOT_FOUND, SUBSCRIPTION_NOT_FOUND, DELIVERY_NOT_FOUND -> HttpStatus.NOT_FOUND;
            case TOPIC_EXISTS, SUBSCRIPTION_EXISTS, SUBSCRIPTION_IN_USE, OUT_OF_ORDER_SEQUENCE, DUPLICATE_SEQUENCE, FENCED_PRODUCER,
                 UNKNOWN_PRODUCER, INVALID_TRANSACTION, COORDINATOR_FENCED -> HttpStatus.CONFLICT;
            case OFFSET_OUT_OF_RANGE -> HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE;
            case BATCH_TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case AUTHENTICATION_FAILED -> HttpStatus.UNAUTHORIZED;
            case NOT_AUTHORIZED -> HttpStatus.FORBIDDEN;
            case LIMIT_EXCEEDED, BACKLOG_FULL -> HttpStatus.TOO_MANY_REQUESTS;
            case NOT_SUPPORTED -> HttpStatus.NOT_IMPLEMENTED;
            case STORAGE_FAILURE, CLOSED -> HttpStatus.SERVICE_UNAVAILABLE;
            case INTERNAL -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    }

    /** A code for people: {@code TOPIC_NOT_FOUND} is "Topic not found". */
    public static String title(String code) {
        String words = code.toLowerCase(Locale.ROOT).replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    /** A code as the URI that identifies the kind of problem. */
    public static String type(String code) {
        return "urn:tributary:problem:" + code.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
