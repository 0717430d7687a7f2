package io.tributary.protocol.mqtt.translate;

import io.tributary.core.model.ErrorCode;
import io.tributary.protocol.mqtt.codec.Reason;

/** What a client is told of the core's errors. Total: a test walks all codes. */
public final class ErrorMapping {
    private ErrorMapping() {
    }

    /** For CONNACK. */
    public static Reason connect(ErrorCode code) {
        return switch (code) {
            case AUTHENTICATION_FAILED -> Reason.BAD_USER_NAME_OR_PASSWORD;
            case NOT_AUTHORIZED -> Reason.NOT_AUTHORIZED;
            case LIMIT_EXCEEDED, BACKLOG_FULL -> Reason.QUOTA_EXCEEDED;
            case CLOSED, STORAGE_FAILURE -> Reason.SERVER_UNAVAILABLE;
            case SUBSCRIPTION_IN_USE -> Reason.SERVER_BUSY;
            default -> Reason.UNSPECIFIED_ERROR;
        };
    }

    /** For PUBACK and PUBREC. */
    public static Reason publish(ErrorCode code) {
        return switch (code) {
            case NOT_AUTHORIZED, AUTHENTICATION_FAILED -> Reason.NOT_AUTHORIZED;
            case INVALID_TOPIC, TOPIC_NOT_FOUND, PARTITION_NOT_FOUND -> Reason.TOPIC_NAME_INVALID;
            case BATCH_TOO_LARGE, LIMIT_EXCEEDED, BACKLOG_FULL -> Reason.QUOTA_EXCEEDED;
            case INVALID_ARGUMENT, INVALID_BATCH, INVALID_TIMESTAMP, NOT_SUPPORTED -> Reason.IMPLEMENTATION_SPECIFIC_ERROR;
            default -> Reason.UNSPECIFIED_ERROR;
        };
    }

    /** For SUBACK and UNSUBACK. */
    public static Reason subscribe(ErrorCode code) {
        return switch (code) {
            case NOT_AUTHORIZED, AUTHENTICATION_FAILED -> Reason.NOT_AUTHORIZED;
            case INVALID_TOPIC, INVALID_ARGUMENT, TOPIC_NOT_FOUND -> Reason.TOPIC_FILTER_INVALID;
            case LIMIT_EXCEEDED, BACKLOG_FULL -> Reason.QUOTA_EXCEEDED;
            case NOT_SUPPORTED -> Reason.IMPLEMENTATION_SPECIFIC_ERROR;
            default -> Reason.UNSPECIFIED_ERROR;
        };
    }

    /** For DISCONNECT. */
    public static Reason disconnect(ErrorCode code) {
        return switch (code) {
            case CLOSED -> Reason.SERVER_SHUTTING_DOWN;
            case NOT_AUTHORIZED, AUTHENTICATION_FAILED -> Reason.NOT_AUTHORIZED;
            case LIMIT_EXCEEDED, BACKLOG_FULL, BATCH_TOO_LARGE -> Reason.QUOTA_EXCEEDED;
            case INVALID_TOPIC, TOPIC_NOT_FOUND -> Reason.TOPIC_NAME_INVALID;
            case SUBSCRIPTION_NOT_FOUND -> Reason.ADMINISTRATIVE_ACTION;
            default -> Reason.UNSPECIFIED_ERROR;
        };
    }
}
