package io.tributary.protocol.amqp.handler;

import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ReplyCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares a declaration with what is there. */
final class Equivalence {
    private Equivalence() {
    }

    /** As {@link #require}, of an argument whose form in the declaration is not kept. */
    static void requireArgument(String what, String argument, @Nullable Object received, @Nullable Object current) {
        if (!Objects.equals(received, current)) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "inequivalent arg '" + argument + "' for " + what
                + ": received a value that differs from the one it was declared with");
        }
    }

    /** Fails with PRECONDITION_FAILED when the two differ. */
    static void require(String what, String argument, Object received, Object current) {
        if (!received.equals(current)) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED,
                "inequivalent arg '" + argument + "' for " + what + ": received '" + received + "' but current is '" + current + "'");
        }
    }
}
