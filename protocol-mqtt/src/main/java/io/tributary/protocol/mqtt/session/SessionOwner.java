package io.tributary.protocol.mqtt.session;

import io.tributary.protocol.mqtt.codec.Reason;
import java.util.concurrent.CompletionStage;

/** A connection as the registry sees it. */
interface SessionOwner {
    /** Ends the connection, on any thread; completes as {@link #departed()}. */
    CompletionStage<Departure> evict(Reason reason, String why);

    /** Completes, never exceptionally, when the connection has let go of its session. */
    CompletionStage<Departure> departed();
}
