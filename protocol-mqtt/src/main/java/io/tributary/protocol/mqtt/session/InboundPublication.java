package io.tributary.protocol.mqtt.session;

import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.state.StoredPublication;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A QoS 2 publication between PUBLISH and PUBREL: its packet identifier may not be taken for another message. */
public final class InboundPublication {
    private final StoredPublication identity;
    private @Nullable CompletableFuture<Reason> result;

    private InboundPublication(StoredPublication identity, @Nullable CompletableFuture<Reason> result) {
        this.identity = identity;
        this.result = result;
    }

    /** One that has come just now. */
    public static InboundPublication begin(StoredPublication identity, CompletableFuture<Reason> result) {
        return new InboundPublication(identity, result);
    }

    /** One that came before a restart; only the log knows whether it was stored. */
    static InboundPublication unresolved(StoredPublication identity) {
        return new InboundPublication(identity, null);
    }

    public StoredPublication identity() {
        return identity;
    }

    /** How storing it ended; null when it came before a restart and was not asked for since. */
    public @Nullable CompletableFuture<Reason> result() {
        return result;
    }

    public void setResult(CompletableFuture<Reason> newResult) {
        result = newResult;
    }
}
