package io.tributary.protocol.kafka.translate;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/** The core's error codes as Kafka's (Kafka protocol guide, "Error Codes"). Total. */
public final class KafkaErrors {
    private KafkaErrors() {
    }

    /** Kafka's error for a code. */
    public static Errors of(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> Errors.INVALID_REQUEST;
            case INVALID_TOPIC -> Errors.INVALID_TOPIC_EXCEPTION;
            case TOPIC_NOT_FOUND, PARTITION_NOT_FOUND -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case TOPIC_EXISTS -> Errors.TOPIC_ALREADY_EXISTS;
            case SUBSCRIPTION_NOT_FOUND -> Errors.GROUP_ID_NOT_FOUND;
            case SUBSCRIPTION_EXISTS -> Errors.DUPLICATE_RESOURCE;
            case SUBSCRIPTION_IN_USE -> Errors.NON_EMPTY_GROUP;
            case DELIVERY_NOT_FOUND -> Errors.INVALID_RECORD_STATE;
            case OFFSET_OUT_OF_RANGE -> Errors.OFFSET_OUT_OF_RANGE;
            case CORRUPT_BATCH -> Errors.CORRUPT_MESSAGE;
            case INVALID_BATCH -> Errors.INVALID_RECORD;
            case INVALID_TIMESTAMP -> Errors.INVALID_TIMESTAMP;
            case BATCH_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            // Kafka does not tell what is long past from what is too early.
            case DUPLICATE_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case FENCED_PRODUCER -> Errors.INVALID_PRODUCER_EPOCH;
            case UNKNOWN_PRODUCER -> Errors.UNKNOWN_PRODUCER_ID;
            case INVALID_TRANSACTION -> Errors.INVALID_TXN_STATE;
            case COORDINATOR_FENCED -> Errors.TRANSACTION_COORDINATOR_FENCED;
            case AUTHENTICATION_FAILED -> Errors.SASL_AUTHENTICATION_FAILED;
            case NOT_AUTHORIZED -> Errors.CLUSTER_AUTHORIZATION_FAILED;
            case LIMIT_EXCEEDED, BACKLOG_FULL -> Errors.POLICY_VIOLATION;
            case NOT_SUPPORTED -> Errors.UNSUPPORTED_VERSION;
            case STORAGE_FAILURE -> Errors.KAFKA_STORAGE_ERROR;
            // Retriable: the client asks for metadata again, and finds the broker when it is back.
            case CLOSED -> Errors.NOT_LEADER_OR_FOLLOWER;
            case INTERNAL -> Errors.UNKNOWN_SERVER_ERROR;
        };
    }

    /** Kafka's error for the failure of a stage, be it the core's or of Kafka's own classes. */
    public static Errors of(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof BrokerException broker) {
            return of(broker.code());
        }
        return cause instanceof ApiException ? Errors.forException(cause) : Errors.UNKNOWN_SERVER_ERROR;
    }

    /** The failure as an exception of Kafka's, with its message. */
    public static ApiException exception(Throwable failure) {
        Throwable cause = unwrap(failure);
        return cause instanceof ApiException known ? known : of(cause).exception(message(cause));
    }

    /** What to tell the client; faults of ours are told by their code alone. */
    public static String message(Throwable failure) {
        Throwable cause = unwrap(failure);
        String message = cause.getMessage();
        boolean known = cause instanceof BrokerException || cause instanceof ApiException;
        return known && message != null ? message : Errors.UNKNOWN_SERVER_ERROR.message();
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        // What a function of ours that the core ran threw.
        return cause instanceof BrokerException broker && broker.code() == ErrorCode.INTERNAL && cause.getCause() instanceof ApiException
            ? cause.getCause()
            : cause;
    }
}
