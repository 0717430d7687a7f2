package io.tributary.protocol.amqp.handler;

import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ReplyCode;

/** Compares a declaration with what is there. */
final class Equivalence {
    private Equivalence() {
    }

    /** Fails with PRECONDITION_FAILED when the two differ. */
    static void require(String what, String argument, Object received, Object current) {
        if (!received.equals(current)) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED,
                "inequivalent arg '" + argument + "' for " + what + ": received '" + received + "' but current is '" + current + "'");
        }
    }
}
