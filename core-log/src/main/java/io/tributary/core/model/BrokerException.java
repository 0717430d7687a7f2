package io.tributary.core.model;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The one exception with which the core fails. */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public BrokerException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public BrokerException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    /** The failure of a completion stage as a BrokerException: unwrapped, and {@link ErrorCode#INTERNAL} for anything else. */
    public static BrokerException of(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof BrokerException known) {
            return known;
        }
        return new BrokerException(ErrorCode.INTERNAL, cause.toString(), cause);
    }
}
