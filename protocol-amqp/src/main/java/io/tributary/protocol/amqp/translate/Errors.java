package io.tributary.protocol.amqp.translate;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ReplyCode;
import java.util.concurrent.CompletionException;

/** The core's errors as AMQP's. */
public final class Errors {
    private Errors() {
    }

    /** What the client is told of a failed stage. */
    public static AmqpException toAmqp(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof AmqpException known) {
            return known;
        }
        BrokerException broker = BrokerException.of(cause);
        String text = broker.getMessage();
        return new AmqpException(toReplyCode(broker.code()), text == null ? broker.code().name() : text);
    }

    /** The reply code for an error of the core. */
    public static ReplyCode toReplyCode(ErrorCode code) {
        return switch (code) {
            case TOPIC_NOT_FOUND, SUBSCRIPTION_NOT_FOUND, PARTITION_NOT_FOUND -> ReplyCode.NOT_FOUND;
            case SUBSCRIPTION_IN_USE, AUTHENTICATION_FAILED, NOT_AUTHORIZED -> ReplyCode.ACCESS_REFUSED;
            case INVALID_ARGUMENT, INVALID_TOPIC, TOPIC_EXISTS, SUBSCRIPTION_EXISTS, DELIVERY_NOT_FOUND, OFFSET_OUT_OF_RANGE,
                BATCH_TOO_LARGE, CORRUPT_BATCH, INVALID_BATCH, INVALID_TIMESTAMP, OUT_OF_ORDER_SEQUENCE, DUPLICATE_SEQUENCE,
                FENCED_PRODUCER, UNKNOWN_PRODUCER, INVALID_TRANSACTION, COORDINATOR_FENCED -> ReplyCode.PRECONDITION_FAILED;
            case LIMIT_EXCEEDED, BACKLOG_FULL -> ReplyCode.RESOURCE_ERROR;
            case NOT_SUPPORTED -> ReplyCode.NOT_IMPLEMENTED;
            case CLOSED -> ReplyCode.CONNECTION_FORCED;
            case STORAGE_FAILURE, INTERNAL -> ReplyCode.INTERNAL_ERROR;
        };
    }
}
